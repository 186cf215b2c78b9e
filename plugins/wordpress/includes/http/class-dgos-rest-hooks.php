<?php
/**
 * The same interface in the REST server of WordPress, as namespace `dgos/v1`: for hosts where only /wp-json/ or
 * ?rest_route= reaches WordPress, and for tools that look for routes there.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hands requests on to DGOS_Api, and its answers back as they are.
 */
final class DGOS_Rest_Hooks {

	/**
	 * What the head of this request was found good for.
	 *
	 * @var array|null
	 */
	private static $admitted = null;

	/** The head of this request is good. */
	public static function admitted( array $admitted ): void {
		self::$admitted = $admitted;
	}

	/** REST hooks. */
	public function add_hooks(): void {
		add_action( 'rest_api_init', array( $this, 'register' ) );
		add_filter( 'rest_pre_serve_request', array( $this, 'serve' ), 10, 2 );
	}

	/** One REST route a path. Whatever is signed needs no cookie; what is not is limited by rate. */
	public function register(): void {
		foreach ( DGOS_Routes::all() as $route ) {
			if ( 0 !== strpos( $route['path'], '/dgos/v1/' ) ) {
				continue;
			}
			$pattern = preg_replace( array( '#:([a-z]+)\*$#', '#:([a-z]+)#' ), array( '(?P<$1>.+)', '(?P<$1>[^/]+)' ), substr( $route['path'], strlen( '/dgos/v1' ) ) );
			register_rest_route(
				'dgos/v1',
				$pattern,
				array(
					'methods'             => 'GET' === $route['method'] ? 'GET, HEAD' : $route['method'],
					'permission_callback' => '__return_true',
					'callback'            => array( $this, 'answer' ),
				)
			);
		}
	}

	/** The Api's answer in a response of WordPress. */
	public function answer( WP_REST_Request $request ): WP_REST_Response {
		DGOS_Fast_Path::keep_from_caches();
		$api      = DGOS_Plugin::instance()->api();
		$asked    = DGOS_Fast_Path::request( $request->get_method(), $request->get_route(), (string) $request->get_body() );
		$answer   = null === self::$admitted ? $api->handle( $asked ) : $api->answer( self::$admitted, $asked );
		$is_json  = 0 === strpos( (string) ( $answer['headers']['content-type'] ?? '' ), 'application/json' );
		$response = new WP_REST_Response( $is_json ? DGOS_Json::read( $answer['body'] ) : null, $answer['status'], $answer['headers'] );

		$response->dgos_body = $answer['body'];
		return $response;
	}

	/**
	 * Writes the bytes as they are: WordPress would write JSON anew, and blobs are none.
	 *
	 * @param bool  $served   Whether somebody has.
	 * @param mixed $response The response.
	 */
	public function serve( $served, $response ): bool {
		if ( $served || ! isset( $response->dgos_body ) ) {
			return (bool) $served;
		}
		echo $response->dgos_body; // phpcs:ignore WordPress.Security.EscapeOutput -- JSON, or bytes with nosniff.
		return true;
	}
}
