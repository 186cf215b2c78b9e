<?php
/**
 * Emergency posts as posts of this WordPress, each exactly once.
 *
 *   draft with its guid (one row, one write) → public id → text and pictures → published → "done" mark
 *
 * The guid is the item id of the mirrors' feeds: feed readers show no post twice, and a run that died at any step finds its
 * row again and goes on there. What the owner changed or deleted here is the owner's: it is left alone.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A found post is a stdClass {post (id), text (id of the imported text, empty while half done), status,
 * withdrawn (in the trash by its author's word), changed (by the owner, here)}.
 */
final class DGOS_Importer {

	const GUID       = 'urn:dgos:post:';
	const META_POST  = '_dgos_post';
	const META_TEXT  = '_dgos_text';
	const META_PRINT = '_dgos_print';
	/** On posts in the trash because their author withdrew them, not because the owner threw them away. */
	const META_WITHDRAWN = '_dgos_withdrawn';
	/** The text of a post without marks: one that no post has. */
	const TEXT_UNKNOWN = 'unknown';
	/** Public ids of imported posts that the owner deleted for good. */
	const OPTION_GONE = 'dgos_return_gone';
	const GONE_MAX    = 5000;

	/**
	 * Pictures.
	 *
	 * @var DGOS_Return_Media
	 */
	private $media;

	/**
	 * User for each key that signs posts.
	 *
	 * @var callable(string): int
	 */
	private $author_of;

	/**
	 * Pictures and authors.
	 *
	 * @param DGOS_Return_Media $media     The library.
	 * @param callable          $author_of Key => user id.
	 */
	public function __construct( DGOS_Return_Media $media, callable $author_of ) {
		$this->media     = $media;
		$this->author_of = $author_of;
	}

	/** The item id of the mirrors' feeds. */
	public static function guid_of( string $id ): string {
		return self::GUID . $id;
	}

	/** The public id in a guid; '' where it is no guid of ours. */
	public static function id_in( string $guid ): string {
		return 0 === strpos( $guid, self::GUID ) ? substr( $guid, strlen( self::GUID ) ) : '';
	}

