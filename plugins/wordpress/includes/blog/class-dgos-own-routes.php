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

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog, DGOS_Keys $keys, DGOS_Clock $clock ) {
		$this->ledger   = $ledger;
		$this->own_blog = $own_blog;
		$this->keys     = $keys;
		$this->clock    = $clock;
	}

	/** `<meta name="dgos">`, early in the head: watchers read the first 32 KiB of a page. */
	public static function tag(): void {
		$id = DGOS_Own_Blog::id();
		if ( null !== $id ) {
			printf( '<meta name="dgos" content="%s">' . "\n", esc_attr( $id ) );
		}
	}

	/** Routes, by the names of the methods that answer. None before enrolment. The file belongs to the whole host: a blog below a path has only the tag. */
	public static function routes(): array {
		if ( null === DGOS_Own_Blog::id() ) {
			return array();
		}
		$routes = array( DGOS_Routes::route( 'GET', 'life', 'life', self::LIFE_COST ) );
		if ( ! DGOS_Own_Blog::is_path_blog() ) {
			$routes[] = array(
				'method' => 'GET',
				'path'   => '/.well-known/dgos.json',
				'open'   => true,
				'handle' => 'file',
			);
		}
		return $routes;
	}

	/** The marker file. */
	public function file(): array {
		return DGOS_Api::json(
			array(
				'blog' => DGOS_Own_Blog::id(),
				'life' => DGOS_Site_Address::member() . 'dgos/v1/life',
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
		if ( ! $this->own_blog->may_sign() ) {
			return DGOS_Api::refused( 404, 'UNKNOWN_BLOG' );
		}
		$life = DGOS_Envelope::seal(
			'life',
			array(
				'network' => $this->ledger->network()->id,
				'time'    => $this->clock->now_ms(),
				'blog'    => DGOS_Own_Blog::id(),
				'address' => DGOS_Own_Blog::facts()['address'],
				'nonce'   => $nonce,
			),
			$this->keys->get( 'online' )
		);
		return DGOS_Api::json( $life->envelope );
	}
}
