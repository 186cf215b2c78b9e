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

	/** The paths, in the order in which they were forgotten. */
	public function paths(): array {
		return array_map( 'strval', array_keys( $this->kept() ) );
	}

	/** Looks at every post that was ever copied. True where the list is another one now. */
	public function look(): bool {
		$kept  = $this->kept();
		$paths = $this->plugin->sealing()->state()->paths();
		$now   = $kept;
		foreach ( $paths as $path => $id ) {
			$post = get_post( (int) $id );
			$home = (int) get_option( 'page_on_front' ) === (int) $id || '/' === (string) $path;
			if ( ! $home && ! DGOS_Blog_Pages::is_public( $post ) ) {
				$now += array( $path => 1 );
			} elseif ( $this->is_at( $post, (string) $path ) ) {
				unset( $now[ $path ] );
			}
		}
		return $this->keep( $kept, $now );
	}

	/** Looks and, where something is to be forgotten, says so at once. */
	public function tell(): void {
		if ( null !== DGOS_Own_Blog::id() && $this->look() ) {
			$this->plugin->own_head()->sign( null );
		}
	}

	/** Files that were deleted, if a copy has them. */
	public function add_files( array $urls ): void {
		$kept = $this->kept();
		$this->keep( $kept, $kept + array_fill_keys( $this->copied( $urls ), 1 ) );
	}

	/** Files that are there again. */
	public function take_back( array $urls ): void {
		$kept = $this->kept();
		$now  = $kept;
		foreach ( $urls as $url ) {
			unset( $now[ (string) $this->path( $url ) ] );
		}
		$this->keep( $kept, $now );
	}

	private function keep( array $kept, array $now ): bool {
		$now = array_slice( $now, -self::PATHS_MAX, null, true );
		if ( array_keys( $now ) === array_keys( $kept ) ) {
			return false;
		}
		$this->plugin->meta()->set( 'forgotten', $now );
		return true;
	}

	private function kept(): array {
		return (array) $this->plugin->meta()->get( 'forgotten', array() );
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
		$blog  = $this->plugin->own()->objects();
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
