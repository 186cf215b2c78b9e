<?php
/**
 * The addresses for people: `/dgos/m/<host>/…`, and `/m/<host>/…`, by which the rest of the network knows them.
 *
 * Answered before WordPress looks for a post and before any theme: nobody's session is asked for, no cookie is set.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Finds the blog and hands over.
 */
final class DGOS_Reader_Front {

	/** After the front of the interface. */
	public function add_hooks(): void {
		add_action( 'parse_request', array( $this, 'answer' ), 1 );
	}

	/** Answers and ends, where the path is one of ours; else nothing. */
	public function answer(): void {
		$path = self::path();
		if ( 1 !== preg_match( '#^/(dgos/)?m/(.+)$#Ds', $path, $match ) || ! DGOS_Plugin::instance()->ledger()->joined() ) {
			return;
		}
		$found = self::read( $match[2] );
		$known = null === $found ? null : DGOS_Plugin::instance()->ledger()->by_host( $found[0] );
		// A page of this blog may well be called "m": only what is a mirrored blog is ours there.
		if ( null === $known && '' === $match[1] ) {
			return;
		}
		$answer = null === $known ? null : $this->of_blog( $known, $found, '' === $match[1] );
		self::send( $answer ?? DGOS_Reader_Answers::not_found( home_url( '/' ) ) );
	}

	/** "example.org/~ana/p/…" as host path (or id of a blog) and the rest; null where it is neither. */
	public static function read( string $text ): ?array {
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

	private function of_blog( string $id, array $found, bool $elsewhere ): ?array {
		list( $name, $rest ) = $found;

		$plugin = DGOS_Plugin::instance();
		$site   = DGOS_Reader_Site::of( $plugin, $id );
		if ( null === $site ) {
			return null;
		}
		$stay = isset( $_GET['copy'] ); // phpcs:ignore WordPress.Security.NonceVerification -- Chooses what is shown.
		if ( $elsewhere || null === $rest || $site->name() !== $name ) {
			return DGOS_Reader_Answers::redirect( DGOS_Reader_Site::home( $plugin ) . 'm/' . $site->name() . ( $rest ?? '/' ) . ( $stay ? '?copy' : '' ) );
		}
		$document = isset( $_SERVER['HTTP_SEC_FETCH_DEST'] ) && 'document' === $_SERVER['HTTP_SEC_FETCH_DEST'];
		$answer   = $site->answer( substr( $rest, 1 ), $stay, $document );
		// Paused, or lent more than the owner allows: the other mirrors have it too.
		if ( null !== $answer && ! $plugin->allowance()->may_serve( strlen( $answer['body'] ) ) ) {
			return DGOS_Reader_Answers::not_found( home_url( '/' ), 503 );
		}
		return $answer;
	}

	/** Sends, counts what is served, and ends. */
	public static function send( array $answer ): void {
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
		DGOS_Plugin::instance()->allowance()->served( 'page', self::path(), strlen( $answer['body'] ) );
		DGOS_Fast_Path::send( $answer );
		exit;
	}

	/** The path of the request below the home of this site, still percent-encoded. */
	public static function path(): string {
		$uri = isset( $_SERVER['REQUEST_URI'] ) ? (string) wp_unslash( $_SERVER['REQUEST_URI'] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Matched against grammars.
		$path = explode( '?', $uri, 2 )[0];
		$home = (string) wp_parse_url( home_url(), PHP_URL_PATH );
		if ( '' !== $home && 0 === strpos( $path, $home ) ) {
			$path = substr( $path, strlen( $home ) );
		}
		return (string) preg_replace( '#^/index\.php(?=/)#', '', $path );
	}
}
