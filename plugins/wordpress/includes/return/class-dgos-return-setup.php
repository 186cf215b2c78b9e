<?php
/**
 * Joins the return to this member: which blog is ours, which mirrors have it, who its authors are here.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The only place of the return that knows the other parts.
 */
final class DGOS_Return_Setup {

	/** How long a run works while somebody waits, and in WP-Cron or WP-CLI. */
	const CLICK_MS = 20000;
	const CRON_MS  = 45000;
	const CLI_MS   = 3600000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Settings */
	private $settings;
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
		DGOS_Safe_Fetch $safe_fetch,
		DGOS_Own_Blog $own_blog,
		DGOS_Settings $settings,
		DGOS_Keys $keys,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger     = $ledger;
		$this->safe_fetch = $safe_fetch;
		$this->own_blog   = $own_blog;
		$this->settings   = $settings;
		$this->keys       = $keys;
		$this->meta       = $meta;
		$this->clock      = $clock;
	}

	/**
	 * Settings of this part.
	 *
	 * @param array $defaults Of all parts.
	 */
	public static function defaults( $defaults ): array {
		return (array) $defaults + array(
			'return_automatic' => false,
			'return_author'    => 0,
			'return_authors'   => array(),
		);
	}

	/**
	 * The id of this site's own blog: the one that it was enrolled as, while its root names our online key. Anybody's root may
	 * name that key. Null before enrolment.
	 */
	public function blog(): ?string {
		if ( ! $this->keys->has( 'online' ) ) {
			return null;
		}
		$roles = $this->own_blog->key_roles();
		return null !== $roles && $roles->is_online( $this->keys->get( 'online' )->key ) ? DGOS_Own_Blog::id() : null;
	}

	/** {state, unimported (public ids)} of our blog as this member knows it; null before enrolment. */
	public function state(): ?array {
		$blog = $this->blog();
		return null === $blog ? null : $this->ledger->state( $blog );
	}

	/**
	 * The return, ready to run.
	 *
	 * @param int $time_ms How long a run may work.
	 * @return DGOS_Return|WP_Error
	 */
	public function make( int $time_ms ) {
		$blog = $this->blog();
		if ( null === $blog ) {
			return new WP_Error( 'UNKNOWN_BLOG', __( 'This blog is not protected yet: finish the set-up first.', 'dgos' ) );
		}
		$known   = $this->ledger->blog( $blog );
		$mirrors = $this->mirrors( $known );
		if ( array() === $mirrors ) {
			return new WP_Error( 'NOT_FOUND', __( 'No mirror of this blog is known here. Try again when another member has called.', 'dgos' ) );
		}
		$options = array(
			'network'   => $this->ledger->network()->id,
			'blog'      => $blog,
			'mirrors'   => $mirrors,
			'addresses' => self::addresses( $known ),
			'time_ms'   => $time_ms,
		);
		$pull     = new DGOS_Return_Pull( $this->safe_fetch, $this->clock, $options );
		$importer = new DGOS_Importer( new DGOS_Return_Media( array( $pull, 'blob' ) ), array( $this, 'author_of' ) );
		return new DGOS_Return( $pull, $importer, $this->meta, $this->clock, $this->keys->get( 'online' ), $options );
	}

	/** The user who is the author of what a key signed. */
	public function author_of( string $key ): int {
		$chosen = (array) $this->settings->get( 'return_authors' );
		foreach ( array( $chosen[ $key ] ?? 0, $this->settings->get( 'return_author' ) ) as $user ) {
			if ( (int) $user > 0 && false !== get_userdata( (int) $user ) ) {
				return (int) $user;
			}
		}
		$first = get_users(
			array(
				'role'    => 'administrator',
				'orderby' => 'ID',
				'number'  => 1,
				'fields'  => 'ID',
			)
		);
		return (int) ( $first[0] ?? 0 );
	}

	/** Key => name of everyone who may have posted: the author's devices, then those given leave by them. */
	public function writers(): array {
		$blog  = $this->blog();
		$roles = null === $blog ? null : DGOS_Key_Roles::of( $this->ledger->blog( $blog ) );
		$names = array();
		foreach ( null === $roles ? array() : $roles->chain->steps as $step ) {
			foreach ( $step->payload->posting as $device ) {
				$names[ $device->key ] = $device->name;
			}
		}
		foreach ( null === $roles ? array() : $roles->delegations as $key => $delegation ) {
			if ( in_array( 'post', $delegation->payload->may, true ) ) {
				$names[ (string) $key ] = $delegation->payload->name ?? __( 'a key of yours', 'dgos' );
			}
		}
		return $names;
	}

	/** Base URLs of the blog's mirrors, in the order of its list; this member itself is no witness. */
	private function mirrors( DGOS_Blog_Objects $blog ): array {
		$head = DGOS_Heads::current( $blog, $this->clock->now_ms() );
		$own  = $this->keys->get( 'member' )->key;
		$urls = array();
		foreach ( null === $head ? array() : $head->payload->mirrors as $mirror ) {
			$key    = is_string( $mirror ) ? $mirror : (string) DGOS_Bytes::field( $mirror, 'key' );
			$member = $this->ledger->roster()->member_of( $key );
			if ( null !== $member && $own !== $member->key ) {
				$urls[] = $member->url;
			}
		}
		return array_values( array_unique( $urls ) );
	}

	/** Addresses of all roots: a blog that moved keeps its confirmations. */
	private static function addresses( DGOS_Blog_Objects $blog ): array {
		$roles     = DGOS_Key_Roles::of( $blog );
		$addresses = array();
		foreach ( null === $roles ? array() : $roles->chain->steps as $step ) {
			$addresses = array_merge( $addresses, $step->payload->addresses );
		}
		return array_values( array_unique( $addresses ) );
	}
}
