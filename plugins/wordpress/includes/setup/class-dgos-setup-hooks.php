<?php
/**
 * Hooks of the set-up: the kit's way out and its way back in, questions to mirrors at each wake, and what WordPress shows of
 * this blog's health in its own places.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only.
 */
final class DGOS_Setup_Hooks {

	/** Says what this part hears of, and when. */
	public function add_hooks(): void {
		add_filter( 'dgos_routes', static fn ( array $routes ) => array_merge( $routes, DGOS_Routes::bound( DGOS_Kit::routes(), static fn () => DGOS_Plugin::instance()->kit() ) ) );
		add_filter( 'dgos_wake_steps', static fn ( $steps ) => array_merge( (array) $steps, array( static fn () => DGOS_Plugin::instance()->mirror_health()->tick(), static fn () => DGOS_Plugin::instance()->own_wall()->tick() ) ) );
		add_action( 'admin_post_dgos_kit', array( $this, 'hand_out' ) );
		add_action( 'wp_dashboard_setup', array( $this, 'add_widget' ) );
		add_filter( 'site_status_tests', array( $this, 'add_tests' ) );
		add_filter( 'debug_information', static fn ( $info ) => DGOS_Plugin::instance()->site_health()->facts( $info ) );
		add_action( 'admin_init', array( $this, 'add_privacy' ) );
	}

	/** The kit as a file; with `open` as a page of its own, in a sandbox. */
	public function hand_out(): void {
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You may not do this.', 'dgos' ), 403 );
		}
		check_admin_referer( 'dgos_kit' );
		$file = DGOS_Plugin::instance()->kit()->file();
		if ( null === $file ) {
			wp_die( esc_html__( 'This site has not joined a network, or this copy of the plugin was not built: its kit is missing.', 'dgos' ), 404 );
		}
		$open = isset( $_GET['open'] );
		nocache_headers();
		header( 'content-type: text/html; charset=utf-8' );
		header( 'content-security-policy: ' . ( $open ? DGOS_Kit::SANDBOX : "sandbox; default-src 'none'" ) );
		header( 'content-disposition: ' . ( $open ? 'inline' : 'attachment' ) . '; filename="dgos-kit.html"' );
		header( 'referrer-policy: no-referrer' );
		header( 'x-content-type-options: nosniff' );
		echo $file; // phpcs:ignore WordPress.Security.EscapeOutput -- The kit's program as it was built; its data are JSON without "<".
		exit;
	}

	/** The dashboard's widget, for who may change something. */
	public function add_widget(): void {
		if ( current_user_can( 'manage_options' ) ) {
			wp_add_dashboard_widget( 'dgos_health', __( 'If this blog died now', 'dgos' ), static fn () => DGOS_Plugin::instance()->health_view()->widget() );
		}
	}

	/**
	 * More tests of Site Health.
	 *
	 * @param array $tests Of WordPress and others.
	 */
	public function add_tests( $tests ): array {
		$tests                             = (array) $tests;
		$tests['direct']['dgos_protected'] = array(
			'label' => __( 'DGOS protection', 'dgos' ),
			'test'  => static fn () => DGOS_Plugin::instance()->site_health()->test(),
		);
		if ( null !== DGOS_Own_Blog::id() && ! DGOS_Own_Blog::is_path_blog() ) {
			$tests['direct']['dgos_file'] = array(
				'label' => __( 'DGOS file', 'dgos' ),
				'test'  => static fn () => DGOS_Plugin::instance()->site_health()->file(),
			);
		}
		return $tests;
	}

	/** What the owner's privacy policy may say of this plugin. */
	public function add_privacy(): void {
		if ( function_exists( 'wp_add_privacy_policy_content' ) ) {
			wp_add_privacy_policy_content( 'DGOS', wp_kses_post( self::privacy() ) );
		}
	}

	private static function privacy(): string {
		$lines = array(
			__( 'So that this blog stays readable while its server is down, its public pages, with the comments on them, their images and its feed are copied to servers of other people (“mirrors”) in a network called DGOS. Private, password-protected and unfinished posts are not copied. What is deleted here is asked back from the mirrors; they drop it when they next hear of it.', 'dgos' ),
			__( 'The plugin sets no cookie, and tells the mirrors nothing of visitors. Asked by other members, it limits requests by a salted hash of a shortened address, which it forgets after a minute.', 'dgos' ),
			__( 'When this site shelters other blogs, their readers’ requests are counted by size only; to whom something was served is not noted.', 'dgos' ),
		);
		return '<p class="privacy-policy-tutorial">' . __( 'Check this text against what you have switched on: copies are made once the set-up is finished.', 'dgos' ) . '</p><p>' . implode( '</p><p>', $lines ) . '</p>';
	}
}
