<?php
/**
 * This member's own paths, `<home>/dgos/…`: the same ones that Node members have, so that every peer speaks to both alike.
 * Works with every permalink structure: without pretty ones the path goes through index.php.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Answers before WordPress looks for a post, with raw bytes in and out.
 */
final class DGOS_Fast_Path_Hooks {

	/** Before the main query, after `init`. */
	public function add_hooks(): void {
		add_action( 'parse_request', array( $this, 'answer' ), 0 );
		add_filter( 'dgos_routes', static fn ( array $routes ) => array_merge( $routes, DGOS_Plugin::instance()->routes() ) );
	}

	/** Answers and ends, where the path is one of ours; else nothing. */
	public function answer(): void {
		$path = DGOS_Request_Path::current();
		if ( 1 !== preg_match( '#^/(dgos/|\.well-known/(dgos\.json|http-message-signatures-directory)$)#', $path ) ) {
			return;
		}
		$api = DGOS_Plugin::instance()->api();
		if ( 0 !== strpos( $path, '/dgos/v1/' ) && ! $api->knows( $path ) ) {
			return;
		}
		$method = isset( $_SERVER['REQUEST_METHOD'] ) ? sanitize_key( $_SERVER['REQUEST_METHOD'] ) : 'get';
		$body   = DGOS_Fast_Path::body( (int) $api->body_max( strtoupper( $method ), $path ) );
		$answer = $api->handle( DGOS_Fast_Path::request( strtoupper( $method ), $path, $body ) );
		DGOS_Fast_Path::send( $answer );
		DGOS_Fast_Path::let_go();
		exit;
	}
}
