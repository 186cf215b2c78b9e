<?php
/**
 * Pictures of emergency posts in the media library: each blob once, however often an import begins again.
 *
 *   bytes checked → file under a name made of its hash → library entry → sizes
 *
 * Every step is found done by the next run: the file by its name and bytes, the entry by its meta or address, the sizes by
 * the entry's metadata. Two runs that died over the sizes leave them out: a picture that is too big for this host's memory
 * must not stop the posts.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Uses the media functions of WordPress.
 *
 * phpcs:disable WordPress.WP.AlternativeFunctions -- WP_Filesystem may ask for FTP passwords and cannot rename safely.
 */
final class DGOS_Return_Media {

	const META  = '_dgos_blob';
	const TRIES = '_dgos_sizes_tried';
	/** Types of the contract, and the only endings that a file gets. */
	const ENDINGS = array(
		'image/jpeg' => 'jpg',
		'image/png'  => 'png',
		'image/webp' => 'webp',
		'image/avif' => 'avif',
		'image/gif'  => 'gif',
	);

	/** A larger picture is kept as it is, without smaller sizes: PHP would take four bytes a pixel, whatever its file weighs. */
	const PIXELS_MAX = 30000000;

	/**
	 * Reads a blob.
	 *
	 * @var callable(string): ?string
	 */
	private $blob;

	/**
	 * Where bytes come from.
	 *
	 * @param callable $blob Hash => checked bytes, or null.
	 */
	public function __construct( callable $blob ) {
		$this->blob = $blob;
	}

	/**
	 * The library entry {id, url} of an attachment. Null where its bytes cannot be had now; false where they are no
	 * such picture, now or later.
	 *
	 * @param stdClass $attachment As the post names it.
	 * @param string   $date_gmt   "Y-m-d H:i:s" of the post.
	 * @param int      $author     User.
	 * @return stdClass|false|null
	 */
	public function keep( stdClass $attachment, string $date_gmt, int $author ) {
		$id = $this->find( $attachment->blob );
		if ( null === $id ) {
			$path = $this->file( $attachment, $date_gmt );
			if ( ! is_string( $path ) ) {
				return $path;
			}
			$id = $this->enter( $path, $attachment, $date_gmt, $author );
		}
		if ( null === $id ) {
			return null;
		}
		$this->make_sizes( $id );
		return (object) array(
			'id'  => $id,
			'url' => (string) wp_get_attachment_url( $id ),
		);
	}

	/** The entry of a blob whose file is there. */
	private function find( string $blob ): ?int {
		$found = get_posts(
			array(
				'post_type'        => 'attachment',
				'post_status'      => 'any',
				'numberposts'      => 1,
				'fields'           => 'ids',
				'orderby'          => 'ID',
				'order'            => 'ASC',
				'suppress_filters' => true,
				'meta_key'         => self::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- Once a picture.
				'meta_value'       => $blob, // phpcs:ignore WordPress.DB.SlowDBQuery -- Once a picture.
			)
		);
		$path  = $found ? get_attached_file( $found[0] ) : false;
		return is_string( $path ) && is_file( $path ) ? (int) $found[0] : null;
	}

	/**
	 * The path of the picture's file, written where it is not there; null or false as keep() says.
	 *
	 * @return string|false|null
	 */
	private function file( stdClass $attachment, string $date_gmt ) {
		$folder = wp_upload_dir( get_date_from_gmt( $date_gmt, 'Y/m' ) );
		if ( ! empty( $folder['error'] ) ) {
			return null;
		}
		$path = $folder['path'] . '/' . $this->name_of( $attachment );
		if ( is_file( $path ) && hash_file( 'sha256', $path ) === $attachment->blob ) {
			return $path;
		}
		$bytes = ( $this->blob )( $attachment->blob );
		if ( null === $bytes ) {
			return null;
		}
		if ( ! $this->is_picture( $bytes, $attachment->type ) ) {
			return false;
		}
		$half = $path . '.' . bin2hex( random_bytes( 6 ) ) . '.part';
		$done = file_put_contents( $half, $bytes ) === strlen( $bytes ) && rename( $half, $path );
		if ( ! $done && is_file( $half ) ) {
			unlink( $half );
		}
		return $done ? $path : null;
	}