	/** The post with this public id, in whatever status, or null. */
	public function find( string $id ): ?stdClass {
		global $wpdb;
		// phpcs:disable WordPress.DB.DirectDatabaseQuery -- A cache may be older than the run that died.
		$found = (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE guid = %s AND post_type = 'post' ORDER BY ID LIMIT 1", self::guid_of( $id ) ) );
		if ( 0 === $found ) {
			$found = (int) $wpdb->get_var( $wpdb->prepare( "SELECT p.ID FROM {$wpdb->postmeta} m JOIN {$wpdb->posts} p ON p.ID = m.post_id WHERE m.meta_key = %s AND m.meta_value = %s AND p.post_type = 'post' ORDER BY p.ID LIMIT 1", self::META_POST, $id ) );
		}
		// phpcs:enable
		if ( 0 === $found ) {
			return null;
		}
		clean_post_cache( $found );
		$post = get_post( $found );
		if ( null === $post ) {
			return null;
		}
		$text = (string) get_post_meta( $found, self::META_TEXT, true );
		return (object) array(
			'post'      => $found,
			'text'      => '' === $text && self::is_orphan( $post ) ? self::TEXT_UNKNOWN : $text,
			'status'    => $post->post_status,
			'withdrawn' => 'trash' === $post->post_status && '' !== (string) get_post_meta( $found, self::META_WITHDRAWN, true ),
			'changed'   => self::print_of( $post ) !== (string) get_post_meta( $found, self::META_PRINT, true ),
		);
	}

	/**
	 * The post under whichever of its ids, or null: a text of the same draft that comes late may give it another public id.
	 *
	 * @param string[] $ids As DGOS_Posts::shown() gives them.
	 */
	public function find_any( array $ids ): ?stdClass {
		foreach ( $ids as $id ) {
			$found = $this->find( $id );
			if ( null !== $found ) {
				return $found;
			}
		}
		return null;
	}

	/** Gives an imported post the public id that it has now. Its guid stays. */
	public function rename( int $post, string $id ): void {
		update_post_meta( $post, self::META_POST, $id );
	}

	/** An earlier installation brought it home, and took its marks along when it went. It is the owner's now. */
	private static function is_orphan( WP_Post $post ): bool {
		return 'draft' !== $post->post_status && '' === (string) get_post_meta( $post->ID, self::META_POST, true );
	}

	/**
	 * Whether the owner has deleted the imported post.
	 *
	 * @param string[] $ids Its ids.
	 */
	public function is_gone( array $ids ): bool {
		return array() !== array_intersect( $ids, (array) get_option( self::OPTION_GONE, array() ) );
	}

	/** Remembers that the owner deleted an imported post: it must not come back. */
	public static function forget( int $post ): void {
		$id = (string) get_post_meta( $post, self::META_POST, true );
		if ( ! DGOS_Bytes::is_hash( $id ) || 'post' !== get_post_type( $post ) ) {
			return;
		}
		$gone   = (array) get_option( self::OPTION_GONE, array() );
		$gone[] = $id;
		update_option( self::OPTION_GONE, array_slice( array_values( array_unique( $gone ) ), -self::GONE_MAX ), false );
	}

	/**
	 * Creates the post, finishes a half-done one, or brings an older text up to date. The post's number, or null where a
	 * picture cannot be had now. Throws RuntimeException where WordPress refuses the post.
	 *
	 * @param stdClass $shown As DGOS_Posts::shown() gives it, not withdrawn.
	 */
	public function put( stdClass $shown ): ?int {
		$first   = $shown->history[0]->payload;
		$payload = $shown->current->payload;
		$gmt     = gmdate( 'Y-m-d H:i:s', intdiv( $first->published, 1000 ) );
		$author  = ( $this->author_of )( $first->key );
		$images  = $this->images( $payload->attachments, $gmt, $author );
		if ( null === $images ) {
			return null;
		}
		$found = $this->find_any( $shown->ids );
		$words = array(
			'post_title'   => self::as_html( $payload->title ),
			'post_content' => $this->content( $shown, $images ),
		);
		$id = null === $found ? $this->insert( $shown->id, $payload->title, $gmt, $author ) : $found->post;
		$this->rename( $id, $shown->id );
		delete_post_meta( $id, self::META_WITHDRAWN );
		$this->keep_language( $id, $payload );
		$words['ID'] = $id;
		if ( null === $found || '' === $found->text || $found->withdrawn ) {
			$words += array(
				'post_status'   => 'publish',
				'post_date'     => get_date_from_gmt( $gmt ),
				'post_date_gmt' => $gmt,
				'edit_date'     => true,
			);
		}
		$this->written( wp_update_post( wp_slash( $words ), true ) );
		clean_post_cache( $id );
		update_post_meta( $id, self::META_PRINT, self::print_of( get_post( $id ) ) );
		update_post_meta( $id, self::META_TEXT, $shown->current->id );
		return $id;
	}

	/** Takes a post back that its author withdrew. It goes to the trash, where the owner can still read it. */
	public function withdraw( int $post ): void {
		update_post_meta( $post, self::META_WITHDRAWN, 1 );
		wp_trash_post( $post );
	}

	/** The row of a new post: one write, and from then on it is found by its guid. Nobody sees it yet. */
	private function insert( string $id, string $title, string $gmt, int $author ): int {
		$slug = sanitize_title( $title );
		$row  = array(
			'post_type'     => 'post',
			'post_status'   => 'draft',
			'guid'          => self::guid_of( $id ),
			'post_title'    => self::as_html( $title ),
			'post_name'     => '' === $slug ? 'post-' . substr( $id, 0, 8 ) : $slug,
			'post_author'   => $author,
			'post_date'     => get_date_from_gmt( $gmt ),
			'post_date_gmt' => $gmt,
		);
		add_filter( 'wp_insert_post_empty_content', '__return_false', 99 );
		try {
			$mine = $this->written( wp_insert_post( wp_slash( $row ), true ) );
		} finally {
			remove_filter( 'wp_insert_post_empty_content', '__return_false', 99 );
		}
		// Two runs that come to the same post at once, which their lock should prevent, both see the first of their rows.
		$first = $this->find( $id );
		if ( null !== $first && $first->post < $mine ) {
			wp_delete_post( $mine, true );
			return $first->post;
		}
		return $mine;
	}

	/**
	 * Blob => library entry, or null where one of them cannot be had now.
	 *
	 * @param stdClass[] $attachments Of the post.
	 * @param string     $gmt         Its date.
	 * @param int        $author      Its author.
	 */
	private function images( array $attachments, string $gmt, int $author ): ?array {
		$images = array();
		foreach ( $attachments as $file ) {
			$kept = $this->media->keep( $file, $gmt, $author );
			if ( null === $kept ) {
				return null;
			}
			if ( false !== $kept ) {
				$images[ $file->blob ] = $kept;
			}
			do_action( 'dgos_import_step' );
		}
		return $images;
	}

	private function content( stdClass $shown, array $images ): string {
		return DGOS_Post_Blocks::of( $shown->current->payload->html, $images, substr( $shown->id, 0, 8 ) . '-' );
	}

	/** What a post in another language than the blog's needs: kept beside the text, so that editors see plain blocks. */
	private function keep_language( int $id, stdClass $payload ): void {
		foreach ( array( 'language', 'direction' ) as $name ) {
			if ( isset( $payload->$name ) ) {
				update_post_meta( $id, '_dgos_' . $name, $payload->$name );
			} else {
				delete_post_meta( $id, '_dgos_' . $name );
			}
		}
	}

	/** Titles are plain text on the wire, and html in WordPress. */
	public static function as_html( string $text ): string {
		return htmlspecialchars( $text, ENT_NOQUOTES | ENT_SUBSTITUTE, 'UTF-8' );
	}

	/** A print of what readers see, by which a change of the owner's is noticed. */
	private static function print_of( WP_Post $post ): string {
		return DGOS_Bytes::sha256( $post->post_title . "\n" . $post->post_content );
	}

	/**
	 * The number of a written post.
	 *
	 * @param int|WP_Error $answer Of WordPress.
	 */
	private function written( $answer ): int {
		if ( is_wp_error( $answer ) ) {
			throw new RuntimeException( esc_html( $answer->get_error_code() . ': ' . $answer->get_error_message() ) );
		}
		return (int) $answer;
	}
}
