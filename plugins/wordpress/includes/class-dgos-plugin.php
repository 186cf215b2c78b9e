<?php
/**
 * The composition root: who is made of what. Nothing is made before it is asked for, so that a page of the blog costs
 * no more than the hooks.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The parts of this member, each made once a site: on a multisite every site is a member of its own.
 */
final class DGOS_Plugin {

	/** Classes with `add_hooks()`, in this order. One line a part. */
	const PARTS = array(
		'DGOS_Schema',
		'DGOS_Front',
		'DGOS_Rest',
		'DGOS_Admin',
		'DGOS_Return_Runs',
		'DGOS_Return_Tab',
	);
	/** Where the classes lie. */
	const FOLDERS = array( 'protocol', 'member', 'blog', 'return', 'pages', 'admin' );

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
		foreach ( self::PARTS as $part ) {
			( new $part() )->add_hooks();
		}
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

	/** Options that the owner sets. */
	public function settings(): DGOS_Settings {
		return $this->made( 'settings', static fn () => new DGOS_Settings() );
	}

	/** Milliseconds. */
	public function clock(): DGOS_Clock {
		return $this->made( 'clock', static fn () => apply_filters( 'dgos_clock', new DGOS_Clock() ) );
	}

	/** Signers of this host. */
	public function keys(): DGOS_Keys {
		return $this->made( 'keys', static fn () => new DGOS_Keys() );
	}

	/** Own tables. */
	public function store(): DGOS_Store {
		return $this->made( 'store', static fn () => new DGOS_Store() );
	}

	/** Small values that change often, and locks. */
	public function meta(): DGOS_Meta {
		return $this->made( 'meta', fn () => new DGOS_Meta( $this->clock() ) );
	}

	/** Who claims which address. */
	public function claims(): DGOS_Claims {
		return $this->made( 'claims', fn () => new DGOS_Claims( $this->store(), $this->meta() ) );
	}

	/** The gate for objects. */
	public function ledger(): DGOS_Ledger {
		return $this->made( 'ledger', fn () => new DGOS_Ledger( $this->store(), $this->settings(), $this->keys(), $this->clock(), $this->claims() ) );
	}

	/** Requests to other hosts. */
	public function http(): DGOS_Http {
		return $this->made( 'http', fn () => new DGOS_Http( $this->settings() ) );
	}

	/** How much one sender may ask. */
	public function rates(): DGOS_Rates {
		return $this->made( 'rates', fn () => new DGOS_Rates( $this->meta(), $this->clock() ) );
	}

	/** The HTTP interface. */
	public function api(): DGOS_Api {
		return $this->made( 'api', fn () => new DGOS_Api( $this->rates(), DGOS_Routes::all() ) );
	}

	/** Bytes by their hash. The folder's name is not to be guessed. */
	public function blobs(): DGOS_Blob_Files {
		return $this->made( 'blobs', fn () => new DGOS_Blob_Files( $this->settings()->blob_folder() ) );
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
