<?php
/**
 * What readers and editors see of it that a post was written during an outage.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A line under the post, a state in the list of posts, and the post's id in the page's head.
 */
final class DGOS_Return_Mark {

	/** Hooks of this part. */
	public function add_hooks(): void {
		add_action( 'wp_head', array( $this, 'print_id' ) );
		add_filter( 'the_content', array( $this, 'add_language' ), 11 );
		add_filter( 'the_content', array( $this, 'add_line' ), 12 );
		add_filter( 'display_post_states', array( $this, 'add_state' ), 10, 2 );
		add_action( 'before_delete_post', array( DGOS_Importer::class, 'forget' ) );
	}

	/** The words of the page's head by which an import knows that the post is public. */
	public static function text( string $id ): string {
		return '<meta name="dgos:post" content="' . $id . '">';
	}

	/** In the head of an imported post's own page. */
	public function print_id(): void {
		$id = is_singular( 'post' ) ? self::id_of( get_queried_object_id() ) : null;
		if ( null !== $id ) {
			echo self::text( $id ), "\n"; // phpcs:ignore WordPress.Security.EscapeOutput -- 64 digits of hex.
		}
	}

	/**
	 * Language and direction of a post that has other ones than the blog.
	 *
	 * @param string $content Html.
	 */
	public function add_language( $content ): string {
		$post = (int) get_the_ID();
		if ( 0 === $post || null === self::id_of( $post ) ) {
			return (string) $content;
		}
		$language  = (string) get_post_meta( $post, '_dgos_language', true );
		$direction = (string) get_post_meta( $post, '_dgos_direction', true );
		$is_own    = '' === $language || strtok( strtolower( $language ), '-' ) === strtok( strtolower( get_bloginfo( 'language' ) ), '-' );
		$is_along  = '' === $direction || is_rtl() === ( 'rtl' === $direction );
		if ( $is_own && $is_along ) {
			return (string) $content;
		}
		$lang = '' === $language ? '' : ' lang="' . esc_attr( $language ) . '"';
		$dir  = '' === $direction ? '' : ' dir="' . ( 'rtl' === $direction ? 'rtl' : 'ltr' ) . '"';
		return "<div$lang$dir>$content</div>";
	}

	/**
	 * The line under the post, on its own page.
	 *
	 * @param string $content Html.
	 */
	public function add_line( $content ): string {
		if ( ! is_singular( 'post' ) || ! in_the_loop() || ! is_main_query() || null === self::id_of( (int) get_the_ID() ) ) {
			return (string) $content;
		}
		if ( ! apply_filters( 'dgos_show_outage_mark', true, get_the_ID() ) ) {
			return (string) $content;
		}
		return $content . '<p class="dgos-outage-mark"><small>' . esc_html__( 'Posted during an outage of this blog.', 'dgos' ) . '</small></p>';
	}

	/**
	 * In the list of posts.
	 *
	 * @param string[] $states Shown after the title.
	 * @param WP_Post  $post   The post.
	 */
	public function add_state( $states, $post ): array {
		if ( null !== self::id_of( $post->ID ) ) {
			$states['dgos'] = esc_html__( 'Posted during an outage', 'dgos' );
		}
		return $states;
	}

	private static function id_of( int $post ): ?string {
		$id = get_post_meta( $post, DGOS_Importer::META_POST, true );
		$id = DGOS_Bytes::is_hash( $id ) ? $id : DGOS_Importer::id_in( (string) get_post_field( 'guid', $post, 'raw' ) );
		return DGOS_Bytes::is_hash( $id ) ? $id : null;
	}
}
