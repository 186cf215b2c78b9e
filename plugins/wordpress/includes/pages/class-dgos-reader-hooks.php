<?php
/**
 * What people ask for at this site beside the blog's own pages: mirrored blogs, the form for authors, guest spaces.
 *
 * Answered before WordPress looks for a post and before any theme: nobody's session is asked for, no cookie is set.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only.
 */
final class DGOS_Reader_Hooks {

	/** After the interface for members. */
	public function add_hooks(): void {
		add_action( 'parse_request', array( $this, 'answer' ), 1 );
	}

	/** Answers and ends, where the path is one of ours; else nothing, and nothing is made. */
	public function answer(): void {
		$path   = DGOS_Request_Path::current();
		$plugin = DGOS_Plugin::instance();
		$answer = null;
		if ( 1 === preg_match( DGOS_Reader_Pages::PATH, $path ) ) {
			$answer = $plugin->reader_pages()->answer( $path );
		} elseif ( 1 === preg_match( DGOS_Post_Form::PATH, $path ) ) {
			$answer = $plugin->post_form()->answer( $path );
		} elseif ( 1 === preg_match( DGOS_Guest_Door::PATH, $path ) ) {
			$answer = $plugin->guest_door()->answer( $path );
		}
		if ( null !== $answer ) {
			$this->send( $answer, $path );
		}
	}

	/** Sends, counts what is served, and ends. */
	private function send( array $answer, string $path ): void {
		$method = isset( $_SERVER['REQUEST_METHOD'] ) ? sanitize_key( $_SERVER['REQUEST_METHOD'] ) : 'get';
		if ( ! headers_sent() ) {
			header_remove( 'Set-Cookie' );
		}
		if ( isset( $_SERVER['HTTP_SERVICE_WORKER'] ) ) {
			$answer = DGOS_Reader_Answers::not_found( home_url( '/' ), 403 ); // Pages of a mirror are no place for service workers.
		}
		if ( 'head' === $method ) {
			$answer['headers']['content-length'] = (string) strlen( $answer['body'] );
			$answer['body']                      = '';
		}
		DGOS_Plugin::instance()->allowance()->served( 'page', $path, strlen( $answer['body'] ) );
		DGOS_Fast_Path::send( $answer );
		exit;
	}
}
