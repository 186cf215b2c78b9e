<?php
/**
 * Heads of this blog: which copy is the newest, which members keep it, what is to be forgotten.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As the signing half of mirror/capture-round.ts. Silent where it is another signer's turn.
 */
final class DGOS_Head_Signing {

	/** A head younger than this is left alone where nothing changed. Below the 24 h after which a signer counts as silent. */
	const RENEW_MS = 43200000;
	/** How often one request says it again where others of this site sign at the same time. */
	const TRIES_MAX = 3;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Audits */
	private $audits;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Forgotten_Paths */
	private $forgotten_paths;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Audits $audits,
		DGOS_Own_Blog $own_blog,
		DGOS_Forgotten_Paths $forgotten_paths,
		DGOS_Keys $keys,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger          = $ledger;
		$this->audits          = $audits;
		$this->own_blog        = $own_blog;
		$this->forgotten_paths = $forgotten_paths;
		$this->keys            = $keys;
		$this->meta            = $meta;
		$this->clock           = $clock;
	}

	/** Signs anew where the head grows old, or the members have changed. At most every few minutes: it reads the roster. */
	public function renew(): void {
		if ( $this->meta->lock( 'own_head', DGOS_Wake_Pace::paced( DGOS_Capture_Round::LOOK_MS ) ) ) {
			$this->sign( null );
		}
	}

	/**
	 * The id of the new head; null where nothing is to be said or it is not our turn. Requests that sign at the same time may
	 * give their heads one number, of which one counts: whoever signs last looks that nothing is missing from it.
	 *
	 * @param string|null $snapshot The copy; null: that of the head before.
	 */
	public function sign( ?string $snapshot ): ?string {
		$said = null;
		for ( $try = 0; $try < self::TRIES_MAX; $try++ ) {
			$fields = $this->own_blog->may_sign() && $this->is_our_turn() ? $this->fields( $snapshot ) : null;
			if ( null === $fields ) {
				return $said;
			}
			$said = $this->ledger->publish( 'head', $fields, 'online' )['id'];
			if ( $this->stands( $said, $fields['forgotten'] ?? array() ) ) {
				return $said;
			}
		}
		return $said;
	}

	/** Whether no other signer is before us. */
	public function is_our_turn(): bool {
		$blog   = $this->own_blog->objects();
		$now    = $this->clock->now_ms();
		$roster = $this->ledger->roster();
		$own    = $this->keys->get( 'online' )->key;
		$alive  = static function ( string $key ) use ( $roster, $now, $own ): bool {
			$member = $roster->member_of( $key );
			// A member that leaves, or pauses, goes on speaking for its own blog.
			return $own === $key || null === $member || ( $member->expires > $now && ! $member->leaving );
		};
		$down = 'down' === $this->ledger->state( $blog->blog )['state'];
		return DGOS_Heads::signer( $blog, $now, $down, $alive ) === $own;
	}

	/** Members that should keep this blog, best first: not our own operator's, not who refuses it or has failed to prove its copies. */
	public function placed(): array {
		$blog    = $this->own_blog->objects();
		$roster  = $this->ledger->roster();
		$refused = array();
		foreach ( $roster->members as $member ) {
			$words                  = array_filter( $blog->refusal, static fn ( $refusal ) => $roster->member_of( $refusal->payload->key ) === $member && ! isset( $refusal->payload->blob ) && ! isset( $refusal->payload->post ) );
			$refused[ $member->id ] = array() !== DGOS_Refusals::newest( $words );
		}
		$own = DGOS_Authority::own_operators( $this->own_blog->key_roles(), $roster );
		return DGOS_Placement::mirrors( $blog->blog, $roster, DGOS_Limits::MIRRORS_MAX, $own, fn ( $member ) => ! $refused[ $member->id ] && $this->audits->is_trusted( $member->id ) );
	}

	/** Whether the head counts, by what is stored now, and nothing more is to be forgotten. */
	private function stands( string $head, array $forgotten ): bool {
		$this->ledger->reread( DGOS_Own_Blog::id() );
		$current = DGOS_Heads::current( $this->own_blog->objects(), $this->clock->now_ms() );
		return null !== $current && $current->id === $head && $this->forgotten_paths->all() === $forgotten;
	}

	private function fields( ?string $snapshot ): ?array {
		$blog    = $this->own_blog->objects();
		$now     = $this->clock->now_ms();
		$root    = $this->own_blog->key_roles()->chain->current;
		$current = DGOS_Heads::current( $blog, $now );
		$old     = null === $current ? null : $current->payload;
		$mirrors = DGOS_Mirror_List::next( $this->placed(), $blog->head, $current, $this->ledger->roster(), $now );
		$own     = DGOS_Authority::own_operators( $this->own_blog->key_roles(), $this->ledger->roster() );
		$fields  = array_filter(
			array(
				'standIns'  => DGOS_Mirror_List::next_stand_ins( $blog->blog, $mirrors, $own, $current, $this->ledger->roster(), $now ),
				'snapshot'  => $snapshot ?? $old->snapshot ?? null,
				'feed'      => DGOS_Page_Url::resolve( (string) get_feed_link( 'rss2' ), DGOS_Own_Blog::facts()['address'] ),
				'forgotten' => $this->forgotten_paths->all(),
			)
		);
		$same = null !== $old && $now - $old->time < self::RENEW_MS && $old->root === $root->id && $old->mirrors === $mirrors;
		foreach ( array( 'snapshot', 'feed', 'forgotten', 'standIns' ) as $name ) {
			$same = $same && ( $old->$name ?? null ) === ( $fields[ $name ] ?? null );
		}
		if ( $same ) {
			return null;
		}
		$fields += array(
			'blog'        => $blog->blog,
			'root'        => $root->id,
			'rootVersion' => $root->payload->version,
			'seq'         => null !== $old && $old->rootVersion === $root->payload->version ? $old->seq + 1 : 1,
			'mirrors'     => $mirrors,
			'sponsor'     => $this->keys->get( 'member' )->key,
			'expires'     => $now + DGOS_Limits::HEAD_FRESH_MS,
		);
		return null === $current ? $fields : $fields + array( 'previous' => $current->id );
	}
}
