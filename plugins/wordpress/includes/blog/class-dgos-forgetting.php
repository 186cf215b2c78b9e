<?php
/**
 * What mirrors must forget: posts that were copied and are deleted, private, protected or unfinished now, and deleted files
 * of the media library. Their paths go into the next head, which is signed at once; mirrors then drop them from every copy,
 * old ones too. A post that is public again under the same path is remembered again.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Follows from the database, so that no event can be missed.
 */
final class DGOS_Forgetting {

	/** Paths of one head; the oldest give way, whose copies are gone everywhere by then. */
	const PATHS_MAX = 200;
	/** Paths that are remembered here: more than copies have named, so that no look takes an old one for a new one. */
	const KEPT_MAX = 2000;
	/** Each path has a row of its own: requests that forget at the same time take nothing from each other. */
	const ROW = 'forgotten:';

	/**
	 * The parts.
	 *
	 * @var DGOS_Plugin
	 */
	private $plugin;

	/** Whether files were forgotten that no head names yet. @var bool */
	private $untold = false;

	/** Over the parts of this member. */
	public function __construct( DGOS_Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/** The paths for the next head, in the order in which they were forgotten. */
	public function paths(): array {
		return array_slice( array_keys( $this->kept() ), -self::PATHS_MAX );
	}

	/** Looks at every post that was ever copied. True where the list is another one now. */
	public function look(): bool {
		$kept  = $this->kept();
		$paths = $this->plugin->capture_round()->state()->paths();
		$posts = self::posts( array_values( $paths ) );
		$front = (int) get_option( 'page_on_front' );
		$gone  = array();
		$back  = array();
		foreach ( null === $posts ? array() : $paths as $path => $id ) {
			$path = (string) $path;
			$home = $front === (int) $id || '/' === $path;
			if ( ! $home && ! DGOS_Blog_Pages::is_public( $posts[ (int) $id ] ?? null ) ) {
				$gone[] = $path;
			} elseif ( isset( $kept[ $path ] ) && $this->is_at( get_post( (int) $id ), $path ) ) {
				$back[] = $path;
			}
		}
		$added = $this->add( $gone );
		$this->remove( $back );
		return $added || $back;
	}

	/** Looks and, where something is to be forgotten, says so at once. */
	public function tell(): void {
		if ( null !== DGOS_Own_Blog::id() && ( $this->look() || $this->untold ) ) {
			$this->untold = false;
			$this->plugin->head_signing()->sign( null );
		}
	}

	/** Files that were deleted, if a copy has them: the next tell() says so. */
	public function add_files( array $urls ): void {
		$this->untold = $this->add( $this->copied( $urls ) ) || $this->untold;
	}

	/** Files that are there again. */
	public function take_back( array $urls ): void {
		$this->remove( array_filter( array_map( array( $this, 'path' ), $urls ) ) );
	}

	/** Remembers paths that are not remembered yet. True where there were some. */
	private function add( array $paths ): bool {
		$known = array_keys( $this->kept() );
		$new   = array_slice( array_diff( array_unique( $paths ), $known ), -self::KEPT_MAX );
		foreach ( $new as $path ) {
			$this->plugin->meta()->set( self::row( $path ), array( $path, $this->plugin->clock()->now_ms() ) );
		}
		$this->remove( array_slice( $known, 0, max( 0, count( $known ) + count( $new ) - self::KEPT_MAX ) ) );
		return array() !== $new;
	}

	private function remove( array $paths ): void {
		foreach ( $paths as $path ) {
			$this->plugin->meta()->remove( self::row( $path ) );
		}
	}

	/** Path => when it was forgotten, the oldest first. */
	private function kept(): array {
		$rows = array_values( $this->plugin->meta()->all( self::ROW, 2 * self::KEPT_MAX ) );
		usort( $rows, static fn ( $a, $b ) => $a[1] === $b[1] ? strcmp( $a[0], $b[0] ) : $a[1] <=> $b[1] );
		return array_column( $rows, 1, 0 );
	}

	private static function row( string $path ): string {
		return self::ROW . DGOS_Bytes::sha256( $path );
	}

	/**
	 * What decides whether posts are public, by their number, in one query and without their text: visitors wait for it. Null
	 * where the database does not say.
	 */
	private static function posts( array $ids ): ?array {
		global $wpdb;
		$list = implode( ',', array_map( 'intval', $ids ) );
		if ( '' === $list ) {
			return array();
		}
		$rows = $wpdb->get_results( "SELECT ID, post_status, post_password, post_type FROM {$wpdb->posts} WHERE ID IN ($list)" ); // phpcs:ignore WordPress.DB -- Numbers; the cache holds whole posts.
		if ( ! is_array( $rows ) || '' !== $wpdb->last_error ) {
			return null;
		}
		return array_column( array_map( static fn ( $row ) => new WP_Post( $row ), $rows ), null, 'ID' );
	}

	private function is_at( ?WP_Post $post, string $path ): bool {
		return null !== $post && DGOS_Blog_Pages::is_public( $post ) && $this->path( (string) get_permalink( $post ) ) === $path;
	}

	/** Path of a URL of this blog as heads name it, or null. */
	private function path( string $url ): ?string {
		$address = DGOS_Own_Blog::facts()['address'] ?? '';
		$at      = '' === $address ? null : DGOS_Page_Url::resolve( $url, $address );
		return null === $at ? null : DGOS_Page_Url::path_below( $at, $address );
	}

	/** Those paths that some copy of ours names. */
	private function copied( array $urls ): array {
		$blog  = $this->plugin->own_blog()->objects();
		$named = array();
		foreach ( null === $blog ? array() : $blog->snapshot as $one ) {
			$named += array_fill_keys( array_column( $one->payload->assets, 'url' ), true );
		}
		$paths = array();
		foreach ( $urls as $url ) {
			$path = isset( $named[ (string) DGOS_Page_Url::resolve( $url, home_url( '/' ) ) ] ) ? $this->path( $url ) : null;
			if ( null !== $path ) {
				$paths[] = $path;
			}
		}
		return $paths;
	}
}
