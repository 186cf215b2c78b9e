<?php
/**
 * For hosts on which a site cannot ask itself: the page that an anonymous visitor was just sent is the copy. Only pages that
 * a round wanted and could not have, only without any cookie, only as they were sent.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Watches nothing as long as requests of the site to itself work.
 */
final class DGOS_Sent_Pages {

	/** Loaded with pages: paths that are wanted => stamps. Empty where all is well. */
	const OPTION  = 'dgos_wanted_pages';
	const KEPT_MS = 86400000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Capture_State $capture_state, DGOS_Blob_Files $blobs, DGOS_Meta $meta ) {
		$this->capture_state = $capture_state;
		$this->blobs         = $blobs;
		$this->meta          = $meta;
	}

	/** Wants a page, or (null) no longer. */
	public function want( string $path, ?string $stamp ): void {
		$wanted = (array) get_option( self::OPTION, array() );
		$next   = $wanted;
		if ( null === $stamp ) {
			unset( $next[ $path ] );
		} else {
			$next[ $path ] = $stamp;
		}
		if ( $next !== $wanted ) {
			update_option( self::OPTION, array_slice( $next, -20, null, true ), true );
		}
	}

	/** What a visitor was sent, as an answer of DGOS_Visitor; null where nobody came. */
	public function of( string $path, string $stamp ): ?array {
		$sent = $this->meta->get( self::name( $path ) );
		if ( ! is_array( $sent ) || $sent['stamp'] !== $stamp ) {
			return null;
		}
		$bytes = $this->blobs->get( $sent['blob'] );
		return null === $bytes ? null : array(
			'status' => 200,
			'type'   => $sent['type'],
			'tag'    => '',
			'body'   => $bytes,
			'url'    => $sent['url'],
		);
	}

	/** Reads along where this request is an anonymous visit to a wanted page. */
	public function listen(): void {
		$wanted = get_option( self::OPTION, array() );
		$method = isset( $_SERVER['REQUEST_METHOD'] ) ? sanitize_key( $_SERVER['REQUEST_METHOD'] ) : '';
		if ( ! is_array( $wanted ) || ! $wanted || 'get' !== $method || $_COOKIE || is_user_logged_in() || is_404() || is_preview() || post_password_required() ) {
			return;
		}
		$address = DGOS_Own_Blog::facts()['address'] ?? '';
		$uri     = isset( $_SERVER['REQUEST_URI'] ) ? (string) wp_unslash( $_SERVER['REQUEST_URI'] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Compared with known paths.
		$url  = '' === $address ? null : DGOS_Page_Url::resolve( $uri, $address );
		$path = null === $url ? null : DGOS_Page_Url::path_below( $url, $address );
		if ( null !== $path && isset( $wanted[ $path ] ) ) {
			$stamp = (string) $wanted[ $path ];
			ob_start( fn ( string $page ) => $this->take( $page, $path, $stamp, $url ) );
		}
	}

	/** Keeps the page and hands it on unchanged, whatever keeping it comes to. */
	private function take( string $page, string $path, string $stamp, string $url ): string {
		try {
			$this->keep( $page, $path, $stamp, $url );
		} catch ( Throwable $error ) {
			do_action( 'dgos_failed', 'sent page', $error );
		}
		return $page;
	}

	private function keep( string $page, string $path, string $stamp, string $url ): void {
		if ( 200 === http_response_code() && strlen( $page ) <= DGOS_Snapshot_Limits::PAGE_BYTES_MAX && DGOS_Attestor::has_tag( $page, (string) DGOS_Own_Blog::id() ) ) {
			$sent = array(
				'stamp' => $stamp,
				'blob'  => $this->blobs->put( $page ),
				'type'  => 'text/html; charset=' . strtolower( (string) get_option( 'blog_charset', 'UTF-8' ) ),
				'url'   => $url,
			);
			$this->meta->set( self::name( $path ), $sent, self::KEPT_MS );
			$this->want( $path, null );
			$this->capture_state->set_due();
		}
	}

	private static function name( string $path ): string {
		return 'sent:' . DGOS_Bytes::sha256( $path );
	}
}
