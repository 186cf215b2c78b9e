<?php
/**
 * Own tables: objects, small values, and the list of what was served. Made at activation, and wherever the version kept
 * is an older one: on a multisite each site makes its own when it is first used.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The only place with CREATE TABLE.
 */
final class DGOS_Schema {

	const VERSION = 1;
	const OPTION  = 'dgos_schema';
	const TABLES  = array( 'dgos_objects', 'dgos_meta' );

	/** Activation, and later versions. */
	public function add_hooks(): void {
		register_activation_hook( DGOS_FILE, array( $this, 'upgrade' ) );
		add_action( 'init', array( $this, 'upgrade' ), 1 );
	}

	/** Does nothing where the tables are of this version. */
	public function upgrade(): void {
		if ( self::VERSION === (int) get_option( self::OPTION ) ) {
			return;
		}
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$collate = $wpdb->get_charset_collate();
		dbDelta(
			"CREATE TABLE {$wpdb->prefix}dgos_objects (
  id char(64) NOT NULL,
  kind varchar(16) NOT NULL,
  blog varchar(64) NOT NULL,
  signed bigint(20) NOT NULL,
  envelope longtext NOT NULL,
  PRIMARY KEY  (id),
  KEY blog_kind (blog,kind),
  KEY kind (kind)
) $collate;"
		);
		dbDelta(
			"CREATE TABLE {$wpdb->prefix}dgos_meta (
  name varchar(150) NOT NULL,
  value longtext NOT NULL,
  until bigint(20) NOT NULL,
  PRIMARY KEY  (name),
  KEY until (until)
) $collate;"
		);
		update_option( self::OPTION, self::VERSION );
	}
}
