<?php
/**
 * Own tables (objects, small values, and the list of what was served) and the options that each visit asks for. Made at
 * activation, and wherever the version kept is an older one: on a multisite each site makes its own when it is first used.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The only place with CREATE TABLE.
 */
final class DGOS_Schema {

	const VERSION = 2;
	const OPTION  = 'dgos_schema';
	const TABLES  = array( 'dgos_objects', 'dgos_meta' );
	/** What each visit asks for. An option that does not exist costs a query each time; an empty one comes with all others. */
	const ASKED = array( DGOS_Own_Blog::OPTION, DGOS_Sent_Pages::OPTION );

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
		foreach ( self::ASKED as $name ) {
			add_option( $name, array(), '', true );
		}
		update_option( self::OPTION, self::VERSION );
	}
}
