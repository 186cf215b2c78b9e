<?php
/**
 * This member's HTTP interface without an engine: a request value goes in, an answer value comes out. The front (own paths)
 * and the REST server of WordPress call the same handle().
 *
 *   head -> the sender's rate -> the route, and how long its body may be -> is it wanted? -> body -> handle
 *
 * Routes come from the filter `dgos_routes`: a list of {method, path ("/dgos/v1/blogs/:blog"), body (bytes it may have),
 * open (readable by scripts on any site), cost, handle( array $request, array $params ): array}, and where a body is not
 * anybody's to send, wanted( array $head, array $params ): int|array, the bytes that are wanted or the answer that refuses it.
 * A request is {method, path, query, headers, length (of its body as it says, or null), body, remote}; where a front hands the
 * body over as a stream it has `stream` too, and an empty body. An answer is {status, headers, body}.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Finds, limits, answers. One shape of error.
 */
final class DGOS_Api {

	/** Requests of one network of addresses in a minute. */
	const RATE = 600;

	/** Told where there is no such address at all; NOT_FOUND says that a thing is not there. */
	const NO_ROUTE = 'no such route';
	/** On every answer: nothing here is a document that may run or be framed, unless a route says so. */
	const SAFE = array(
		'x-content-type-options' => 'nosniff',
		'referrer-policy'        => 'no-referrer',
	);

	/**
	 * The routes.
	 *
	 * @var array[]
	 */
	private $routes;

	/**
	 * Counts requests by sender.
	 *
	 * @var DGOS_Rates
	 */
	private $rates;

	/** With the routes of all parts. */
	public function __construct( DGOS_Rates $rates, array $routes ) {
		$this->rates  = $rates;
		$this->routes = $routes;
	}

	/** Whether any method has this path. */
	public function knows( string $path ): bool {
		foreach ( array( 'GET', 'POST', 'PUT' ) as $method ) {
			if ( null !== $this->find( $method, $path ) ) {
				return true;
			}
		}
		return false;
	}

	/** The answer to a request. */
	public function handle( array $request ): array {
		$admitted = $this->admit( $request );
		return $admitted['answer'] ?? $this->answer( $admitted, $request );
	}

	/**
	 * What the head alone decides, before a byte of the body is read: {answer}, or {route, params, body: bytes that may come} for
	 * answer(). The request is counted.
	 */
	public function admit( array $head ): array {
		$found   = $this->find( $head['method'], $head['path'] );
		$refusal = $this->refusal_of_head( $head, $found );
		if ( null !== $refusal ) {
			return array( 'answer' => self::finished( $refusal, $head, $found[0] ?? null ) );
		}
		list( $route, $params ) = $found;
		$wanted = isset( $route['wanted'] ) ? self::safely( $route, $route['wanted'], $head, $params ) : (int) ( $route['body'] ?? 0 );
		if ( ! is_int( $wanted ) ) {
			return array( 'answer' => self::finished( $wanted, $head, $route ) );
		}
		return array(
			'route'  => $route,
			'params' => $params,
			'body'   => min( $wanted, (int) ( $route['body'] ?? 0 ) ),
		);
	}

	/** The answer to a request that was admitted, now with its body. */
	public function answer( array $admitted, array $request ): array {
		$route  = $admitted['route'];
		$answer = max( strlen( $request['body'] ), (int) ( $request['length'] ?? 0 ) ) > $admitted['body']
			? self::body_too_large( $admitted['body'] )
			: self::safely( $route, $route['handle'], $request, $admitted['params'] );
		return self::finished( $answer, $request, $route );
	}

	private static function finished( array $answer, array $request, ?array $route ): array {
		$open = null !== $route && true === ( $route['open'] ?? false );

		$answer['headers'] += self::SAFE + ( $open ? array( 'access-control-allow-origin' => '*' ) : array() );
		if ( 'HEAD' === $request['method'] ) {
			$answer['body'] = '';
		}
		return $answer;
	}

	/**
	 * A JSON answer. "<" never stands in it: a cache that calls it a page makes no page of it.
	 *
	 * @param mixed $value   What JSON can hold.
	 * @param array $headers More headers.
	 * @param int   $status  Of HTTP.
	 */
	public static function json( $value, array $headers = array(), int $status = 200 ): array {
		return array(
			'status'  => $status,
			'headers' => $headers + array(
				'content-type'  => 'application/json; charset=utf-8',
				'cache-control' => 'no-store',
			),
			'body'    => (string) json_encode( $value, JSON_HEX_TAG | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ), // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
		);
	}

