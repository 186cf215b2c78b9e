<?php
/**
 * The menu, its tabs, and the one place where an admin's action is allowed: capability and nonce together.
 *
 * A screen calls DGOS_Admin::add_tab() on the action `dgos_admin_tabs`, and DGOS_Admin::on() for each thing it does; its
 * forms are opened by DGOS_Admin::form().
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A registry of tabs and actions.
 */
final class DGOS_Admin {

	const PAGE = 'dgos';

	/**
	 * Slug => {title, render, capability}.
	 *
	 * @var array[]
	 */
	private static $tabs = array();

	/**
	 * Name => {act, capability}.
	 *
	 * @var array[]
	 */
	private static $actions = array();

	/** Admin hooks. */
	public function add_hooks(): void {
		add_action( 'admin_menu', array( $this, 'add_menu' ) );
		add_action( 'admin_init', array( $this, 'collect' ), 1 );
		add_action( 'admin_post_dgos', array( $this, 'act' ) );
	}

	/**
	 * A tab of the DGOS screen.
	 *
	 * @param string   $slug       In the address.
	 * @param string   $title      Translated.
	 * @param callable $render     Prints the tab.
	 * @param string   $capability Who sees it.
	 */
	public static function add_tab( string $slug, string $title, callable $render, string $capability = 'manage_options' ): void {
		self::$tabs[ $slug ] = compact( 'title', 'render', 'capability' );
	}

	/**
	 * What a form of a tab does. `$act` gets the posted fields, unslashed, and returns a sentence for the admin, or a WP_Error.
	 *
	 * @param string   $name       Of the action.
	 * @param callable $act        Does it.
	 * @param string   $capability Who may.
	 */
	public static function on( string $name, callable $act, string $capability = 'manage_options' ): void {
		self::$actions[ $name ] = compact( 'act', 'capability' );
	}

	/** Opens a form for an action; the tab closes it. */
	public static function form( string $name, string $tab ): void {
		printf( '<form method="post" enctype="multipart/form-data" action="%s">', esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="dgos"><input type="hidden" name="dgos_action" value="%s"><input type="hidden" name="dgos_tab" value="%s">', esc_attr( $name ), esc_attr( $tab ) );
		wp_nonce_field( 'dgos_' . $name, 'dgos_nonce', false );
	}

	/** The address of a tab. */
	public static function url( string $tab ): string {
		return admin_url( 'admin.php?page=' . self::PAGE . '&tab=' . rawurlencode( $tab ) );
	}

	/** Asks the parts for their tabs and actions. */
	public function collect(): void {
		if ( ! self::$tabs ) {
			do_action( 'dgos_admin_tabs' );
		}
	}

	/** The menu. */
	public function add_menu(): void {
		add_menu_page( __( 'DGOS', 'dgos' ), __( 'DGOS', 'dgos' ), 'edit_posts', self::PAGE, array( $this, 'render' ), 'dashicons-shield' );
	}

	/** The screen. */
	public function render(): void {
		$tabs  = array_filter( self::$tabs, static fn ( $tab ) => current_user_can( $tab['capability'] ) );
		$asked = isset( $_GET['tab'] ) ? sanitize_key( $_GET['tab'] ) : ''; // phpcs:ignore WordPress.Security.NonceVerification -- Chooses what is shown.
		$now   = isset( $tabs[ $asked ] ) ? $asked : (string) key( $tabs );
		echo '<div class="wrap"><h1>' . esc_html__( 'DGOS', 'dgos' ) . '</h1>';
		$this->say();
		echo '<nav class="nav-tab-wrapper">';
		foreach ( $tabs as $slug => $tab ) {
			printf( '<a class="nav-tab%s" href="%s">%s</a>', $slug === $now ? ' nav-tab-active' : '', esc_url( self::url( $slug ) ), esc_html( $tab['title'] ) );
		}
		echo '</nav>';
		if ( isset( $tabs[ $now ] ) ) {
			call_user_func( $tabs[ $now ]['render'] );
		} else {
			echo '<p>' . esc_html__( 'Nothing here is for you: ask an administrator of this site.', 'dgos' ) . '</p>';
		}
		echo '</div>';
	}

	/** Does what a form asks: known action, capability, nonce, then the act and back to the tab, also where it fails. */
	public function act(): void {
		$this->collect();
		$name   = isset( $_POST['dgos_action'] ) ? sanitize_key( $_POST['dgos_action'] ) : ''; // phpcs:ignore WordPress.Security.NonceVerification -- Verified below, under its name.
		$action = self::$actions[ $name ] ?? null;
		if ( null === $action || ! current_user_can( $action['capability'] ) ) {
			wp_die( esc_html__( 'You may not do this.', 'dgos' ), 403 );
		}
		check_admin_referer( 'dgos_' . $name, 'dgos_nonce' );
		try {
			$said = call_user_func( $action['act'], wp_unslash( $_POST ) );
		} catch ( Throwable $error ) {
			do_action( 'dgos_failed', $name, $error );
			$said = new WP_Error( 'INTERNAL', DGOS_Failures::words( $error ) );
		}
		$tab = isset( $_POST['dgos_tab'] ) ? sanitize_key( $_POST['dgos_tab'] ) : '';
		set_transient(
			'dgos_said_' . get_current_user_id(),
			array(
				'good' => ! is_wp_error( $said ),
				'text' => is_wp_error( $said ) ? $said->get_error_message() : (string) $said,
			),
			60
		);
		wp_safe_redirect( self::url( $tab ) );
		exit;
	}

	private function say(): void {
		$said = get_transient( 'dgos_said_' . get_current_user_id() );
		if ( is_array( $said ) && '' !== $said['text'] ) {
			delete_transient( 'dgos_said_' . get_current_user_id() );
			printf( '<div class="notice notice-%s is-dismissible"><p>%s</p></div>', $said['good'] ? 'success' : 'error', esc_html( $said['text'] ) );
		}
	}
}