	/** The author's name of the file, told apart by the hash. */
	private function name_of( stdClass $attachment ): string {
		$stem = sanitize_title( pathinfo( $attachment->name, PATHINFO_FILENAME ) );
		$stem = preg_replace( '/[^a-z0-9-]+/', '', substr( $stem, 0, 60 ) );
		return ( '' === $stem ? 'image' : $stem ) . '-' . substr( $attachment->blob, 0, 12 ) . '.' . self::ENDINGS[ $attachment->type ];
	}

	/** The library entry, made once: its address tells it where a run died before the meta. */
	private function enter( string $path, stdClass $attachment, string $date_gmt, int $author ): ?int {
		global $wpdb;
		$folder = wp_upload_dir( get_date_from_gmt( $date_gmt, 'Y/m' ) );
		$guid   = $folder['url'] . '/' . basename( $path );
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- No function of WordPress looks for a guid.
		$id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE guid = %s AND post_type = 'attachment' ORDER BY ID LIMIT 1", $guid ) );
		if ( 0 === $id ) {
			$id = wp_insert_attachment(
				wp_slash(
					array(
						'guid'           => $guid,
						'post_mime_type' => $attachment->type,
						'post_title'     => DGOS_Importer::as_html( '' === $attachment->alt ? pathinfo( $attachment->name, PATHINFO_FILENAME ) : mb_substr( $attachment->alt, 0, 100 ) ),
						'post_status'    => 'inherit',
						'post_author'    => $author,
						'post_date'      => get_date_from_gmt( $date_gmt ),
						'post_date_gmt'  => $date_gmt,
					)
				),
				$path,
				0,
				true
			);
		}
		if ( is_wp_error( $id ) ) {
			return null;
		}
		update_attached_file( $id, $path );
		update_post_meta( $id, '_wp_attachment_image_alt', wp_slash( $attachment->alt ) );
		update_post_meta( $id, self::META, $attachment->blob );
		return (int) $id;
	}

	private function make_sizes( int $id ): void {
		if ( is_array( wp_get_attachment_metadata( $id, true ) ) ) {
			return;
		}
		$tried = (int) get_post_meta( $id, self::TRIES, true );
		if ( $tried >= 2 ) {
			return;
		}
		update_post_meta( $id, self::TRIES, $tried + 1 );
		$path = (string) get_attached_file( $id );
		$size = wp_getimagesize( $path );
		if ( is_array( $size ) && $size[0] * $size[1] > self::PIXELS_MAX ) {
			$whole = array(
				'width'  => $size[0],
				'height' => $size[1],
				'file'   => _wp_relative_upload_path( $path ),
			);
			wp_update_attachment_metadata( $id, $whole );
			return;
		}
		require_once ABSPATH . 'wp-admin/includes/image.php';
		wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $path ) );
	}

	/** Whether the bytes begin as a picture of that type does. */
	private function is_picture( string $bytes, string $type ): bool {
		switch ( $type ) {
			case 'image/jpeg':
				return 0 === strncmp( $bytes, "\xff\xd8\xff", 3 );
			case 'image/png':
				return 0 === strncmp( $bytes, "\x89PNG\r\n\x1a\n", 8 );
			case 'image/gif':
				return 1 === preg_match( '/^GIF8[79]a/', $bytes );
			case 'image/webp':
				return 0 === strncmp( $bytes, 'RIFF', 4 ) && 'WEBP' === substr( $bytes, 8, 4 );
			default:
				return 'image/avif' === $type && 'ftyp' === substr( $bytes, 4, 4 ) && false !== strpos( substr( $bytes, 8, 24 ), 'avi' );
		}
	}
}
