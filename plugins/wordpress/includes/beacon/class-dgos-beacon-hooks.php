<?php
/**
 * Where the beacon can be put: as a block, a widget and a shortcode.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only.
 */
final class DGOS_Beacon_Hooks {

	const SHORTCODE = 'dgos_beacon';
	const BLOCK     = 'dgos/beacon';

	/** Hooks. */
	public function add_hooks(): void {
		DGOS_Beacon_Tag::add_hooks();
		DGOS_Service_Worker::add_hooks();
		add_action( 'init', array( $this, 'register' ) );
		add_action( 'widgets_init', array( $this, 'register_widget' ) );
		add_action( 'enqueue_block_editor_assets', array( $this, 'tell_editor' ) );
		add_action( 'dgos_joined', array( 'DGOS_Beacon_Pins', 'renew' ), 10, 0 );
		add_action( 'dgos_enrolled', array( 'DGOS_Beacon_Pins', 'renew' ), 10, 0 );
		add_filter( 'dgos_wake_steps', static fn ( $steps ) => array_merge( (array) $steps, array( array( 'DGOS_Beacon_Pins', 'renew_daily' ) ) ) );
	}

	/** Block and shortcode. */
	public function register(): void {
		register_block_type( DGOS_FOLDER . 'blocks/beacon', array( 'render_callback' => array( $this, 'render_block' ) ) );
		add_shortcode( self::SHORTCODE, array( $this, 'render_shortcode' ) );
	}

	/** The classic widget. */
	public function register_widget(): void {
		register_widget( 'DGOS_Beacon_Widget' );
	}

	/**
	 * The block on a page.
	 *
	 * @param array $attributes Of the block.
	 */
	public function render_block( array $attributes ): string {
		return DGOS_Beacon_Tag::ask( $attributes );
	}

	/**
	 * [dgos_beacon mode="roll" show="linked" pins="chosen"].
	 *
	 * @param array|string $attributes Of the shortcode.
	 */
	public function render_shortcode( $attributes ): string {
		$defaults = array(
			'mode' => '',
			'show' => '',
			'pins' => '',
		);
		return DGOS_Beacon_Tag::ask( shortcode_atts( $defaults, is_array( $attributes ) ? $attributes : array(), self::SHORTCODE ) );
	}

	/** How many members the block could ask, so that the editor says where there are none. */
	public function tell_editor(): void {
		$count = static fn ( string $which ): int => count( DGOS_Beacon_Pins::of( $which )['members'] ?? array() );
		$facts = array(
			'joined' => $count( 'joined' ),
			'chosen' => $count( 'chosen' ),
			'screen' => current_user_can( 'manage_options' ) ? DGOS_Admin::url( DGOS_Beacon_Tab::TAB ) : '',
		);
		wp_add_inline_script( generate_block_asset_handle( self::BLOCK, 'editorScript' ), 'var dgosBeacon = ' . wp_json_encode( $facts ) . ';', 'before' );
	}
}
