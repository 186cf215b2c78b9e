<?php
/**
 * The fields of a snapshot from what was seen, made to fit. Pure.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/capture/snapshot-fields.ts.
 */
final class DGOS_Snapshot_Fields {

	/** Room for the fields that signing adds. */
	const SIGNING_BYTES = 512;

	/**
	 * The fields.
	 *
	 * @param array $about {blog, address, title, language}.
	 * @param array $pages Path => page, as DGOS_Capture_State keeps them; the front page first.
	 * @param array $files URL => file, in the order in which they matter.
	 * @param array $feed  {url, blob, type, bytes}, or empty.
	 * @param array $items Of the feed.
	 */
	public static function of( array $about, array $pages, array $files, array $feed, array $items ): array {
		$fields = array(
			'blog'    => $about['blog'],
			'address' => $about['address'],
			'title'   => $about['title'],
		);
		if ( 1 === preg_match( '/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/D', $about['language'] ) && strlen( $about['language'] ) <= 35 ) {
			$fields['language'] = $about['language'];
		}
		$fields['pages'] = array();
		$bytes           = 0;
		foreach ( $pages as $path => $page ) {
			$fields['pages'][] = array(
				'path'  => (string) $path,
				'url'   => $page['url'],
				'blob'  => $page['blob'],
				'type'  => $page['type'],
				'bytes' => $page['bytes'],
				'title' => $page['title'],
			) + ( isset( $page['policy'] ) ? array( 'policy' => $page['policy'] ) : array() );

			$bytes += $page['bytes'];
		}
		$fields['assets'] = array();
		foreach ( $files as $url => $file ) {
			$bytes += $file['bytes'];
			if ( $bytes <= DGOS_Snapshot_Limits::SNAPSHOT_BYTES_MAX && count( $fields['assets'] ) < DGOS_Snapshot_Limits::SNAPSHOT_FILES_MAX ) {
				$fields['assets'][] = array(
					'url'   => (string) $url,
					'blob'  => $file['blob'],
					'type'  => $file['type'],
					'bytes' => $file['bytes'],
				);
			}
		}
		if ( $feed ) {
			$fields['feed'] = array(
				'url'   => $feed['url'],
				'blob'  => $feed['blob'],
				'type'  => $feed['type'],
				'bytes' => $feed['bytes'],
				'items' => $items,
			);
		}
		$fields['alike'] = self::alike( $pages, $items );
		return self::fit( $fields );
	}

	/** Whether the fields say what a snapshot says already. */
	public static function same( array $fields, stdClass $snapshot ): bool {
		$said = array_intersect_key( (array) json_decode( (string) self::json( $snapshot ), true ), $fields );
		$new  = (array) json_decode( (string) self::json( $fields ), true );
		ksort( $said );
		ksort( $new );
		return $said === $new;
	}

	/** Feed ids and texts of articles: what makes two copies of one state alike, whatever stands around them. */
	private static function alike( array $pages, array $items ): string {
		$texts = array();
		foreach ( $pages as $path => $page ) {
			if ( '/' !== (string) $path || 1 === count( $pages ) ) {
				$texts[] = array( (string) $path, $page['article'] );
			}
		}
		$ids = array_column( $items, 'id' );
		sort( $ids, SORT_STRING );
		sort( $texts );
		return DGOS_Bytes::sha256( (string) self::json( array( $ids, $texts ) ) );
	}

	/** Drops the last assets until the manifest fits its limit. */
	private static function fit( array $fields ): array {
		while ( $fields['assets'] && strlen( (string) self::json( $fields ) ) > DGOS_Limits::SNAPSHOT_PAYLOAD_BYTES_MAX - self::SIGNING_BYTES ) {
			$fields['assets'] = array_slice( $fields['assets'], 0, (int) floor( count( $fields['assets'] ) * 0.9 ) );
		}
		return $fields;
	}

	/**
	 * As envelopes write it.
	 *
	 * @param mixed $value What JSON can hold.
	 * @return string|false
	 */
	private static function json( $value ) {
		return json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
	}
}
