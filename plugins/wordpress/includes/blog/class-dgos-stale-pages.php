<?php
/**
 * What a shared cache before this blog (a CDN, a proxy of the host) may do while the server fails: hand out for a day the
 * last page that it has (RFC 5861, stale-if-error). Only that word: how long a page is fresh is for whoever set the cache up,
 * and a lifetime of ours would go before theirs. No s-maxage, which forbids stale answers (RFC 9111, 4.2.4); no
 * stale-while-revalidate, which browsers obey too: whoever has just commented would not see it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * One header, and only where nobody else has spoken about caching.
 */
final class DGOS_Stale_Pages {

	const WORD = 'stale-if-error=86400';
	/** Cookies for whom a page may be another one than for strangers. */
	const PERSONAL = '/^(wordpress_(logged_in|sec)_|wp-postpass_|comment_author_|wp_woocommerce_|woocommerce_|edd_|PHPSESSID)/i';
	/** Words of others about caching. */
	const SPOKEN = array( 'cache-control', 'expires', 'pragma', 'set-cookie', 'surrogate-control', 'cdn-cache-control' );

	/** As late as can be: who speaks before is heard, who speaks later replaces the word. */
	public static function add_hooks(): void {
		add_action( 'template_redirect', array( self::class, 'say' ), PHP_INT_MAX );
	}

	/** Sends the header where it may stand. */
	public static function say(): void {
		if ( null !== DGOS_Own_Blog::id() && ! headers_sent() && ! self::is_private() && ! self::is_spoken( headers_list() ) ) {
			header( 'Cache-Control: ' . self::WORD );
		}
	}

	/** Whether this answer is for one person, or for nobody to keep. */
	private static function is_private(): bool {
		$method = isset( $_SERVER['REQUEST_METHOD'] ) ? sanitize_key( $_SERVER['REQUEST_METHOD'] ) : '';
		foreach ( array_keys( $_COOKIE ) as $name ) {
			if ( 1 === preg_match( self::PERSONAL, (string) $name ) ) {
				return true;
			}
		}
		return ! in_array( $method, array( 'get', 'head' ), true ) || is_user_logged_in() || isset( $_SERVER['HTTP_AUTHORIZATION'] )
			|| is_404() || is_search() || is_preview() || is_customize_preview()
			|| ( is_singular() && ( post_password_required() || 'publish' !== get_post_status() ) )
			|| ( defined( 'DONOTCACHEPAGE' ) && DONOTCACHEPAGE ) || 200 !== http_response_code();
	}

	/**
	 * Whether a header says something about caching already.
	 *
	 * @param string[] $headers As headers_list() gives them.
	 */
	private static function is_spoken( array $headers ): bool {
		foreach ( $headers as $header ) {
			if ( in_array( strtolower( trim( explode( ':', $header, 2 )[0] ) ), self::SPOKEN, true ) ) {
				return true;
			}
		}
		return false;
	}
}
