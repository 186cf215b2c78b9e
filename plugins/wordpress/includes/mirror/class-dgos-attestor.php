<?php
/**
 * Attesting addresses: a member that ranks for an address looks there for the blog's marker and gives its word that it saw
 * it. Only addresses with enough such words are captured, listed or redirected to.
 *
 * Markers: `<meta name="dgos" content="<blog>">` in the page, or `/.well-known/dgos.json` {"blog": "<blog>"}. A blog in a
 * folder of a host has only the tag: the file belongs to the whole host.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/attestor.ts, one look a wake.
 */
final class DGOS_Attestor {

	/** A word of ours is renewed at this age. It counts for 30 days. */
	const RENEW_MS = 604800000;
	/** The pause after a look that found no marker; each further one is four times as long. */
	const RETRY_MS = 60000;
	/** Where nothing was to be looked at, a blog is left alone for so long. */
	const VISIT_MS = 600000;
	/** The tag stands in the head; themes put at most some hundred kilobytes before it. */
	const PAGE_BYTES = 524288;
	const FILE_BYTES = 8192;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Request_Signing */
	private $request_signing;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Paged_Work */
	private $paged_work;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Safe_Fetch $safe_fetch,
		DGOS_Request_Signing $request_signing,
		DGOS_Keys $keys,
		DGOS_Paged_Work $paged_work,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger          = $ledger;
		$this->safe_fetch      = $safe_fetch;
		$this->request_signing = $request_signing;
		$this->keys            = $keys;
		$this->paged_work      = $paged_work;
		$this->deadline        = $deadline;
		$this->meta            = $meta;
		$this->clock           = $clock;
	}

	/** Called for every stored object: a new root deserves a look, earlier failures are forgiven. */
	public function stored( stdClass $object ): void {
		if ( 'root' === $object->kind ) {
			$this->meta->remove( 'visited:' . DGOS_Envelope::blog_of( $object ) );
			foreach ( $object->payload->addresses as $address ) {
				$this->meta->remove( self::name( (string) DGOS_Envelope::blog_of( $object ), $address ) );
			}
		}
	}

	/** Looks at one address for which this member ranks and its word is missing or old. */
	public function tick(): void {
		$this->paged_work->over( 'attest', $this->ledger->blogs(), array( $this, 'visit' ) );
	}

	/** False where this blog had an address to look at: one look a wake. */
	public function visit( string $id ): bool {
		if ( null !== $this->meta->get( 'visited:' . $id ) ) {
			return true;
		}
		$roster = $this->ledger->roster();
		$self   = $this->keys->get( 'member' )->key;
		$now    = $this->clock->now_ms();
		$blog   = $this->ledger->blog( $id );
		$root   = DGOS_Roots::chain( $id, $blog->root );
		$closed = null === $root || DGOS_Roots::is_closed( $root->current );
		$rest   = self::VISIT_MS;
		foreach ( $closed ? array() : $root->current->payload->addresses as $address ) {
			$wait = (array) $this->meta->get( self::name( $id, $address ), array( 0, 0 ) );
			$wait = $wait[0] > $now + self::pause( (int) $wait[1] - 1 ) ? array( 0, 0 ) : $wait; // Of a clock that was ahead.
			if ( self::has_word( $blog, $self, $address, $now ) ) {
				continue;
			}
			if ( $wait[0] <= $now && in_array( $self, DGOS_Bytes::ids( DGOS_Placement::attesters( $address, $roster ) ), true ) ) {
				$this->look( $id, $address, $root->current->id, (int) $wait[1] );
				return false;
			}
			$rest = $wait[0] > $now ? min( $rest, $wait[0] - $now ) : $rest;
		}
		$this->meta->set( 'visited:' . $id, 1, $rest );
		return true;
	}

	/** Which marker of the blog stands at the address now; null where none does. */
	public function marker( string $blog, string $address ): ?string {
		$page = $this->read( $address, self::PAGE_BYTES, true );
		if ( null !== $page && null !== DGOS_Retention::path_below( $page['url'], $address ) && self::has_tag( $page['body'], $blog ) ) {
			return 'tag';
		}
		if ( 1 !== preg_match( '#^https?://[^/]+/$#D', $address ) ) {
			return null;
		}
		$file = $this->read( $address . '.well-known/dgos.json', self::FILE_BYTES, false );
		$said = null === $file || null === DGOS_Retention::path_below( $file['url'], $address ) ? null : DGOS_Json::read( $file['body'] );
		return DGOS_Bytes::field( $said, 'blog' ) === $blog ? 'file' : null;
	}

	/** Whether the page bears the tag of the blog, attributes in either order and any quotes. */
	public static function has_tag( string $page, string $blog ): bool {
		preg_match_all( '/<meta\s[^<>]*>/i', $page, $tags );
		foreach ( $tags[0] as $tag ) {
			if ( 1 === preg_match( '/\sname\s*=\s*["\']?dgos["\'\s\/>]/i', $tag ) && false !== strpos( strtolower( $tag ), $blog ) ) {
				return true;
			}
		}
		return false;
	}

	private function look( string $id, string $address, string $root, int $tries ): void {
		$marker = $this->marker( $id, $address );
		if ( null === $marker ) {
			$this->meta->set( self::name( $id, $address ), array( $this->clock->now_ms() + self::pause( $tries ), $tries + 1 ), 2 * self::RENEW_MS );
			return;
		}
		$this->ledger->publish(
			'attestation',
			array(
				'blog'    => $id,
				'address' => $address,
				'root'    => $root,
				'marker'  => $marker,
			),
			'member'
		);
	}

	/** After so many tries before this one. */
	private static function pause( int $tries ): int {
		return min( DGOS_Wake_Pace::paced( self::RETRY_MS ) * 4 ** max( 0, min( $tries, 8 ) ), self::RENEW_MS );
	}

	private static function has_word( DGOS_Blog_Objects $blog, string $key, string $address, int $now_ms ): bool {
		foreach ( $blog->attestation as $attestation ) {
			if ( $attestation->payload->key === $key && $attestation->payload->address === $address && $attestation->payload->time > $now_ms - self::RENEW_MS ) {
				return true;
			}
		}
		return false;
	}

	/** Null too where nothing is left of this wake: a slow host is not asked twice. */
	private function read( string $url, int $bytes, bool $cut ): ?array {
		$time_ms = min( 5000, $this->deadline->left_ms() );
		if ( $time_ms < DGOS_Peers::ASK_MS ) {
			return null;
		}
		$limits = array(
			'time_ms' => $time_ms,
			'bytes'   => $bytes,
			'cut'     => $cut,
			'lenient' => true,
			'sign'    => array( $this->request_signing, 'headers' ),
		);
		$answer = $this->safe_fetch->get( $url, $limits );
		return is_wp_error( $answer ) || 200 !== $answer['status'] ? null : $answer;
	}

	private static function name( string $blog, string $address ): string {
		return 'attest:' . DGOS_Bytes::sha256( $blog . $address );
	}
}
