<?php
/**
 * Requests to other hosts. A stranger may name the host, so: a narrow grammar for URLs, every address of the name judged
 * before a connection, the connection bound to the address that was judged, redirects walked by hand with the same
 * checks, bytes counted after decompression, and an end to every wait but a name's look-up, which PHP cannot end: names
 * that take long are not looked up again (DGOS_Host_Addresses).
 *
 * @package DGOS
 *
 * phpcs:disable WordPress.WP.AlternativeFunctions -- wp_remote_get() cannot bind a connection to a judged address.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Answers are {status, headers (names in lower case), body, url} or a WP_Error with a code of its own.
 */
final class DGOS_Safe_Fetch {

	const REDIRECTS_MAX = 5;
	/**
	 * Limits of a request: milliseconds in all, bytes of body, redirects followed, headers sent, whether a long body is cut;
	 * `sign`, if set, gives further headers for each hop by its host and port; `lenient` takes what browsers show (captures and
	 * probes, never peers): a body that breaks off is an answer with `short`, a Content-Encoding that nobody knows is none.
	 */
	const LIMITS = array(
		'time_ms'   => 10000,
		'bytes'     => 1048576,
		'redirects' => self::REDIRECTS_MAX,
		'headers'   => array(),
		'cut'       => false,
		'sign'      => null,
		'lenient'   => false,
	);
	/** What curl says of a body that breaks off, of a compression that does, and of one that it does not know. */
	const SHORT           = array( 18, 56, 61, 92 );
	const UNKNOWN_CODING = 61;
	/** A line among the headers that is none: curl reads no further. */
	const STRANGE = 8;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Host_Addresses */
	private $host_addresses;
	// phpcs:enable

	/** Whether loopback counts as the open web is the network's word. */
	public function __construct( DGOS_Settings $settings, DGOS_Host_Addresses $host_addresses ) {
		$this->settings       = $settings;
		$this->host_addresses = $host_addresses;
	}

	/**
	 * Reads.
	 *
	 * @param string $url    Where.
	 * @param array  $limits See LIMITS.
	 * @return array|WP_Error
	 */
	public function get( string $url, array $limits = array() ) {
		return $this->walk( 'GET', $url, '', $limits );
	}

	/**
	 * Sends. Redirects are not followed.
	 *
	 * @param string $url    Where.
	 * @param string $body   What.
	 * @param array  $limits See LIMITS.
	 * @return array|WP_Error
	 */
	public function post( string $url, string $body, array $limits = array() ) {
		return $this->walk( 'POST', $url, $body, array( 'redirects' => 0 ) + $limits );
	}

	/**
	 * Puts bytes. Redirects are not followed.
	 *
	 * @param string $url    Where.
	 * @param string $body   What.
	 * @param array  $limits See LIMITS.
	 * @return array|WP_Error
	 */
	public function put( string $url, string $body, array $limits = array() ) {
		return $this->walk( 'PUT', $url, $body, array( 'redirects' => 0 ) + $limits );
	}

	/**
	 * One hop after the other.
	 *
	 * @return array|WP_Error
	 */
	private function walk( string $method, string $url, string $body, array $limits ) {
		if ( ! function_exists( 'curl_exec' ) || ! function_exists( 'gethostbynamel' ) ) {
			return new WP_Error( 'UNREACHABLE', 'this host lets PHP call nobody' );
		}
		$limits  += self::LIMITS;
		$until    = hrtime( true ) + $limits['time_ms'] * 1000000;
		$loopback = $this->settings->loopback();
		$at       = null;
		for ( $hop = 0; $hop <= $limits['redirects']; $hop++ ) {
			$at = DGOS_Address_Guard::permitted_url( $url, $loopback, $at );
			if ( null === $at ) {
				return new WP_Error( 'ADDRESS', 'that address is not one of the open web' );
			}
			$address = self::left( $until ) < 1 ? self::too_late() : $this->address_of( $at, $loopback );
			if ( is_wp_error( $address ) ) {
				return $address;
			}
			$left   = self::left( $until );
			$answer = $left < 1 ? self::too_late() : self::ask( $method, $at, $address, $body, $left, $limits );
			if ( is_wp_error( $answer ) || ! in_array( $answer['status'], array( 301, 302, 303, 307, 308 ), true ) || ! isset( $answer['headers']['location'] ) || 0 === $limits['redirects'] ) {
				return $answer;
			}
			$url = $answer['headers']['location'];
		}
		return new WP_Error( 'REDIRECTS', 'too many redirects' );
	}

	private static function too_late(): WP_Error {
		return new WP_Error( 'TIMEOUT', 'no answer in time' );
	}

	/** Milliseconds until then. */
	private static function left( int $until_ns ): int {
		return intdiv( $until_ns - hrtime( true ), 1000000 );
	}

