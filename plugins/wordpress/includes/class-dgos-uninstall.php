<?php
/**
 * Leaves nothing behind, on any site of a multisite: tables, options with the keys of this host, guest spaces, values that
 * expire, marks on posts and users, planned events, widgets, and the folder of blobs.
 *
 * What is the owner's stays: posts and pictures that came home after an outage are ordinary ones then, with the guid under
 * which feed readers know them (`urn:dgos:post:…`).
 *
 * @package DGOS
 *
 * phpcs:disable WordPress.DB.DirectDatabaseQuery -- Whatever bears our name is looked for, whoever made it.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Needs no other class of the plugin.
 */
final class DGOS_Uninstall {

	const TABLES = array( 'dgos_objects', 'dgos_meta' );
	/** Names of options; `_` stands for itself. */
	const OPTIONS = array( 'dgos_', 'widget_dgos', '_transient_dgos_', '_transient_timeout_dgos_', '_site_transient_dgos_', '_site_transient_timeout_dgos_' );
	const FOLDER  = '/^dgos-[0-9a-f]{32}$/D';

	/** All sites. */
	public static function everything(): void {
		if ( ! is_multisite() ) {
			self::site();
			self::users();
			return;
		}
		$sites = get_sites(
			array(
				'fields' => 'ids',
				'number' => 0,
			)
		);
		foreach ( $sites as $site ) {
			switch_to_blog( (int) $site );
			self::site();
			restore_current_blog();
		}
		self::network();
		self::users();
	}

	/** One site. */
	private static function site(): void {
		global $wpdb;
		self::unplan();
		self::remove_folders();
		foreach ( self::TABLES as $table ) {
			$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}$table" ); // phpcs:ignore WordPress.DB -- A constant name.
		}
		self::remove_widgets();
		foreach ( self::OPTIONS as $beginning ) {
			$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $beginning ) . '%' ) );
			array_map( 'delete_option', $names );
		}
		foreach ( self::marks( $wpdb->postmeta ) as $name ) {
			delete_post_meta_by_key( $name );
		}
	}

	/** Events that were still to come. */
	private static function unplan(): void {
		foreach ( (array) _get_cron_array() as $events ) {
			foreach ( array_keys( (array) $events ) as $hook ) {
				if ( 0 === strpos( (string) $hook, 'dgos_' ) ) {
					wp_unschedule_hook( $hook );
				}
			}
		}
	}

	/** The blobs' folder beside the uploads, and such as an earlier installation may have left. */
	private static function remove_folders(): void {
		$uploads = (string) wp_upload_dir( null, false )['basedir'];
		foreach ( is_dir( $uploads ) ? scandir( $uploads ) : array() as $name ) {
			if ( 1 === preg_match( self::FOLDER, $name ) && is_dir( "$uploads/$name" ) ) {
				self::remove( "$uploads/$name" );
			}
		}
	}

	/** A folder with everything in it. Links are removed, never followed. */
	private static function remove( string $path ): void {
		// phpcs:disable WordPress.WP.AlternativeFunctions -- WP_Filesystem may ask for FTP passwords.
		if ( is_link( $path ) || ! is_dir( $path ) ) {
			unlink( $path );
			return;
		}
		foreach ( array_diff( scandir( $path ), array( '.', '..' ) ) as $name ) {
			self::remove( "$path/$name" );
		}
		rmdir( $path );
		// phpcs:enable
	}

	/** Our widgets leave the places where the owner put them. */
	private static function remove_widgets(): void {
		$places = get_option( 'sidebars_widgets', array() );
		$kept   = array();
		foreach ( is_array( $places ) ? $places : array() as $place => $widgets ) {
			$kept[ $place ] = is_array( $widgets ) ? array_values( array_filter( $widgets, static fn ( $widget ) => 0 !== strpos( (string) $widget, 'dgos' ) ) ) : $widgets;
		}
		if ( $kept !== $places ) {
			update_option( 'sidebars_widgets', $kept );
		}
	}

	/** What sites share. */
	private static function network(): void {
		global $wpdb;
		foreach ( self::OPTIONS as $beginning ) {
			$names = $wpdb->get_col( $wpdb->prepare( "SELECT meta_key FROM {$wpdb->sitemeta} WHERE meta_key LIKE %s", $wpdb->esc_like( $beginning ) . '%' ) );
			array_map( 'delete_site_option', $names );
		}
	}

	/** Users are of all sites. */
	private static function users(): void {
		global $wpdb;
		foreach ( self::marks( $wpdb->usermeta ) as $name ) {
			delete_metadata( 'user', 0, $name, '', true );
		}
	}

	/**
	 * Names of our marks in a table of metas.
	 *
	 * @param string $table Of WordPress.
	 * @return string[]
	 */
	private static function marks( string $table ): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- A table of WordPress.
		return $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT meta_key FROM $table WHERE meta_key LIKE %s OR meta_key LIKE %s", $wpdb->esc_like( '_dgos_' ) . '%', $wpdb->esc_like( 'dgos_' ) . '%' ) );
	}
}
