<?php
/**
 * The path of a request, and the blog that it names.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Reads, and judges by grammars.
 */
final class DGOS_Request_Path {

	/** The path of the request below the home of this site, still percent-encoded. */
	public static function current(): string {
		$uri = isset( $_SERVER['REQUEST_URI'] ) ? (string) wp_unslash( $_SERVER['REQUEST_URI'] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Matched against grammars.
		$path = explode( '?', $uri, 2 )[0];
		$home = (string) wp_parse_url( home_url(), PHP_URL_PATH );
		if ( '' !== $home && 0 === strpos( $path, $home ) ) {
			$path = substr( $path, strlen( $home ) );
		}
		return (string) preg_replace( '#^/index\.php(?=/)#', '', $path );
	}

	/** The path that a request to the REST server of WordPress names, where it is one of ours; else null. */
	public static function rest(): ?string {
		$prefix = '/' . rest_get_url_prefix();
		$path   = self::current();
		$asked  = isset( $_GET['rest_route'] ) && is_string( $_GET['rest_route'] ) ? (string) wp_unslash( $_GET['rest_route'] ) : ''; // phpcs:ignore WordPress.Security.NonceVerification, WordPress.Security.ValidatedSanitizedInput -- Matched against routes.
		$asked  = '' === $asked && 0 === strpos( $path, "$prefix/" ) ? substr( $path, strlen( $prefix ) ) : $asked;
		return 0 === strpos( $asked, '/dgos/v1/' ) ? $asked : null;
	}

	/** "example.org/~ana/p/…" as host path (or id of a blog) and the rest; null where it is neither. */
	public static function read_blog( string $text ): ?array {
		if ( 1 !== preg_match( '#^([^/]+(?:/(?:~|%7e)[^/]+)?)(/.*)?$#Dis', $text, $match ) ) {
			return null;
		}
		$name = str_ireplace( array( '%7e', '%3a', '%2b' ), array( '~', ':', '+' ), $match[1] );
		$name = preg_replace_callback( '#^[^/]+#', static fn ( $host ) => strtolower( $host[0] ), $name );
		if ( ! DGOS_Bytes::is_hash( $name ) && 1 !== preg_match( DGOS_Addresses::HOST_PATH, $name ) ) {
			return null;
		}
		return array( $name, $match[2] ?? null );
	}
}
