<?php
/**
 * Which hosts of the open web this member may talk to. Nothing inside the host's own network may be reachable by any
 * spelling (SSRF). Literals are judged here before a request; the addresses of names by the same rule after look-up, and
 * the connection is then bound to what was judged.
 *
 * URLs follow a narrow ASCII grammar instead of a URL parser: what it refuses is never fetched. Source of the ranges: IANA
 * special-purpose registries, as in lib/address-guard.ts.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. `$loopback` also permits 127.0.0.0/8 and ::1 on any port: for demonstrations and tests on one machine.
 */
final class DGOS_Address_Guard {

	const URL_BYTES_MAX = 4096;
	const SPECIAL_IPV4  = '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
	/** Within 2000::/3, the only space in public use: protocol assignments with Teredo, documentation, 6to4, AS112. */
	const SPECIAL_IPV6 = '2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20';
	const PUBLIC_IPV6  = '2000::/3';
	const LOOPBACKS    = '127.0.0.0/8 ::1/128';
	/** Names that never mean a host of the open web. */
	const PRIVATE_NAMES = '/(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|onion|test|invalid)$/D';
	const URL           = '/^(https?):\/\/(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::([1-9][0-9]{0,4}))?(\/[!-~]*|\?[!-~]*)?$/D';

	/** True where a packet to the address stays on the public internet. Anything but a plain, zoneless address is not. */
	public static function is_permitted_address( string $address, bool $loopback ): bool {
		$is_ipv4 = false !== filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4 );
		if ( ! $is_ipv4 && false === filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6 ) ) {
			return false;
		}
		if ( $loopback && self::is_within( $address, self::LOOPBACKS ) ) {
			return true;
		}
		if ( $is_ipv4 ) {
			return ! self::is_within( $address, self::SPECIAL_IPV4 );
		}
		return self::is_within( $address, self::PUBLIC_IPV6 ) && ! self::is_within( $address, self::SPECIAL_IPV6 );
	}

	/**
	 * The parts of a URL that may be fetched: {url, scheme, host, port, literal (the host is an address)}; null where it may not.
	 *
	 * @param string        $text     As it was named.
	 * @param bool          $loopback See above.
	 * @param stdClass|null $base     The URL that redirected here, as this function gave it.
	 */
	public static function permitted_url( string $text, bool $loopback, ?stdClass $base = null ): ?stdClass {
		$text  = null === $base ? $text : self::absolute( $text, $base );
		$parts = preg_split( '/#/', $text, 2 )[0];
		// Scheme and host are the same in capitals; the path is not.
		$lower = preg_replace_callback( '/^[A-Za-z]{1,8}:\/\/[^\/?]*/', static fn ( $match ) => strtolower( $match[0] ), $parts );
		if ( strlen( $text ) > self::URL_BYTES_MAX || 1 !== preg_match( self::URL, (string) $lower, $match ) ) {
			return null;
		}
		if ( null !== $base && 'https' === $base->scheme && 'https' !== $match[1] ) {
			return null;
		}
		$usual = 'https' === $match[1] ? 443 : 80;
		$port  = isset( $match[3] ) && '' !== $match[3] ? (int) $match[3] : $usual;
		if ( $port > 65535 || ( ! $loopback && ! in_array( $port, array( 80, 443 ), true ) ) ) {
			return null;
		}
		$host    = trim( $match[2], '[]' );
		$literal = '[' === $match[2][0] || 1 === preg_match( '/(^|\.)(0x[0-9a-f]*|[0-9]+)$/D', $host );
		if ( $literal ? ! self::is_permitted_address( $host, $loopback ) : ! self::is_permitted_name( $host, $loopback ) ) {
			return null;
		}
		return (object) array(
			'url'     => $match[1] . '://' . $match[2] . ( $port === $usual ? '' : ":$port" ) . self::path_of( $match[4] ?? '' ),
			'scheme'  => $match[1],
			'host'    => $host,
			'port'    => $port,
			'literal' => $literal,
		);
	}

	private static function is_permitted_name( string $name, bool $loopback ): bool {
		if ( $loopback && 1 === preg_match( '/(^|\.)localhost$/D', $name ) ) {
			return true;
		}
		return false !== strpos( $name, '.' ) && false === strpos( $name, '..' ) && 1 !== preg_match( self::PRIVATE_NAMES, $name );
	}

	private static function path_of( string $path ): string {
		return '' === $path || '?' === $path[0] ? '/' . $path : $path;
	}

	/** A Location as an absolute URL. Dot segments stay: servers read them, and they change no host. */
	private static function absolute( string $text, stdClass $base ): string {
		if ( 1 === preg_match( '/^[A-Za-z][A-Za-z0-9+.-]*:/', $text ) ) {
			return $text;
		}
		if ( 0 === strpos( $text, '//' ) ) {
			return $base->scheme . ':' . $text;
		}
		preg_match( '/^(https?:\/\/[^\/]+)([^?]*)/', $base->url, $parts );
		if ( '' !== $text && '/' === $text[0] ) {
			return $parts[1] . $text;
		}
		if ( '' === $text || '?' === $text[0] ) {
			return $parts[1] . $parts[2] . $text;
		}
		return $parts[1] . substr( $parts[2], 0, (int) strrpos( $parts[2], '/' ) + 1 ) . $text;
	}

	private static function is_within( string $address, string $ranges ): bool {
		$bytes = inet_pton( $address );
		foreach ( explode( ' ', $ranges ) as $range ) {
			list( $start, $bits ) = explode( '/', $range );
			$first                = inet_pton( $start );
			if ( strlen( $first ) !== strlen( $bytes ) ) {
				continue;
			}
			$whole = intdiv( (int) $bits, 8 );
			$mask  = 0xff00 >> ( (int) $bits % 8 ) & 0xff;
			if ( 0 === strncmp( $bytes, $first, $whole ) && ( 0 === $mask || ( ord( $bytes[ $whole ] ) & $mask ) === ( ord( $first[ $whole ] ) & $mask ) ) ) {
				return true;
			}
		}
		return false;
	}
}
