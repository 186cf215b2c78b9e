<?php
/**
 * Which blogs claim which address. A root is only its author's word, and anybody can sign one: a claim is looked at once a
 * member has seen the blog's marker there.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * An index of the attestations' addresses, kept with the small values. Who owns an address is computed.
 */
final class DGOS_Address_Book {

	/**
	 * The small values.
	 *
	 * @var DGOS_Meta
	 */
	private $meta;

	/** Over the small values. */
	public function __construct( DGOS_Meta $meta ) {
		$this->meta = $meta;
	}

	/** Notes where somebody has seen a blog's marker. */
	public function attested( stdClass $attestation ): void {
		$payload = $attestation->payload;
		$this->meta->set( self::claim( $payload->address, $payload->blog ), array( $payload->address, $payload->blog ) );
	}

	/** The blog is gone: it claims nothing any more. */
	public function forget( DGOS_Blog_Objects $blog ): void {
		foreach ( $blog->attestation as $attestation ) {
			$this->meta->remove( self::claim( $attestation->payload->address, $blog->blog ) );
		}
	}

	/** Address => ids of the attested blogs that may claim it, for all addresses of this host form. */
	public function of( string $host_path ): array {
		$claims = array();
		foreach ( $this->meta->all( self::name( $host_path ) ) as list( $address, $blog ) ) {
			$claims[ $address ][] = $blog;
		}
		return $claims;
	}

	private static function claim( string $address, string $blog ): string {
		return self::name( DGOS_Addresses::host_path( $address ) ) . DGOS_Bytes::sha256( $address . $blog );
	}

	private static function name( string $host_path ): string {
		return 'claim:' . substr( DGOS_Bytes::sha256( $host_path ), 0, 32 ) . ':';
	}
}
