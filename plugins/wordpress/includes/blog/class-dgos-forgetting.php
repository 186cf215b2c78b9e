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

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or of this request.
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Head_Signing */
	private $head_signing;
	/** @var DGOS_Forgotten_Paths */
	private $forgotten_paths;
	/** @var bool Whether files were forgotten that no head names yet. */
	private $untold = false;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Own_Blog $own_blog, DGOS_Capture_State $capture_state, DGOS_Head_Signing $head_signing, DGOS_Forgotten_Paths $forgotten_paths ) {
		$this->own_blog        = $own_blog;
		$this->capture_state   = $capture_state;
		$this->head_signing    = $head_signing;
		$this->forgotten_paths = $forgotten_paths;
	}

	/** Looks at every post that was ever copied. True where the list is another one now. */
	public function look(): bool {
		$kept  = $this->forgotten_paths->by_time();
		$paths = $this->capture_state->paths();
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
		$added = $this->forgotten_paths->add( $gone );
		$this->forgotten_paths->remove( $back );
		return $added || $back;
	}

	/** Looks and, where something is to be forgotten, says so at once. */
	public function tell(): void {
		if ( null !== DGOS_Own_Blog::id() && ( $this->look() || $this->untold ) ) {
			$this->untold = false;
			$this->head_signing->sign( null );
		}
	}

	/** Files that were deleted, if a copy has them: the next tell() says so. */
	public function add_files( array $urls ): void {
		$this->untold = $this->forgotten_paths->add( $this->copied( $urls ) ) || $this->untold;
	}

	/** Files that are there again. */
	public function take_back( array $urls ): void {
		$this->forgotten_paths->remove( array_filter( array_map( array( $this, 'path' ), $urls ) ) );
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
		$blog  = $this->own_blog->objects();
		$named = array();
		foreach ( null === $blog ? array() : $blog->snapshot as $snapshot ) {
			$named += array_fill_keys( array_column( $snapshot->payload->assets, 'url' ), true );
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
