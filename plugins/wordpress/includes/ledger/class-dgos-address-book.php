<?php
/**
 * Which blogs claim which address, and which are new here. A root is only its author's word, and anybody can sign one: a
 * claim is looked at once a member has seen the blog's marker there. Blogs that nobody has attested push each other out.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * An index of the attestations' addresses and of newcomers, kept beside the small values. Who owns an address is computed.
 */
final class DGOS_Address_Book {

	/** Blogs of which nobody has seen the marker yet. */
	const NEWCOMERS_MAX = 500;
	/** A newcomer is safe this long: attesters look every minute. */
	const NEWCOMER_SAFE_MS = 3600000;
	/** When a newcomer came, by this member's own clock: the times in its objects are its own choice. */
	const CAME = 'came:';
	/** Who came longer ago is the first to go, as a root lives so long without an attestation. */
	const CAME_MS = 604800000;

	/**
	 * The objects.
	 *
	 * @var DGOS_Object_Store
	 */
	private $object_store;

	/**
	 * The small values.
	 *
	 * @var DGOS_Meta
	 */
	private $meta;

	/**
	 * Gives the id of this site's own blog, or null.
	 *
	 * @var callable
	 */
	private $own_blog;

	/**
	 * Over the objects of this site.
	 *
	 * @param DGOS_Object_Store $object_store The objects.
	 * @param DGOS_Meta         $meta         The small values.
	 * @param callable          $own_blog     fn(): ?string, the id of this site's own blog, which never makes room.
	 */
	public function __construct( DGOS_Object_Store $object_store, DGOS_Meta $meta, callable $own_blog ) {
		$this->object_store = $object_store;
		$this->meta         = $meta;
		$this->own_blog     = $own_blog;
	}

	/** Notes that a blog came. */
	public function came( string $blog, int $now_ms ): void {
		$this->meta->set( self::CAME . $blog, $now_ms, self::CAME_MS );
	}

	/** Notes where somebody has seen a blog's marker: it is no newcomer any more. */
	public function attested( stdClass $attestation ): void {
		$address = $attestation->payload->address;
		$blog    = $attestation->payload->blog;
		$this->meta->set( self::name( DGOS_Addresses::host_path( $address ) ) . DGOS_Bytes::sha256( $address . $blog ), array( $address, $blog ) );
		$this->forget( $blog );
	}

	/** A newcomer is none any more, or gone. */
	public function forget( string $blog ): void {
		$this->meta->remove( self::CAME . $blog );
	}

	/** Address => ids of the attested blogs that may claim it, for all addresses of this host form. */
	public function of( string $host_path ): array {
		$claims = array();
		foreach ( $this->meta->all( self::name( $host_path ) ) as list( $address, $blog ) ) {
			$claims[ $address ][] = $blog;
		}
		return $claims;
	}

	/** Whether one blog more would be too many, and which one may go for it, this site's own never: {full, oldest}. */
	public function crowded( int $now_ms ): array {
		$newcomers = array_diff( $this->object_store->unattested( 2 * self::NEWCOMERS_MAX ), array( call_user_func( $this->own_blog ) ) );
		if ( count( $newcomers ) < self::NEWCOMERS_MAX ) {
			return array(
				'full'   => false,
				'oldest' => null,
			);
		}
		$came = $this->meta->all( self::CAME, 4 * self::NEWCOMERS_MAX );
		$ages = array();
		foreach ( $newcomers as $blog ) {
			$ages[ $blog ] = $came[ self::CAME . $blog ] ?? 0;
		}
		$since = min( $ages );
		return array(
			'full'   => true,
			'oldest' => $since > $now_ms - self::NEWCOMER_SAFE_MS ? null : (string) array_search( $since, $ages, true ),
		);
	}

	private static function name( string $host_path ): string {
		return 'claim:' . substr( DGOS_Bytes::sha256( $host_path ), 0, 32 ) . ':';
	}
}
