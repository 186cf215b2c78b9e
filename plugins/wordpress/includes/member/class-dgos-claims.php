<?php
/**
 * Which blogs claim which address. A claim is only a root's word; ownership is computed from attestations. Anybody can
 * sign a root, so blogs that nobody has attested push each other out.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * An index of the roots' addresses, kept beside the small values.
 */
final class DGOS_Claims {

	/** Blogs of which nobody has seen the marker yet. */
	const NEWCOMERS_MAX = 500;
	/** A newcomer is safe this long: attesters look every minute. */
	const NEWCOMER_SAFE_MS = 3600000;

	/**
	 * The objects.
	 *
	 * @var DGOS_Store
	 */
	private $store;

	/**
	 * The small values.
	 *
	 * @var DGOS_Meta
	 */
	private $meta;

	/** Over the objects of this site. */
	public function __construct( DGOS_Store $store, DGOS_Meta $meta ) {
		$this->store = $store;
		$this->meta  = $meta;
	}

	/** Notes the addresses of a root. */
	public function add( stdClass $root ): void {
		$blog = (string) DGOS_Envelope::blog_of( $root );
		foreach ( $root->payload->addresses as $address ) {
			$this->meta->set( self::name( DGOS_Addresses::host_path( $address ) ) . DGOS_Bytes::sha256( $address . $blog ), array( $address, $blog ) );
		}
	}

	/** Address => ids of the blogs that claim it, for all addresses of this host form. */
	public function of( string $host_path ): array {
		$claims = array();
		foreach ( $this->meta->all( self::name( $host_path ) ) as list( $address, $blog ) ) {
			$claims[ $address ][] = $blog;
		}
		return $claims;
	}

	/** Room for a blog that is not known here, or why not. Makes it where the oldest newcomer had its time. */
	public function room( int $now_ms ): ?DGOS_Refused {
		$newcomers = $this->store->unattested( self::NEWCOMERS_MAX );
		if ( count( $newcomers ) < self::NEWCOMERS_MAX ) {
			return null;
		}
		$oldest = $newcomers[0];
		if ( (int) $oldest->signed > $now_ms - self::NEWCOMER_SAFE_MS ) {
			return DGOS_Codes::refuse( 'QUOTA', self::NEWCOMERS_MAX . ' blogs that nobody has attested yet' );
		}
		$this->store->forget_blog( $oldest->blog );
		return null;
	}

	private static function name( string $host_path ): string {
		return 'claim:' . substr( DGOS_Bytes::sha256( $host_path ), 0, 32 ) . ':';
	}
}
