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
		'DGOS_Failures',
		'DGOS_Multisite_Hooks',
		'DGOS_Member_Hooks',
		'DGOS_Blog_Hooks',
		'DGOS_Setup_Hooks',
		'DGOS_Fast_Path',
		'DGOS_Rest_Hooks',
		'DGOS_Reader_Front',
		'DGOS_Post_Form',
		'DGOS_Vault_Routes',
		'DGOS_Guest_Front',
		'DGOS_Setup_Tab',
		'DGOS_Health_Tab',
		'DGOS_Guests_Tab',
		'DGOS_Admin',
		'DGOS_Controls_Screen',
		'DGOS_Plugins_Note',
		'DGOS_Return_Runs',
		'DGOS_Return_Tab',
		'DGOS_Beacon_Hooks',
		'DGOS_Beacon_Tab',
	);
	/** Where the classes lie. */
	const FOLDERS = array( 'protocol', 'lib', 'ledger', 'network', 'mirror', 'activation', 'http', 'blog', 'setup', 'return', 'pages', 'beacon', 'admin' );

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
		foreach ( self::PARTS as $part ) {
			( new $part() )->add_hooks();
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
	public function object_store(): DGOS_Object_Store {
		return $this->made( 'object_store', static fn () => new DGOS_Object_Store() );
	}

	/** Small values that change often, and locks. */
	public function meta(): DGOS_Meta {
		return $this->made( 'meta', fn () => new DGOS_Meta( $this->clock() ) );
	}

	/** Who claims which address. */
	public function address_book(): DGOS_Address_Book {
		return $this->made( 'address_book', fn () => new DGOS_Address_Book( $this->object_store(), $this->meta() ) );
	}

	/** The gate for objects. */
	public function ledger(): DGOS_Ledger {
		return $this->made( 'ledger', fn () => new DGOS_Ledger( $this->object_store(), $this->settings(), $this->keys(), $this->clock(), $this->address_book() ) );
	}

	/** Requests to other hosts. */
	public function safe_fetch(): DGOS_Safe_Fetch {
		return $this->made( 'safe_fetch', fn () => new DGOS_Safe_Fetch( $this->settings(), $this->host_addresses() ) );
	}

	/** Addresses of hosts. */
	public function host_addresses(): DGOS_Host_Addresses {
		return $this->made( 'host_addresses', fn () => new DGOS_Host_Addresses( $this->meta(), $this->clock() ) );
	}

	/** How much one sender may ask. */
	public function rates(): DGOS_Rates {
		return $this->made( 'rates', fn () => new DGOS_Rates( $this->meta(), $this->clock() ) );
	}

	/** The HTTP interface. */
	public function api(): DGOS_Api {
		return $this->made( 'api', fn () => new DGOS_Api( $this->rates(), DGOS_Routes::all() ) );
	}

	/** Other members. */
	public function peers(): DGOS_Peers {
		return $this->made( 'peers', fn () => new DGOS_Peers( $this->safe_fetch(), $this->clock(), $this->meta() ) );
	}

	/** Lists that are gone through a piece at each wake. */
	public function paged_work(): DGOS_Paged_Work {
		return $this->made( 'paged_work', fn () => new DGOS_Paged_Work( $this->meta(), $this->peers() ) );
	}

	/** What members reconcile. */
	public function live_sets(): DGOS_Live_Sets {
		return $this->made( 'live_sets', fn () => new DGOS_Live_Sets( $this->ledger(), $this->meta(), $this->clock() ) );
	}

	/** What the owner refuses. */
	public function refusals(): DGOS_Refusals {
		return $this->made( 'refusals', fn () => new DGOS_Refusals( $this->ledger(), $this->keys(), $this->meta() ) );
	}

	/** What the owner lends. */
	public function allowance(): DGOS_Allowance {
		return $this->made( 'allowance', fn () => new DGOS_Allowance( $this->settings(), $this->meta(), $this->blobs() ) );
	}

	/** What waits to be sent. */
	public function outbox(): DGOS_Outbox {
		return $this->made( 'outbox', fn () => new DGOS_Outbox( $this ) );
	}

	/** Posts of blogs that are down. */
	public function post_acceptance(): DGOS_Post_Acceptance {
		return $this->made( 'post_acceptance', fn () => new DGOS_Post_Acceptance( $this ) );
	}

	/** The outage list. */
	public function outages(): DGOS_Outages {
		return $this->made( 'outages', fn () => new DGOS_Outages( $this ) );
	}

	/** Reconciliation. */
	public function gossip(): DGOS_Gossip {
		return $this->made( 'gossip', fn () => new DGOS_Gossip( $this ) );
	}

	/** Bytes owed to blogs. */
	public function blob_keeper(): DGOS_Blob_Keeper {
		return $this->made( 'blob_keeper', fn () => new DGOS_Blob_Keeper( $this ) );
	}

	/** Words about addresses. */
	public function attestor(): DGOS_Attestor {
		return $this->made( 'attestor', fn () => new DGOS_Attestor( $this ) );
	}

	/** Probes. */
	public function watch(): DGOS_Watch {
		return $this->made( 'watch', fn () => new DGOS_Watch( $this ) );
	}

	/** Declarations of the watchers. */
	public function verdict(): DGOS_Verdict {
		return $this->made( 'verdict', fn () => new DGOS_Verdict( $this ) );
	}

	/** Whether others have what they should. */
	public function audits(): DGOS_Audits {
		return $this->made( 'audits', fn () => new DGOS_Audits( $this ) );
	}

	/** How many blogs a sponsor may bring. */
	public function quotas(): DGOS_Quotas {
		return $this->made( 'quotas', fn () => new DGOS_Quotas( $this ) );
	}

	/** Words about the newest state. */
	public function checkpoints(): DGOS_Checkpoints {
		return $this->made( 'checkpoints', fn () => new DGOS_Checkpoints( $this ) );
	}

	/** The own record. */
	public function membership(): DGOS_Membership_Record {
		return $this->made( 'membership', fn () => new DGOS_Membership_Record( $this ) );
	}

	/** This site as a protected blog. */
	public function own_blog(): DGOS_Own_Blog {
		return $this->made( 'own_blog', fn () => new DGOS_Own_Blog( $this ) );
	}

	/** Copies of this blog. */
	public function capture_round(): DGOS_Capture_Round {
		return $this->made( 'capture_round', fn () => new DGOS_Capture_Round( $this ) );
	}

	/** Heads of this blog. */
	public function head_signing(): DGOS_Head_Signing {
		return $this->made( 'head_signing', fn () => new DGOS_Head_Signing( $this ) );
	}

	/** What mirrors must forget of this blog. */
	public function forgetting(): DGOS_Forgetting {
		return $this->made( 'forgetting', fn () => new DGOS_Forgetting( $this ) );
	}

	/** What an anonymous visitor gets. */
	public function visitor(): DGOS_Visitor {
		return $this->made( 'visitor', fn () => new DGOS_Visitor( $this->safe_fetch() ) );
	}

	/** What an anonymous visitor was sent. */
	public function sent_pages(): DGOS_Sent_Pages {
		return $this->made( 'sent_pages', fn () => new DGOS_Sent_Pages( $this ) );
	}

	/** How far the set-up is. */
	public function setup(): DGOS_Setup {
		return $this->made( 'setup', fn () => new DGOS_Setup( $this ) );
	}

	/** What the mirrors of this blog have. */
	public function mirror_health(): DGOS_Mirror_Health {
		return $this->made( 'mirror_health', fn () => new DGOS_Mirror_Health( $this ) );
	}

	/** Work at a call. */
	public function wake(): DGOS_Wake {
		return $this->made( 'wake', fn () => new DGOS_Wake( $this ) );
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
