<?php
/**
 * The way past WordPress's own machinery: raw bytes in, raw bytes out, before it looks for a post.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Reads a request, sends an answer. Who is asked is DGOS_Fast_Path_Hooks'.
 */
final class DGOS_Fast_Path {

	/** The request as the Api takes it. */
	public static function request( string $method, string $path, string $body ): array {
		$headers = array();
		foreach ( array( 'CONTENT_TYPE', 'HTTP_ACCEPT', 'HTTP_ACCEPT_LANGUAGE', 'HTTP_ORIGIN', 'HTTP_IF_NONE_MATCH' ) as $name ) {
			if ( isset( $_SERVER[ $name ] ) ) {
				$headers[ strtolower( str_replace( array( 'HTTP_', '_' ), array( '', '-' ), $name ) ) ] = (string) wp_unslash( $_SERVER[ $name ] ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Judged where it is used.
			}
		}
		return array(
			'method'  => $method,
			'path'    => $path,
			'query'   => wp_unslash( $_GET ), // phpcs:ignore WordPress.Security.NonceVerification -- No form of this site.
			'headers' => $headers,
			'length'  => self::length(),
			'body'    => $body,
			'remote'  => isset( $_SERVER['REMOTE_ADDR'] ) ? (string) wp_unslash( $_SERVER['REMOTE_ADDR'] ) : '', // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Hashed.
		);
	}

	/** Bytes of body as the request says; null where it does not. */
	public static function length(): ?int {
		$said = isset( $_SERVER['CONTENT_LENGTH'] ) ? (string) wp_unslash( $_SERVER['CONTENT_LENGTH'] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- A number, or nothing.
		return 1 === preg_match( '/^[0-9]{1,15}$/D', $said ) ? (int) $said : null;
	}

	/**
	 * The body as it comes.
	 *
	 * @return resource|false
	 */
	public static function stream() {
		return fopen( 'php://input', 'rb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Not a file.
	}

	/** At most one byte more than allowed, so that a long body is seen to be long without being read. */
	public static function body( int $max ): string {
		$stream = self::stream();
		$body   = false === $stream ? '' : (string) stream_get_contents( $stream, $max + 1 );
		if ( false !== $stream ) {
			fclose( $stream ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Not a file.
		}
		return $body;
	}

	/** The other side has its answer; what follows it does not wait for. */
	public static function let_go(): void {
		ignore_user_abort( true );
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		} else {
			flush();
		}
	}

	/**
	 * For all answers of ours: members would hear old words behind a page cache, and readers see an outage late, or a page
	 * without the headers that bind it.
	 */
	public static function keep_from_caches(): void {
		foreach ( array( 'DONOTCACHEPAGE', 'DONOTCACHEOBJECT', 'DONOTMINIFY', 'DONOTCDN' ) as $word ) {
			if ( ! defined( $word ) ) {
				define( $word, true ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- Words that page caches know.
			}
		}
	}

	/** Sends an answer. */
	public static function send( array $answer ): void {
		self::keep_from_caches();
		// What others printed is no part of the answer; a cache's buffer that cannot be taken away stays.
		while ( ob_get_level() > 0 && ( ob_get_status()['flags'] & PHP_OUTPUT_HANDLER_REMOVABLE ) && ob_end_clean() ) {
			continue;
		}
		if ( ! headers_sent() ) {
			header_remove( 'X-Pingback' );
			header_remove( 'Link' );
			status_header( $answer['status'] );
			foreach ( $answer['headers'] as $name => $value ) {
				header( "$name: $value" );
			}
			if ( ! isset( $answer['headers']['content-length'] ) && 204 !== $answer['status'] ) {
				header( 'content-length: ' . strlen( $answer['body'] ) );
			}
		}
		echo $answer['body']; // phpcs:ignore WordPress.Security.EscapeOutput -- JSON, or bytes with nosniff.
	}

}
