<?php
/**
 * Which copies of a blog are kept, and which bytes a blog may claim on this disk.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/retention.ts. Files are hash => bytes.
 */
final class DGOS_Retention {

	/** Attachments first: they exist nowhere else. Then the copy that readers see. */
	public static function wanted( DGOS_Blog_Objects $blog, int $now_ms ): array {
		$head = DGOS_Heads::current( $blog, $now_ms );
		if ( null === $head ) {
			return array();
		}
		$files = self::attachments( $blog, $now_ms );
		foreach ( self::shown( $blog, $head ) as $id ) {
			$snapshot = $blog->find( 'snapshot', $id );
			$files   += null === $snapshot ? array() : self::files_of( $snapshot->payload, $head->payload->forgotten ?? array() );
		}
		return $files;
	}

	/** Files of all copies that are kept, without forgotten paths. */
	public static function files( DGOS_Blog_Objects $blog, int $now_ms ): array {
		$head  = DGOS_Heads::current( $blog, $now_ms );
		$files = array();
		foreach ( $blog->snapshot as $snapshot ) {
			$files += self::files_of( $snapshot->payload, null === $head ? array() : $head->payload->forgotten ?? array() );
		}
		return $files;
	}

	/** Files of a snapshot: pages, feed, then assets, stylesheets first. */
	public static function files_of( stdClass $snapshot, array $forgotten ): array {
		$assets = $snapshot->assets;
		$rank   = static fn ( $file ) => 0 === strpos( $file->type, 'text/css' ) ? 0 : ( 0 === strpos( $file->type, 'font/' ) ? 1 : 2 );
		$places = array_keys( $assets );
		usort( $places, static fn ( $a, $b ) => array( $rank( $assets[ $a ] ), $a ) <=> array( $rank( $assets[ $b ] ), $b ) );
		$sorted = array_map( static fn ( $at ) => $assets[ $at ], $places );
		$files  = array();
		foreach ( array_merge( $snapshot->pages, isset( $snapshot->feed ) ? array( $snapshot->feed ) : array(), $sorted ) as $file ) {
			$paths = array( self::path_below( $file->url, $snapshot->address ), $file->path ?? null );
			if ( ! self::is_forgotten( $paths, $forgotten ) ) {
				$files[ $file->blob ] = $file->bytes;
			}
		}
		return $files;
	}

	/** Images of posts that are to be shown or may still be; those of withdrawn posts are not. */
	public static function attachments( DGOS_Blog_Objects $blog, int $now_ms ): array {
		$withdrawn = array();
		foreach ( DGOS_Posts::shown( $blog, $now_ms ) as $post ) {
			if ( $post->withdrawn ) {
				$withdrawn = array_merge( $withdrawn, DGOS_Bytes::ids( $post->history ) );
			}
		}
		$files = array();
		foreach ( $blog->post as $post ) {
			if ( ! in_array( $post->id, $withdrawn, true ) ) {
				foreach ( $post->payload->attachments as $file ) {
					$files[ $file->blob ] = $file->bytes;
				}
			}
		}
		return $files;
	}

	/** Ids of copies beyond the rule: kept are the newest ones of each signer, and the last of each day. */
	public static function old_snapshots( DGOS_Blog_Objects $blog, int $now_ms, int $newest, int $days ): array {
		$head   = DGOS_Heads::current( $blog, $now_ms );
		$kept   = null === $head ? array() : self::shown( $blog, $head );
		$copies = $blog->snapshot;
		usort( $copies, static fn ( $a, $b ) => -DGOS_Bytes::by_time( $a, $b ) );
		$count = array();
		$seen  = array();
		$old   = array();
		foreach ( $copies as $snapshot ) {
			$key  = $snapshot->payload->key;
			$day  = $key . ' ' . DGOS_Posts::day_of( $snapshot );
			$last = ! isset( $seen[ $day ] ) && $snapshot->payload->time > $now_ms - $days * DGOS_Limits::DAY_MS;

			$seen[ $day ]  = true;
			$count[ $key ] = ( $count[ $key ] ?? 0 ) + 1;
			if ( $count[ $key ] > $newest && ! $last && ! in_array( $snapshot->id, $kept, true ) ) {
				$old[] = $snapshot->id;
			}
		}
		return $old;
	}

	private static function shown( DGOS_Blog_Objects $blog, stdClass $head ): array {
		$ids = array( $head->payload->snapshot ?? '' );
		foreach ( $blog->declaration as $declaration ) {
			$ids[] = $declaration->payload->show ?? '';
		}
		return $ids;
	}

	private static function is_forgotten( array $paths, array $forgotten ): bool {
		$trimmed = static fn ( string $path ) => strlen( $path ) > 1 ? rtrim( $path, '/' ) : $path;
		foreach ( array_filter( $paths, 'is_string' ) as $path ) {
			foreach ( $forgotten as $forgotten_path ) {
				if ( $trimmed( $forgotten_path ) === $trimmed( $path ) ) {
					return true;
				}
			}
		}
		return false;
	}

	/** "/…" of a URL below the address; one site answers with and without "www." and over http and https. */
	public static function path_below( string $url, string $address ): ?string {
		$site = static fn ( string $text ) => preg_replace( '#^https?://(www\.)?#', '', $text );
		$home = $site( $address );
		$text = $site( $url );
		if ( rtrim( $home, '/' ) === $text ) {
			return '/';
		}
		return 0 === strncmp( $text, $home, strlen( $home ) ) ? '/' . substr( $text, strlen( $home ) ) : null;
	}
}
