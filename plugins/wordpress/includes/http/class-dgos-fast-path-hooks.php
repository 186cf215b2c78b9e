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

	/**
	 * What the head of this request was found good for, and the path.
	 *
	 * @var array|null
	 */
	private $admitted = null;

	/**
	 * Heads are judged as soon as all plugins are loaded: who is refused costs no theme, no `init` and no byte of its body, which
	 * the REST server would read whole. The rest is answered before the main query.
	 */
	public function add_hooks(): void {
		add_action( 'plugins_loaded', array( $this, 'admit' ), PHP_INT_MAX );
		add_action( 'parse_request', array( $this, 'answer' ), 0 );
		add_filter( 'dgos_routes', static fn ( array $routes ) => array_merge( $routes, DGOS_Plugin::instance()->routes() ) );
	}

	/** Refuses and ends, where the head is reason enough. */
	public function admit(): void {
		$rest = DGOS_Request_Path::rest();
		$path = $rest ?? DGOS_Request_Path::current();
		if ( 1 !== preg_match( '#^/(dgos/|\.well-known/(?:dgos\.json|http-message-signatures-directory)$)#', $path ) ) {
			return;
		}
		$api = DGOS_Plugin::instance()->api();
		if ( 0 !== strpos( $path, '/dgos/v1/' ) && ! $api->knows( $path ) ) {
			return;
		}
		$head     = DGOS_Fast_Path::request( self::method(), $path, '' );
		$admitted = $api->admit( $head );
		if ( isset( $admitted['answer'] ) ) {
			$this->end( $admitted['answer'] );
		}
		if ( null !== $rest && $admitted['body'] > 0 && null === $head['length'] ) {
			// WordPress reads a body there whole, however long it gets.
			$this->end( DGOS_Api::refused( 411, 'BAD_REQUEST', 'say the length of the body' ) );
		}
		if ( null !== $rest ) {
			DGOS_Rest_Hooks::admitted( $admitted );
			return;
		}
		$this->admitted = array( $admitted, $head );
	}

	/** Answers and ends, where the path is one of ours; else nothing. */
	public function answer(): void {
		if ( null === $this->admitted ) {
			return;
		}
		list( $admitted, $request ) = $this->admitted;
		if ( true === ( $admitted['route']['streamed'] ?? false ) ) {
			$request['stream'] = DGOS_Fast_Path::stream();
		} else {
			$request['body'] = DGOS_Fast_Path::body( $admitted['body'] );
		}
		$this->end( DGOS_Plugin::instance()->api()->answer( $admitted, $request ) );
	}

	private function end( array $answer ): void {
		DGOS_Fast_Path::send( $answer );
		DGOS_Fast_Path::let_go();
		exit;
	}

	private static function method(): string {
		return strtoupper( isset( $_SERVER['REQUEST_METHOD'] ) ? sanitize_key( $_SERVER['REQUEST_METHOD'] ) : 'get' );
	}
}