	/**
	 * The address that the connection will use: none where any address of the name is not permitted.
	 *
	 * @return string|WP_Error
	 */
	private function address_of( stdClass $at, bool $loopback ) {
		if ( $at->literal ) {
			return $at->host;
		}
		$found = $this->host_addresses->addresses( $at->host );
		if ( null === $found ) {
			return new WP_Error( 'RESTING', 'looking the name up took too long; it is tried again later' );
		}
		$refused = array_filter( $found, static fn ( $address ) => ! DGOS_Address_Guard::is_permitted_address( $address, $loopback ) );
		return $found && ! $refused ? $found[0] : new WP_Error( 'ADDRESS', 'the name leads nowhere on the open web' );
	}

	/**
	 * One request to one address.
	 *
	 * @return array|WP_Error
	 */
	private static function ask( string $method, stdClass $at, string $address, string $body, int $time_ms, array $limits ) {
		$read    = '';
		$headers = array();
		$longer  = false;
		$handle  = curl_init( $at->url );
		$plain   = isset( $limits['plain'] );
		$sent    = array( $plain ? 'accept-encoding:' : 'accept-encoding: gzip', 'expect:', 'user-agent: DGOS/' . DGOS_VERSION );
		$port    = in_array( array( $at->scheme, $at->port ), array( array( 'http', 80 ), array( 'https', 443 ) ), true ) ? '' : ":$at->port";
		$host    = false === strpos( $at->host, ':' ) ? $at->host : "[$at->host]";
		$signed  = null === $limits['sign'] ? array() : call_user_func( $limits['sign'], $host . $port );
		foreach ( $limits['headers'] + $signed as $name => $value ) {
			$sent[] = preg_replace( '/[\r\n]/', '', "$name: $value" );
		}
		$pinned = false === strpos( $address, ':' ) ? $address : "[$address]";
		curl_setopt_array(
			$handle,
			array(
				CURLOPT_CUSTOMREQUEST     => $method,
				CURLOPT_HTTPHEADER        => $sent,
				CURLOPT_ENCODING          => $plain ? null : 'gzip',
				CURLOPT_PROTOCOLS         => CURLPROTO_HTTP | CURLPROTO_HTTPS,
				CURLOPT_FOLLOWLOCATION    => false,
				CURLOPT_PROXY             => '',
				CURLOPT_RESOLVE           => $at->literal ? array() : array( "{$at->host}:{$at->port}:$pinned" ),
				CURLOPT_NOSIGNAL          => true,
				CURLOPT_TIMEOUT_MS        => $time_ms,
				CURLOPT_CONNECTTIMEOUT_MS => min( $time_ms, 5000 ),
				CURLOPT_CAINFO            => ABSPATH . WPINC . '/certificates/ca-bundle.crt',
				CURLOPT_HEADERFUNCTION    => static function ( $handle, string $line ) use ( &$headers ): int {
					$parts = explode( ':', $line, 2 );
					if ( 2 === count( $parts ) && count( $headers ) < 100 && strlen( $line ) < 8192 ) {
						$headers[ strtolower( trim( $parts[0] ) ) ] = trim( $parts[1] );
					}
					return strlen( $line );
				},
				CURLOPT_WRITEFUNCTION     => static function ( $handle, string $part ) use ( &$read, &$longer, $limits ): int {
					$room = $limits['bytes'] - strlen( $read );
					if ( strlen( $part ) > $room ) {
						$read  .= substr( $part, 0, $room );
						$longer = true;
						return 0;
					}
					$read .= $part;
					return strlen( $part );
				},
			)
		);
		if ( 'GET' !== $method ) {
			curl_setopt( $handle, CURLOPT_POSTFIELDS, $body );
		}
		$done   = curl_exec( $handle );
		$error  = curl_errno( $handle );
		$status = (int) curl_getinfo( $handle, CURLINFO_RESPONSE_CODE );
		$joined = curl_getinfo( $handle, CURLINFO_CONNECT_TIME ) > 0;
		curl_close( $handle );
		if ( $longer && ! $limits['cut'] ) {
			return new WP_Error( 'TOO_LARGE', 'more bytes than expected' );
		}
		if ( $limits['lenient'] && self::UNKNOWN_CODING === $error && '' === $read && ! $plain ) {
			return self::ask( $method, $at, $address, $body, $time_ms, array( 'plain' => true ) + $limits );
		}
		$short = $limits['lenient'] && false === $done && ! $longer && $status >= 200 && '' !== $read && in_array( $error, self::SHORT, true );
		if ( false === $done && ! $longer && ! $short ) {
			if ( $limits['lenient'] && self::STRANGE === $error && $status >= 200 ) {
				return new WP_Error( 'UNREADABLE', 'the host answers in a way that curl does not read' );
			}
			return new WP_Error( 28 !== $error ? 'UNREACHABLE' : ( $joined ? 'SLOW' : 'TIMEOUT' ), 'the host does not answer' );
		}
		return array(
			'status'  => $status,
			'headers' => $headers,
			'body'    => $read,
			'url'     => $at->url,
		) + ( $short ? array( 'short' => true ) : array() );
	}
}
