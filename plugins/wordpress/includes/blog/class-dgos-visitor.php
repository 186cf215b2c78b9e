<?php
/**
 * What an anonymous visitor gets: one request without any cookie. To this site it goes the way WordPress goes itself (a site
 * behind a proxy may have an address of its own network); to every other host through the guard of DGOS_Safe_Fetch.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Answers are {status, type, tag, policy, body, url} or a WP_Error.
 */
final class DGOS_Visitor {

	const REDIRECTS_MAX = 3;
	/** Kinds of files that a web server hands out as they lie on the disk. */
	const STATIC_FILES = '/^[A-Za-z0-9_\/.@+~-]+\.(?:css|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf)$/D';

	/**
	 * Other hosts.
	 *
	 * @var DGOS_Safe_Fetch
	 */
	private $http;

	/** With requests to other hosts. */
	public function __construct( DGOS_Safe_Fetch $http ) {
		$this->http = $http;
	}

	/**
	 * One page or file.
	 *
	 * @param string $url    Where.
	 * @param array  $limits {time_ms, bytes, tag (of the last answer, or '')}.
	 * @return array|WP_Error
	 */
	public function get( string $url, array $limits ) {
		$until = hrtime( true ) + 1000000 * $limits['time_ms'];
		for ( $hop = 0; $hop <= self::REDIRECTS_MAX; $hop++ ) {
			$limits['time_ms'] = max( 20, intdiv( $until - hrtime( true ), 1000000 ) );
			if ( ! self::is_own( $url ) ) {
				return $this->elsewhere( $url, $limits );
			}
			$answer = $this->here( $url, $limits );
			$to     = is_wp_error( $answer ) || ! in_array( $answer['status'], array( 301, 302, 303, 307, 308 ), true ) ? null : DGOS_Page_Url::resolve( $answer['location'], $url );
			if ( null === $to ) {
				return $answer;
			}
			$url = $to;
		}
		return new WP_Error( 'REDIRECTS', 'too many redirects' );
	}

	/**
	 * Where a host lets a site ask itself nothing: a static file as it lies on the disk, as the web server would hand it out.
	 * Only below the folders of themes, plugins, uploads and WordPress, only files that browsers show.
	 */
	public static function from_disk( string $url ): ?string {
		$plain   = explode( '?', $url, 2 )[0];
		$folders = array(
			content_url( '/' )  => trailingslashit( WP_CONTENT_DIR ),
			includes_url( '/' ) => trailingslashit( ABSPATH . WPINC ),
		);
		foreach ( $folders as $base => $folder ) {
			$name = 0 === strpos( $plain, $base ) ? substr( $plain, strlen( $base ) ) : '';
			$path = 1 === preg_match( self::STATIC_FILES, $name ) ? realpath( $folder . $name ) : false;
			$root = realpath( $folder );
			if ( false !== $path && false !== $root && 0 === strpos( $path, $root . DIRECTORY_SEPARATOR ) && filesize( $path ) <= DGOS_Limits::BLOB_BYTES_MAX ) {
				$bytes = file_get_contents( $path ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- A local file.
				return false === $bytes ? null : $bytes;
			}
		}
		return null;
	}

	/** Whether a URL lies on the host of this site. */
	public static function is_own( string $url ): bool {
		$host = static fn ( string $address ) => strtolower( (string) preg_replace( '#^https?://(?:www\.)?([^/?\#]*).*$#is', '$1', $address ) );
		return $host( $url ) === $host( home_url( '/' ) );
	}

	/** To this site. */
	private function here( string $url, array $limits ) {
		$answer = wp_remote_get(
			$url,
			array(
				'timeout'             => $limits['time_ms'] / 1000,
				'redirection'         => 0,
				'cookies'             => array(),
				'limit_response_size' => $limits['bytes'] + 1,
				'user-agent'          => 'DGOS/' . DGOS_VERSION . '; ' . home_url( '/' ),
				'headers'             => '' === $limits['tag'] ? array() : array( 'if-none-match' => $limits['tag'] ),
				'sslverify'           => apply_filters( 'https_local_ssl_verify', false ), // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- A filter of WordPress.
			)
		);
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		return $this->answer( $url, (int) wp_remote_retrieve_response_code( $answer ), static fn ( $name ) => wp_remote_retrieve_header( $answer, $name ), wp_remote_retrieve_body( $answer ), $limits );
	}

	/** To any other host. */
	private function elsewhere( string $url, array $limits ) {
		$answer = $this->http->get(
			$url,
			array(
				'time_ms' => $limits['time_ms'],
				'bytes'   => $limits['bytes'],
				'headers' => '' === $limits['tag'] ? array() : array( 'if-none-match' => $limits['tag'] ),
			)
		);
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		return $this->answer( $answer['url'], $answer['status'], static fn ( $name ) => $answer['headers'][ $name ] ?? '', $answer['body'], $limits );
	}

	private function answer( string $url, int $status, callable $header, string $body, array $limits ) {
		if ( strlen( $body ) > $limits['bytes'] ) {
			return new WP_Error( 'TOO_LARGE', 'more bytes than a copy takes' );
		}
		$first = static function ( $value ): string {
			return is_array( $value ) ? (string) reset( $value ) : (string) $value;
		};
		$tag = $first( $header( 'etag' ) );
		return array(
			'status'   => $status,
			'type'     => DGOS_Media_Type::of( $first( $header( 'content-type' ) ), $url, $body ),
			'tag'      => strlen( $tag ) <= 200 ? $tag : '',
			'location' => $first( $header( 'location' ) ),
			'policy'   => DGOS_Style_Policy::of_header( implode( ', ', (array) $header( 'content-security-policy' ) ) ),
			'body'     => $body,
			'url'      => $url,
		);
	}
}