	/** The one shape of an error. 5xx explains nothing to strangers. */
	public static function refused( int $status, string $code, string $detail = '', array $headers = array() ): array {
		$told = $status >= 500 ? '' : substr( $detail, 0, 300 );
		$body = array(
			'error'   => $code,
			'message' => DGOS_Codes::MESSAGES[ $code ] . ( '' === $told ? '' : " ($told)" ),
		);
		return self::json( '' === $told ? $body : $body + array( 'detail' => $told ), $headers, $status );
	}

	/** Says how blogs are named to those who named none. */
	public static function unknown_blog( string $name ): array {
		$how = DGOS_Bytes::is_hash( $name ) ? '' : 'a blog is named by its id of 64 hex digits, or by a host that it was seen at';
		return self::refused( 404, 'UNKNOWN_BLOG', $how );
	}

	/** A refusal value as an answer. */
	public static function refusal( DGOS_Refused $refusal ): array {
		return self::refused( DGOS_Codes::STATUSES[ $refusal->code ] ?? 400, $refusal->code, $refusal->detail );
	}

	/** Null where the head is good. */
	private function refusal_of_head( array $head, ?array $found ): ?array {
		if ( 'OPTIONS' === $head['method'] ) {
			return $this->preflight( $head['path'] );
		}
		if ( null === $found ) {
			return $this->knows( $head['path'] ) ? self::refused( 405, 'BAD_REQUEST', 'method' ) : self::refused( 404, 'BAD_REQUEST', self::NO_ROUTE );
		}
		$wait_ms = $this->rates->take( $head['remote'], self::RATE, (int) ( $found[0]['cost'] ?? 1 ) );
		if ( $wait_ms > 0 ) {
			return self::too_fast( $wait_ms, 'from this address, which you may share with others' );
		}
		$most = (int) ( $found[0]['body'] ?? 0 );
		return (int) ( $head['length'] ?? 0 ) > $most ? self::body_too_large( $most ) : null;
	}

	/** A body of more than these bytes. */
	private static function body_too_large( int $most ): array {
		return self::refused( 413, 'TOO_LARGE', 0 === $most ? 'send no body' : "a body has at most $most bytes" );
	}

	/** When to come again. */
	public static function too_fast( int $wait_ms, string $whose ): array {
		return self::refused( 429, 'RATE', $whose, array( 'retry-after' => (string) (int) ceil( $wait_ms / 1000 ) ) );
	}

	/**
	 * What a part of a route makes of a request.
	 *
	 * @return array|int
	 */
	private static function safely( array $route, callable $part, array $request, array $params ) {
		try {
			return $part( $request, $params );
		} catch ( Throwable $error ) {
			do_action( 'dgos_failed', $route['path'], $error );
			return self::refused( 500, 'INTERNAL' );
		}
	}

	private function preflight( string $path ): array {
		foreach ( array( 'GET', 'POST', 'PUT' ) as $method ) {
			$found = $this->find( $method, $path );
			if ( null !== $found && true === ( $found[0]['open'] ?? false ) ) {
				return array(
					'status'  => 204,
					'headers' => array(
						'access-control-allow-origin'  => '*',
						'access-control-allow-methods' => 'GET, HEAD, POST, PUT',
						'access-control-allow-headers' => 'content-type',
						'access-control-max-age'       => '86400',
					),
					'body'    => '',
				);
			}
		}
		return self::refused( 404, 'BAD_REQUEST', self::NO_ROUTE );
	}

	/** {route, params} or null. */
	private function find( string $method, string $path ): ?array {
		$wanted = 'HEAD' === $method ? 'GET' : $method;
		$parts  = explode( '/', $path );
		foreach ( $this->routes as $route ) {
			$params = $route['method'] === $wanted ? self::matched( explode( '/', $route['path'] ), $parts ) : null;
			if ( null !== $params ) {
				return array( $route, $params );
			}
		}
		return null;
	}

	/** A last segment ":rest*" takes everything that follows. */
	private static function matched( array $segments, array $parts ): ?array {
		$params = array();
		foreach ( $segments as $i => $segment ) {
			if ( '' !== $segment && ':' === $segment[0] && '*' === substr( $segment, -1 ) && isset( $parts[ $i ] ) ) {
				$params[ substr( $segment, 1, -1 ) ] = implode( '/', array_slice( $parts, $i ) );
				return $params;
			}
			if ( ! isset( $parts[ $i ] ) ) {
				return null;
			}
			if ( '' === $segment || ':' !== $segment[0] ) {
				if ( $segment !== $parts[ $i ] ) {
					return null;
				}
				continue;
			}
			$decoded = rawurldecode( $parts[ $i ] );
			if ( '' === $decoded || ! DGOS_Bytes::is_utf8( $decoded ) ) {
				return null;
			}
			$params[ substr( $segment, 1 ) ] = $decoded;
		}
		return count( $parts ) === count( $segments ) ? $params : null;
	}
}
