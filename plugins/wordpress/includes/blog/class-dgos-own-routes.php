<?php
/**
 * What this blog says of itself at its own address: the marker file, and that it is alive.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * See docs/protocol.md, section 14.
 */
final class DGOS_Own_Routes {

	/** Lives that may be asked for at one moment, ten watchers twice over. */
	const LIFE_COST = 10;

	/**
	 * The parts.
	 *
	 * @var DGOS_Plugin
	 */
	private $plugin;

	/** Over the parts of this member. */
	public function __construct( DGOS_Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/** The tag and the routes. */
	public static function add_hooks(): void {
		add_action( 'wp_head', array( self::class, 'tag' ), 1 );
		add_filter( 'dgos_routes', static fn ( array $routes ) => array_merge( $routes, ( new self( DGOS_Plugin::instance() ) )->routes() ) );
	}

	/** `<meta name="dgos">`, early in the head: watchers read the first 32 KiB of a page. */
	public static function tag(): void {
		$id = DGOS_Own_Blog::id();
		if ( null !== $id ) {
			printf( '<meta name="dgos" content="%s">' . "\n", esc_attr( $id ) );
		}
	}

	/** None before enrolment. The file belongs to the whole host: a blog below a path has only the tag. */
	public function routes(): array {
		if ( null === DGOS_Own_Blog::id() ) {
			return array();
		}
		$routes = array( DGOS_Network_Routes::route( 'GET', 'life', array( $this, 'life' ), self::LIFE_COST ) );
		if ( ! DGOS_Own_Blog::is_path_blog() ) {
			$routes[] = array(
				'method' => 'GET',
				'path'   => '/.well-known/dgos.json',
				'open'   => true,
				'handle' => array( $this, 'file' ),
			);
		}
		return $routes;
	}

	/** The marker file. */
	public function file(): array {
		return DGOS_Api::json(
			array(
				'blog' => DGOS_Own_Blog::id(),
				'life' => $this->plugin->settings()->url() . 'dgos/v1/life',
			),
			array( 'cache-control' => 'public, max-age=300' )
		);
	}

	/** A watcher's nonce, signed now. Never from a cache. */
	public function life( array $request ): array {
		$nonce = $request['query']['nonce'] ?? null;
		if ( ! DGOS_Bytes::is_hash( $nonce ) ) {
			return DGOS_Api::refused( 400, 'BAD_REQUEST', 'nonce' );
		}
		if ( ! $this->plugin->own_blog()->may_sign() ) {
			return DGOS_Api::refused( 404, 'UNKNOWN_BLOG' );
		}
		$life = DGOS_Envelope::seal(
			'life',
			array(
				'network' => $this->plugin->ledger()->network()->id,
				'time'    => $this->plugin->clock()->now_ms(),
				'blog'    => DGOS_Own_Blog::id(),
				'address' => DGOS_Own_Blog::facts()['address'],
				'nonce'   => $nonce,
			),
			$this->plugin->keys()->get( 'online' )
		);
		return DGOS_Api::json( $life->envelope );
	}
}
