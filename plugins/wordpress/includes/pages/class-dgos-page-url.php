<?php
/**
 * The one way from a reference in a captured page to the name of a file in the manifest: mirror/capture/url.ts in PHP.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure functions on texts. What cannot be named in a snapshot is null.
 */
final class DGOS_Page_Url {

	const WIRE      = '/^https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?(\/[!#-;=?-\[\]_a-z~%]*)?$/D';
	const BYTES_MAX = 1024;

	/** Absolute http(s) URL without fragment and credentials, in the spelling of the manifest; else null. */
	public static function resolve( string $reference, string $base ): ?string {
		$text  = trim( $reference );
		$whole = '' === $text || '#' === $text[0] ? null : self::absolute( $text, $base );
		if ( null === $whole ) {
			return null;
		}
		$whole = explode( '#', $whole, 2 )[0];
		return strlen( $whole ) <= self::BYTES_MAX && 1 === preg_match( self::WIRE, $whole ) ? $whole : null;
	}

	/** Absolute http(s) URL with its fragment, percent-encoded; null for every other scheme and for nonsense. */
	public static function absolute( string $reference, string $base ): ?string {
		// As the URL standard: ends trimmed, tabs and line ends left out, "\" is "/".
		$text = preg_replace( '/[\t\n\r]/', '', trim( $reference, "\0..\x20" ) );
		if ( 1 !== preg_match( '/^(https?):\/\/([^\/?#]+)([^?#]*)/i', $base, $from ) ) {
			return null;
		}
		if ( 1 === preg_match( '/^([a-z][a-z0-9+.-]*):(.*)$/Dis', $text, $parts ) ) {
			if ( 0 === preg_match( '/^https?$/Di', $parts[1] ) || 1 !== preg_match( '/^[\/\\\\]{2}/', $parts[2] ) ) {
				return null;
			}
			return self::spelled( strtolower( $parts[1] ), substr( $parts[2], 2 ) );
		}
		$tail  = strpbrk( $text, '?#' );
		$tail  = false === $tail ? '' : $tail;
		$path  = str_replace( '\\', '/', substr( $text, 0, strlen( $text ) - strlen( $tail ) ) );
		$where = strtolower( $from[1] );
		if ( 0 === strpos( $path, '//' ) ) {
			return self::spelled( $where, substr( $path, 2 ) . $tail );
		}
		if ( '' === $path ) {
			$query = '' !== $tail && '?' === $tail[0] ? '' : ( 1 === preg_match( '/\?[^#]*/', $base, $kept ) ? $kept[0] : '' );
			return self::spelled( $where, $from[2] . $from[3] . $query . $tail );
		}
		$folder = '/' === $path[0] ? '' : substr( $from[3], 0, (int) strrpos( $from[3], '/' ) ) . '/';
		return self::spelled( $where, $from[2] . $folder . $path . $tail );
	}

	/** Host in lower case, default port and credentials gone, dots walked, what is not of the wire percent-encoded. */
	private static function spelled( string $scheme, string $rest ): ?string {
		if ( 1 !== preg_match( '/^([^\/?#\\\\]*)([^?#]*)(\?[^#]*)?(#.*)?$/Ds', $rest, $parts ) ) {
			return null;
		}
		$host = strtolower( preg_replace( '/^.*@/s', '', $parts[1] ) );
		$host = preg_replace( 'https' === $scheme ? '/:(443)?$/D' : '/:(80)?$/D', '', $host );
		if ( 1 !== preg_match( '/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?$/D', $host ) ) {
			return null;
		}
		$encode = static fn ( $match ) => rawurlencode( $match[0] );
		$inner  = preg_replace_callback( '/[^!#-;=?-\[\]_a-z~%]/', $encode, self::walked( str_replace( '\\', '/', $parts[2] ) ) . ( $parts[3] ?? '' ) );
		return "$scheme://$host$inner" . preg_replace_callback( '/[^!#-;=?-\[\]_a-z~%]/', $encode, $parts[4] ?? '' );
	}

	/** "/a/b/../c/./" as "/a/c/". */
	private static function walked( string $path ): string {
		$kept  = array();
		$steps = explode( '/', ltrim( $path, '/' ) === $path ? "/$path" : $path );
		array_shift( $steps );
		foreach ( $steps as $i => $step ) {
			$plain = str_ireplace( '%2e', '.', $step );
			$last  = count( $steps ) - 1 === $i;
			if ( '..' === $plain ) {
				array_pop( $kept );
			} elseif ( '.' !== $plain ) {
				$kept[] = $step;
				continue;
			}
			if ( $last ) {
				$kept[] = '';
			}
		}
		return '/' . implode( '/', $kept );
	}

	/** "/..." of a page below the blog's address, query included; null for anything elsewhere. */
	public static function path_below( string $url, string $address ): ?string {
		$of                   = static fn ( $step ) => 1 === preg_match( '/^https?:\/\/(?:www\.)?([^\/?#]+)([^#]*)/', $step, $match ) ? $match : null;
		list( $place, $home ) = array( $of( $url ), $of( $address ) );
		if ( null === $place || null === $home || $place[1] !== $home[1] ) {
			return null;
		}
		$path = '' === $place[2] ? '/' : $place[2];
		if ( 0 !== strpos( $path, $home[2] ) ) {
			return "$path/" === $home[2] ? '/' : null;
		}
		return '/' . substr( $path, strlen( $home[2] ) );
	}

	/** Whether the author asked to forget this file. A path names its page with and without the final slash. */
	public static function is_forgotten( string $url, string $address, array $forgotten ): bool {
		$path = $forgotten ? self::path_below( $url, $address ) : null;
		$trim = static fn ( $step ) => strlen( $step ) > 1 && '/' === substr( $step, -1 ) ? substr( $step, 0, -1 ) : $step;
		return null !== $path && in_array( $trim( $path ), array_map( $trim, $forgotten ), true );
	}
}
