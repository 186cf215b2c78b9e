<?php
/**
 * When the copies of this blog follow what happens to it: posts, comments, themes, menus, files, settings, and wakes.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only. Requests record; WP-Cron and wakes act.
 */
final class DGOS_Blog_Hooks {

	/** Options on which every page rests. */
	const OPTIONS = array( 'blogname', 'blogdescription', 'permalink_structure', 'show_on_front', 'page_on_front', 'page_for_posts', 'posts_per_page', 'posts_per_rss', 'sidebars_widgets', 'site_icon', 'sticky_posts', 'active_plugins', 'WPLANG', 'date_format', 'dgos_blog' );
	/** Kinds of posts on which every page rests. */
	const EVERYWHERE = array( 'wp_template', 'wp_template_part', 'wp_global_styles', 'wp_navigation', 'wp_block', 'nav_menu_item', 'custom_css' );

	/** Sites whose posts changed in this request: one of a multisite may write for another. @var array<int, true> */
	private $changed = array();

	/** Says what this part hears of, and when. */
	public function add_hooks(): void {
		add_action( 'wp_head', array( 'DGOS_Own_Routes', 'tag' ), 1 );
		add_filter( 'dgos_routes', static fn ( array $routes ) => array_merge( $routes, DGOS_Plugin::instance()->own_routes() ) );
		add_action( 'template_redirect', array( $this, 'listen' ), 0 );
		DGOS_Stale_Pages::add_hooks();
		$this->add_links();
		add_filter( 'dgos_wake_steps', static fn ( $steps ) => array_merge( (array) $steps, array( static fn () => DGOS_Plugin::instance()->own_life()->tick(), static fn () => DGOS_Plugin::instance()->capture_round()->tick() ) ) );
		add_filter( 'cron_schedules', array( 'DGOS_Own_Life', 'schedules' ) ); // phpcs:ignore WordPress.WP.CronInterval -- As often as mirrors look.
		add_action( DGOS_Own_Life::EVENT, static fn () => DGOS_Plugin::instance()->own_life()->tick(), 10, 0 );
		add_filter( 'dgos_blob_references', array( $this, 'references' ) );
		add_action( 'dgos_enrolled', array( $this, 'everything' ), 10, 0 );
		add_action( DGOS_Capture_Round::EVENT, array( $this, 'run' ), 10, 0 );
		add_action( 'dgos_deactivated', array( $this, 'stop' ) );
		if ( null === DGOS_Own_Blog::id() && ! is_multisite() ) {
			return;
		}
		add_action( 'save_post', array( $this, 'saved' ), 10, 2 );
		add_action( 'transition_post_status', array( $this, 'moved' ), 10, 3 );
		add_action( 'deleted_post', array( $this, 'posts' ), 10, 0 );
		add_action( 'wp_update_comment_count', array( $this, 'posts' ), 10, 0 );
		add_action( 'shutdown', array( $this, 'tell' ), 5 );
		foreach ( array( 'switch_theme', 'customize_save_after', 'wp_update_nav_menu', 'upgrader_process_complete' ) as $name ) {
			add_action( $name, array( $this, 'everything' ), 10, 0 );
		}
		add_action( 'updated_option', array( $this, 'option' ) );
		add_action( 'delete_attachment', array( $this, 'file_gone' ) );
		add_action( 'add_attachment', array( $this, 'file_added' ) );
	}

	/** Reads along where a visitor's page is wanted as the copy. Where all is well nothing is made, and no query is asked. */
	public function listen(): void {
		if ( get_option( DGOS_Sent_Pages::OPTION, array() ) ) {
			DGOS_Plugin::instance()->sent_pages()->listen();
		}
	}

	/** This blog names its mirrors before the day. */
	private function add_links(): void {
		add_action( 'rss2_head', array( 'DGOS_Emergency_Links', 'print_rss' ) );
		add_action( 'atom_head', array( 'DGOS_Emergency_Links', 'print_atom' ) );
		add_action( 'xmlrpc_rsd_apis', array( 'DGOS_Emergency_Links', 'print_rsd' ) );
		add_action( 'dgos_stored', static fn ( stdClass $object ) => DGOS_Emergency_Links::stored( $object, DGOS_Plugin::instance()->ledger() ) );
		add_shortcode( DGOS_Emergency_Links::SHORTCODE, array( 'DGOS_Emergency_Links', 'line' ) );
	}

