<?php
/**
 * Addresses of blogs, and the path under which mirrors show them.
 *
 * An address is origin + base path with a final slash; its host path is what stands after `/m/`: "example.org" for a blog
 * that has the whole host, "example.org/~ana" for one at https://example.org/ana/, "+" for inner slashes.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Grammar of addresses and host paths.
 */
final class DGOS_Addresses {

	const ADDRESS   = '/^(https?):\/\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?)\/((?:[A-Za-z0-9~_-][A-Za-z0-9._~-]{0,99}\/){0,5})$/D';
	const HOST_PATH = '/^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?)(?:\/~([A-Za-z0-9~_-][A-Za-z0-9._~+-]{0,504}))?$/D';

	/** "example.org", "127.0.0.1:8101", "example.org/~ana". Throws on a text that is no address: kinds.json refused it before. */
	public static function host_path( string $address ): string {
		if ( 1 !== preg_match( self::ADDRESS, $address, $match ) ) {
			throw new InvalidArgumentException( 'not an address' );
		}
		return $match[2] . ( '' === $match[3] ? '' : '/~' . str_replace( '/', '+', substr( $match[3], 0, -1 ) ) );
	}

	/** The host with its port: what an outage list is split by. */
	public static function host( string $address ): string {
		return explode( '/', self::host_path( $address ), 2 )[0];
	}

	/** True for a blog that shares its host with others. Only the tag in its own pages marks such a blog. */
	public static function is_path_blog( string $address ): bool {
		return false !== strpos( self::host_path( $address ), '/' );
	}

	/** The addresses that have this host path, https first; none where the text is no host path. */
	public static function of_host_path( string $text ): array {
		if ( 1 !== preg_match( self::HOST_PATH, $text, $match ) ) {
			return array();
		}
		$base = isset( $match[2] ) ? str_replace( '+', '/', $match[2] ) . '/' : '';
		$both = array( "https://{$match[1]}/$base", "http://{$match[1]}/$base" );
		return array_values( array_filter( $both, static fn ( $address ) => 1 === preg_match( self::ADDRESS, $address ) ) );
	}
}
