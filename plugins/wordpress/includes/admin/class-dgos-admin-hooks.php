<?php
/**
 * The tabs of the DGOS screen, and what is said on other screens of WordPress. Nothing is made before a screen is shown.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only.
 */
final class DGOS_Admin_Hooks {

	/** Says what this part hears of, and when. */
	public function add_hooks(): void {
		( new DGOS_Admin() )->add_hooks();
		add_action( 'dgos_admin_tabs', array( $this, 'add_tabs' ) );
		add_action( 'wp_ajax_dgos_setup', static fn () => DGOS_Plugin::instance()->setup_tab()->look() );
		add_action( 'admin_enqueue_scripts', array( 'DGOS_Setup_Tab', 'enqueue' ) );
		add_action( 'admin_notices', array( 'DGOS_Setup_Tab', 'invite' ) );
		add_action( 'admin_notices', static fn () => DGOS_Plugin::instance()->return_tab()->tell() );
		add_action( 'enqueue_block_editor_assets', array( $this, 'tell_editor' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( DGOS_FILE ), array( 'DGOS_Setup_Tab', 'link' ) );
		add_action( 'after_plugin_row_' . plugin_basename( DGOS_FILE ), static fn () => DGOS_Plugin::instance()->plugins_note()->print_row() );
	}

	/** In the order in which they stand: health comes first once this blog is enrolled. */
	public function add_tabs(): void {
		$plugin = DGOS_Plugin::instance();
		$first  = array( $plugin->setup_tab(), $plugin->health_tab() );
		$tabs   = array( $plugin->guests_tab(), $plugin->return_tab(), $plugin->controls_screen(), $plugin->beacon_tab() );
		foreach ( array_merge( null === DGOS_Own_Blog::id() ? $first : array_reverse( $first ), $tabs ) as $tab ) {
			$tab->register();
		}
	}

	/** How many members the block could ask, so that the editor says where there are none. */
	public function tell_editor(): void {
		$count = static fn ( string $which ): int => count( DGOS_Beacon_Pins::of( $which )['members'] ?? array() );
		$facts = array(
			'joined' => $count( 'joined' ),
			'chosen' => $count( 'chosen' ),
			'screen' => current_user_can( 'manage_options' ) ? DGOS_Admin::url( DGOS_Beacon_Tab::TAB ) : '',
		);
		wp_add_inline_script( generate_block_asset_handle( DGOS_Beacon_Hooks::BLOCK, 'editorScript' ), 'var dgosBeacon = ' . wp_json_encode( $facts ) . ';', 'before' );
	}
}