	/** Bytes that a round has fetched and no snapshot names yet. */
	public function references( $hashes ): array {
		return array_merge( (array) $hashes, DGOS_Plugin::instance()->capture_state()->blobs() );
	}

	/** A post was saved: also its password may be another. */
	public function saved( int $id, WP_Post $post ): void {
		if ( in_array( $post->post_type, self::EVERYWHERE, true ) ) {
			$this->everything();
		} elseif ( is_post_type_viewable( $post->post_type ) && ! wp_is_post_revision( $id ) && ! wp_is_post_autosave( $id ) ) {
			$this->posts();
		}
	}

	/** Published, or no longer. */
	public function moved( string $to, string $from, WP_Post $post ): void {
		if ( ( 'publish' === $to || 'publish' === $from ) && is_post_type_viewable( $post->post_type ) ) {
			$this->posts();
		}
	}

	/** Something about posts. */
	public function posts(): void {
		if ( null !== DGOS_Own_Blog::id() ) {
			$this->changed[ get_current_blog_id() ] = true;
		}
	}

	/** Something that stands on every page. */
	public function everything(): void {
		if ( null === DGOS_Own_Blog::id() ) {
			return;
		}
		DGOS_Plugin::instance()->capture_state()->turn_epoch();
		$this->plan();
	}

	/** An option. */
	public function option( string $name ): void {
		if ( in_array( $name, self::OPTIONS, true ) || 0 === strpos( $name, 'widget_' ) || 0 === strpos( $name, 'theme_mods_' ) ) {
			$this->everything();
		}
	}

	/** A file of the media library leaves: with all its sizes. Many may leave in one request, which ends with one head. */
	public function file_gone( int $id ): void {
		if ( null !== DGOS_Own_Blog::id() ) {
			DGOS_Plugin::instance()->forgetting()->add_files( self::urls_of( $id ) );
			$this->posts();
		}
	}

	/** A file of that name is there again. */
	public function file_added( int $id ): void {
		if ( null !== DGOS_Own_Blog::id() ) {
			DGOS_Plugin::instance()->forgetting()->take_back( self::urls_of( $id ) );
		}
	}

	/** At the end of a request in which posts changed: what is to be forgotten is said at once, the copy follows. */
	public function tell(): void {
		$sites         = array_keys( $this->changed );
		$this->changed = array();
		foreach ( $sites as $site ) {
			DGOS_Site_Switch::within(
				$site,
				function (): void {
					DGOS_Plugin::instance()->forgetting()->tell();
					DGOS_Plugin::instance()->capture_state()->set_due();
					$this->plan();
				}
			);
		}
	}

	/** WP-Cron's round; goes on until it is whole. */
	public function run(): void {
		if ( null !== DGOS_Own_Blog::id() && 'unfinished' === DGOS_Plugin::instance()->capture_round()->work( DGOS_Capture_Round::CRON_MS ) ) {
			$this->plan();
		}
	}

	/** Deactivated: nothing waits. */
	public function stop(): void {
		wp_clear_scheduled_hook( DGOS_Capture_Round::EVENT );
		DGOS_Plugin::instance()->own_life()->end();
		update_option( DGOS_Sent_Pages::OPTION, array(), true );
	}

	private function plan(): void {
		if ( null !== DGOS_Own_Blog::id() && false === wp_next_scheduled( DGOS_Capture_Round::EVENT ) ) {
			wp_schedule_single_event( time(), DGOS_Capture_Round::EVENT );
		}
	}

	private static function urls_of( int $id ): array {
		$url  = (string) wp_get_attachment_url( $id );
		$data = wp_get_attachment_metadata( $id );
		$urls = array( $url );
		foreach ( is_array( $data ) && is_array( $data['sizes'] ?? null ) ? $data['sizes'] : array() as $size ) {
			$urls[] = trailingslashit( dirname( $url ) ) . $size['file'];
		}
		return array_filter( $urls );
	}
}
