<?php
/**
 * Which pages a copy of this blog has, from WordPress's own data: the front page, the page of posts where that is another
 * one, and the newest posts that anybody may read. Nothing private, password-protected, planned or unfinished.
 *
 * Each page bears a stamp: as long as it is the same, the page need not be asked for again.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Asks the database, never the site.
 */
final class DGOS_Blog_Pages {

	/** Items that a snapshot names of a feed. */
	const ITEMS_MAX = 20;

	/**
	 * Address of the blog.
	 *
	 * @var string
	 */
	private $address;

	/**
	 * Changes with everything that changes every page: theme, menus, widgets, titles.
	 *
	 * @var string
	 */
	private $epoch;

	/** Of the blog at this address, in this epoch. */
	public function __construct( string $address, string $epoch ) {
		$this->address = $address;
		$this->epoch   = $epoch;
	}

	/** Path => {path, url, post (its number, 0 for lists), stamp}. The front page first. */
	public function wanted(): array {
		$posts  = self::posts( DGOS_Snapshot_Limits::POST_PAGES_MAX );
		$stamps = array_map( array( $this, 'stamp' ), $posts );
		$lists  = DGOS_Bytes::sha256( implode( ' ', $stamps ) . $this->epoch );
		$found  = array();
		$this->add( $found, $this->address, (int) ( 'page' === get_option( 'show_on_front' ) ? get_option( 'page_on_front' ) : 0 ), $lists, '/' );
		$page = 'page' === get_option( 'show_on_front' ) ? (int) get_option( 'page_for_posts' ) : 0;
		if ( $page > 0 && self::is_public( get_post( $page ) ) ) {
			$this->add( $found, (string) get_permalink( $page ), $page, $lists );
		}
		foreach ( $posts as $at => $post ) {
			$this->add( $found, (string) get_permalink( $post ), $post->ID, $stamps[ $at ] );
		}
		return $found;
	}

	/** The feed as {url, stamp}. */
	public function feed(): ?array {
		$url = DGOS_Page_Url::resolve( (string) get_feed_link( 'rss2' ), $this->address );
		if ( null === $url ) {
			return null;
		}
		$stamps = array_map( array( $this, 'stamp' ), self::posts( self::ITEMS_MAX ) );
		return array(
			'url'   => $url,
			'stamp' => DGOS_Bytes::sha256( implode( ' ', $stamps ) . $this->epoch ),
		);
	}

	/** Items of the feed, as a snapshot names them. `$paths` are those of captured pages. */
	public function items( array $paths ): array {
		$items = array();
		foreach ( self::posts( min( self::ITEMS_MAX, max( 1, (int) get_option( 'posts_per_rss' ) ) ) ) as $post ) {
			$url  = DGOS_Page_Url::resolve( (string) get_permalink( $post ), $this->address );
			$item = array( 'id' => mb_strcut( wp_specialchars_decode( (string) get_the_guid( $post ), ENT_QUOTES ), 0, 1024 ) );
			if ( '' === $item['id'] ) {
				continue;
			}
			$item += null === $url ? array() : array( 'url' => $url );
			$item += array(
				'title'     => self::line( get_the_title( $post ) ),
				'published' => 1000 * (int) get_post_time( 'U', true, $post ),
				'updated'   => 1000 * (int) get_post_modified_time( 'U', true, $post ),
			);
			$path  = null === $url ? null : DGOS_Page_Url::path_below( $url, $this->address );
			$items[] = $item + ( null !== $path && in_array( $path, $paths, true ) ? array( 'path' => $path ) : array() );
		}
		return $items;
	}

	/** Whether anybody may read a post. */
	public static function is_public( ?WP_Post $post ): bool {
		return null !== $post && 'publish' === $post->post_status && '' === $post->post_password && is_post_type_viewable( $post->post_type );
	}

	/** One line of at most 300 bytes without markup. */
	public static function line( string $text ): string {
		$plain = html_entity_decode( wp_strip_all_tags( $text ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
		return mb_strcut( trim( (string) preg_replace( '/[\x00-\x1f\x7f\s]+/', ' ', wp_check_invalid_utf8( $plain, true ) ) ), 0, 300 );
	}

	/** The newest posts that anybody may read. */
	public static function newest(): array {
		return self::posts( DGOS_Snapshot_Limits::POST_PAGES_MAX );
	}

	private static function posts( int $count ): array {
		$query = new WP_Query(
			array(
				'post_type'              => 'post',
				'post_status'            => 'publish',
				'has_password'           => false,
				'posts_per_page'         => $count,
				'orderby'                => 'date',
				'order'                  => 'DESC',
				'ignore_sticky_posts'    => true,
				'no_found_rows'          => true,
				'suppress_filters'       => false,
				'update_post_term_cache' => true,
				'update_post_meta_cache' => false,
			)
		);
		return array_values( array_filter( $query->posts, array( self::class, 'is_public' ) ) );
	}

	private function stamp( WP_Post $post ): string {
		return DGOS_Bytes::sha256( implode( '|', array( $post->ID, $post->post_modified_gmt, $post->comment_count, get_permalink( $post ), $this->epoch ) ) );
	}

	private function add( array &$found, string $link, int $post, string $stamp, ?string $path = null ): void {
		$url  = DGOS_Page_Url::resolve( $link, $this->address );
		$path = $path ?? ( null === $url ? null : DGOS_Page_Url::path_below( $url, $this->address ) );
		if ( null !== $url && null !== $path && ! isset( $found[ $path ] ) && strlen( $path ) <= 1024 && 1 === preg_match( '/^\/[!-~]*$/D', $path ) ) {
			$found[ $path ] = compact( 'path', 'url', 'post', 'stamp' );
		}
	}
}
