<?php
/**
 * The composition root: who is made of what. Nothing is made before it is asked for, so that a page of the blog costs
 * no more than the hooks.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/root/trait-dgos-lib-parts.php';
require_once __DIR__ . '/root/trait-dgos-member-parts.php';
require_once __DIR__ . '/root/trait-dgos-route-parts.php';
require_once __DIR__ . '/root/trait-dgos-blog-parts.php';
require_once __DIR__ . '/root/trait-dgos-screen-parts.php';

/**
 * The parts of this member, each made once a site: on a multisite every site is a member of its own.
 */
final class DGOS_Plugin {

	use DGOS_Lib_Parts;
	use DGOS_Member_Parts;
	use DGOS_Route_Parts;
	use DGOS_Blog_Parts;
	use DGOS_Screen_Parts;

	/** Classes with `add_hooks()`, in this order. They alone ask for the instance. */
	const HOOKS = array(
		'DGOS_Schema',
		'DGOS_Multisite_Hooks',
		'DGOS_Member_Hooks',
		'DGOS_Blog_Hooks',
		'DGOS_Setup_Hooks',
		'DGOS_Fast_Path_Hooks',
		'DGOS_Rest_Hooks',
		'DGOS_Reader_Hooks',
		'DGOS_Admin_Hooks',
		'DGOS_Return_Hooks',
		'DGOS_Beacon_Hooks',
	);
	/** Where the classes lie. */
	const FOLDERS = array( 'root', 'protocol', 'lib', 'ledger', 'network', 'mirror', 'activation', 'http', 'blog', 'setup', 'return', 'pages', 'beacon', 'admin' );

	/**
	 * The one instance.
	 *
	 * @var DGOS_Plugin|null
	 */
	private static $instance = null;

	/**
	 * Site id => name => part.
	 *
	 * @var array<int, array<string, object>>
	 */
	private $made = array();

	/** The plugin. */
	public static function instance(): DGOS_Plugin {
		if ( null === self::$instance ) {
			self::$instance = new self();
			spl_autoload_register( array( self::class, 'load' ) );
		}
		return self::$instance;
	}

	/** Hooks of all parts. Without 64-bit numbers and curl the plugin says so and stays away. */
	public function add_hooks(): void {
		if ( PHP_INT_SIZE < 8 || ! function_exists( 'curl_init' ) ) {
			add_action( 'admin_notices', array( $this, 'say_unfit' ) );
			return;
		}
		add_action( 'init', array( $this, 'load_translation' ) );
		foreach ( self::HOOKS as $hooks ) {
			( new $hooks() )->add_hooks();
		}
	}

	/** Translations of this folder; those that wordpress.org brings come before them. */
	public function load_translation(): void {
		load_plugin_textdomain( 'dgos', false, dirname( plugin_basename( DGOS_FILE ) ) . '/languages' );
	}

	/** Why nothing works here. */
	public function say_unfit(): void {
		printf( '<div class="notice notice-error"><p>%s</p></div>', esc_html__( 'DGOS needs 64-bit PHP with the curl extension. Ask your host to switch them on.', 'dgos' ) );
	}

	/** Finds `class-dgos-….php`. */
	public static function load( string $name ): void {
		if ( 0 !== strpos( $name, 'DGOS_' ) ) {
			return;
		}
		$file = 'class-' . strtolower( str_replace( '_', '-', $name ) ) . '.php';
		foreach ( array_merge( array( '' ), self::FOLDERS ) as $folder ) {
			$path = __DIR__ . '/' . ( '' === $folder ? '' : $folder . '/' ) . $file;
			if ( is_file( $path ) ) {
				require_once $path;
				return;
			}
		}
	}

	/** Whether a part was made for this site in this request. */
	public function has_made( string $name ): bool {
		return isset( $this->made[ get_current_blog_id() ][ $name ] );
	}

	/**
	 * The part of this site.
	 *
	 * @param string   $name Of the part.
	 * @param callable $make Makes it.
	 * @return mixed
	 */
	private function made( string $name, callable $make ) {
		$site = get_current_blog_id();
		if ( ! isset( $this->made[ $site ][ $name ] ) ) {
			$this->made[ $site ][ $name ] = $make();
		}
		return $this->made[ $site ][ $name ];
	}
}
