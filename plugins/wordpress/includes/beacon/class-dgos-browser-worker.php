<?php
/**
 * The service worker of this blog: a reader who comes back while the server is gone reads the author's posts at the same
 * address. See docs/beacon.md.
 *
 * It is served at `<home>/?dgos_worker=1`: a query reaches WordPress on every host and with every permalink structure (many
 * hosts look for `*.js` on disk alone), page caches pass it on, and the worker's scope is the home of this site without any
 * header, also for a blog below a path. Where the worker is not wanted, the same address gives its tombstone.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Registers and serves.
 */
final class DGOS_Browser_Worker {

	const QUERY     = 'dgos_worker';
	const FILE      = 'assets/dgos-sw.js';
	const TOMBSTONE = 'assets/dgos-sw-tombstone.js';
	const REGISTER  = 'assets/dgos-sw-register.js';

	/** Whether readers shall have it: enrolled, wanted, and members to ask. Costs no query. */
	public static function is_on(): bool {
		$facts = DGOS_Own_Blog::facts();
		return $facts && count( $facts['members'] ) >= DGOS_Beacon_Pins::MIN && DGOS_Beacon_Pins::wants_worker();
	}

	/** An author who closes the blog ends the worker. */
	public static function stored( stdClass $object ): void {
		if ( 'root' === $object->kind && DGOS_Envelope::blog_of( $object ) === DGOS_Own_Blog::id() && DGOS_Roots::is_closed( $object ) ) {
			DGOS_Beacon_Pins::set_worker( false );
		}
	}

	/** The tag that registers it. Pins are this blog's: its id is the hash of root 1. */
	public static function print_registration(): void {
		if ( ! self::is_on() || is_customize_preview() || is_preview() || ! is_file( DGOS_FOLDER . self::REGISTER ) ) {
			return;
		}
		$facts = DGOS_Own_Blog::facts();
		wp_print_script_tag(
			DGOS_Beacon_Tag::attributes( self::REGISTER ) + array(
				'data-worker'  => self::url(),
				'data-network' => $facts['network'],
				'data-blog'    => $facts['id'],
				'data-members' => DGOS_Beacon_Pins::text( $facts ),
			)
		);
	}

	/** The worker's address, of the origin that the page has. */
	public static function url(): string {
		return trailingslashit( home_url() ) . '?' . self::QUERY . '=1';
	}

	/** Whether this request is one for the worker's address. */
	public static function is_asked(): bool {
		return isset( $_GET[ self::QUERY ] ) && in_array( DGOS_Request_Path::current(), array( '', '/' ), true ); // phpcs:ignore WordPress.Security.NonceVerification -- Chooses what is shown.
	}

	/** Answers the worker's address, and ends. `$loopback`: whether members of this machine may be asked by it. */
	public static function answer( bool $loopback ): void {
		$file = DGOS_FOLDER . ( self::is_on() ? self::FILE : self::TOMBSTONE );
		if ( ! is_file( $file ) ) {
			return;
		}
		$hosts = $loopback ? 'https: http:' : 'https:';
		DGOS_Fast_Path::send(
			array(
				'status'  => 200,
				'headers' => array(
					'content-type'            => 'text/javascript; charset=utf-8',
					'cache-control'           => 'no-cache',
					'content-security-policy' => "script-src 'none'; connect-src 'self' $hosts",
				) + DGOS_Api::SAFE,
				'body'    => (string) file_get_contents( $file ), // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of ours.
			)
		);
		exit;
	}
}
