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

	/** Says what this part hears of, and when. */
	public function add_hooks(): void {
		DGOS_Beacon_Tag::add_hooks();
		add_action( 'parse_request', array( $this, 'answer' ), 0 );
		add_action( 'wp_footer', array( 'DGOS_Browser_Worker', 'print_registration' ) );
		add_action( 'dgos_stored', array( 'DGOS_Browser_Worker', 'stored' ) );
		add_action( 'init', array( $this, 'register' ) );
		add_action( 'widgets_init', array( $this, 'register_widget' ) );
		add_action( 'dgos_joined', array( $this, 'renew' ), 10, 0 );
		add_action( 'dgos_enrolled', array( $this, 'renew' ), 10, 0 );
		add_filter( 'dgos_wake_steps', fn ( $steps ) => array_merge( (array) $steps, array( array( $this, 'renew_daily' ) ) ) );
	}

	/** The worker's address, where it is asked for. */
	public function answer(): void {
		if ( DGOS_Browser_Worker::is_asked() ) {
			DGOS_Browser_Worker::answer( DGOS_Plugin::instance()->settings()->loopback() );
		}
	}

	/** Other members, or another blog. */
	public function renew(): void {
		$plugin = DGOS_Plugin::instance();
		DGOS_Beacon_Pins::renew( $plugin->ledger(), $plugin->own_blog() );
	}

	/** A step of a wake. */
	public function renew_daily(): void {
		$plugin = DGOS_Plugin::instance();
		DGOS_Beacon_Pins::renew_daily( $plugin->meta(), $plugin->ledger(), $plugin->own_blog() );
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
}
