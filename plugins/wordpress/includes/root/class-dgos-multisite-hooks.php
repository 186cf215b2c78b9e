<?php
/**
 * On a multisite every site is a member and a blog of its own: own tables, own options, own keys, own files. A new site has
 * its tables at once; one that is deleted tells its network that it leaves, and takes what is its own with it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks of a multisite; and the action `dgos_deactivated`, on each site on which this plugin ends.
 */
final class DGOS_Multisite_Hooks {

	/** What saying good-bye may take while an administrator waits. */
	const LEAVE_MS = 2000;
	/** Sites whose planned events end with a network-wide deactivation. */
	const SITES_MAX = 2000;

	/** After WordPress has made a site's tables, and before it drops them. */
	public function add_hooks(): void {
		register_deactivation_hook( DGOS_FILE, array( $this, 'stop' ) );
		if ( is_multisite() ) {
			add_action( 'wp_initialize_site', array( $this, 'made' ), 100 );
			add_action( 'wp_uninitialize_site', array( $this, 'leaves' ), 5 );
			add_filter( 'wpmu_drop_tables', array( $this, 'tables' ), 10, 2 );
		}
	}

	/** A new site. One on which the plugin is not active has no tables. */
	public function made( WP_Site $site ): void {
		if ( isset( get_site_option( 'active_sitewide_plugins', array() )[ plugin_basename( DGOS_FILE ) ] ) ) {
			DGOS_Site_Switch::within( (int) $site->id, static fn () => ( new DGOS_Schema() )->upgrade() );
		}
	}

	/** A site that is being deleted: no new list names it, and its blog's mirrors keep what they have. */
	public function leaves( WP_Site $site ): void {
		DGOS_Site_Switch::within(
			(int) $site->id,
			static function (): void {
				$plugin = DGOS_Plugin::instance();
				if ( 0 === (int) get_option( DGOS_Schema::OPTION ) || ! $plugin->settings()->get( 'joined' ) ) {
					return;
				}
				$until = $plugin->clock()->running_ms() + self::LEAVE_MS;
				$plugin->deadline()->set( $until );
				$plugin->membership()->leave();
				$plugin->outbox()->flush( $until );
				$plugin->deadline()->set( null );
			}
		);
	}

	/**
	 * What WordPress drops with a site. It removes the folder of uploads itself, and with it the blobs.
	 *
	 * @param string[] $tables Names.
	 * @param int      $id     Of the site.
	 */
	public function tables( $tables, $id ): array {
		global $wpdb;
		$own = array();
		foreach ( DGOS_Schema::TABLES as $table ) {
			$own[ $table ] = $wpdb->get_blog_prefix( $id ) . $table;
		}
		return array_merge( (array) $tables, $own );
	}

	/**
	 * Deactivated for the whole network: nothing waits on any site.
	 *
	 * @param bool $network_wide Whether it was.
	 */
	public function stop( $network_wide = false ): void {
		$sites = $network_wide && is_multisite() ? get_sites(
			array(
				'fields' => 'ids',
				'number' => self::SITES_MAX,
			)
		) : array( get_current_blog_id() );
		foreach ( $sites as $id ) {
			DGOS_Site_Switch::within( (int) $id, static fn () => do_action( 'dgos_deactivated' ) );
		}
	}
}
