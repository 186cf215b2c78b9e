<?php
/**
 * The list of a blog's whole archive: every file by its path, in parts that are cut by the path's hash.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The rules of archive.ts. A file is {path, blob, bytes, type}; its blob is null where it is left out.
 */
final class DGOS_Archive {

	const PATH_BYTES_MAX = 1024;
	const TYPE_BYTES_MAX = 100;
	const LINE           = '~^([0-9a-f]{64}|-)\t(0|[1-9][0-9]{0,14})\t([a-z]+/[a-z0-9.+-]+(?:; charset=[a-z0-9_-]+)?)\t((?:/|https?://)[!-\~]*)$~D';

	/** The place of a path among $count parts, a power of two: the first bits of its hash. */
	public static function part_of( string $path, int $count ): int {
		return intdiv( ord( hash( 'sha256', $path, true )[0] ) * $count, DGOS_Limits::ARCHIVE_PARTS_MAX );
	}

	/**
	 * The fewest parts of which none is too large, as texts. Null where even the most are not enough, or a path comes twice.
	 *
	 * @param stdClass[] $files In any order.
	 * @return string[]|null
	 */
	public static function parts( array $files ): ?array {
		usort( $files, static fn ( $a, $b ) => strcmp( $a->path, $b->path ) );
		for ( $count = 1; $count <= DGOS_Limits::ARCHIVE_PARTS_MAX; $count *= 2 ) {
			$parts  = array_fill( 0, $count, '' );
			$before = null;
			foreach ( $files as $file ) {
				if ( $before === $file->path ) {
					return null;
				}
				$before = $file->path;

				$parts[ self::part_of( $file->path, $count ) ] .= ( $file->blob ?? '-' ) . "\t{$file->bytes}\t{$file->type}\t{$file->path}\n";
			}
			if ( max( array_map( 'strlen', $parts ) ) <= DGOS_Limits::ARCHIVE_PART_BYTES_MAX ) {
				return $parts;
			}
		}
		return null;
	}

	/**
	 * The files of one part, or null where it is not in its one form or holds a path that belongs to another part.
	 *
	 * @param string $bytes The part.
	 * @param int    $part  Its place.
	 * @param int    $of    How many there are.
	 * @return stdClass[]|null
	 */
	public static function read_part( string $bytes, int $part, int $of ): ?array {
		if ( strlen( $bytes ) > DGOS_Limits::ARCHIVE_PART_BYTES_MAX || ( '' !== $bytes && "\n" !== substr( $bytes, -1 ) ) ) {
			return null;
		}
		$files  = array();
		$before = '';
		foreach ( '' === $bytes ? array() : explode( "\n", substr( $bytes, 0, -1 ) ) as $line ) {
			if ( 1 !== preg_match( self::LINE, $line, $found ) || strlen( $found[4] ) > self::PATH_BYTES_MAX || strlen( $found[3] ) > self::TYPE_BYTES_MAX ) {
				return null;
			}
			$file = (object) array(
				'path'  => $found[4],
				'blob'  => '-' === $found[1] ? null : $found[1],
				'bytes' => (int) $found[2],
				'type'  => $found[3],
			);
			if ( strcmp( $before, $file->path ) >= 0 || self::part_of( $file->path, $of ) !== $part ) {
				return null;
			}
			if ( null !== $file->blob && $file->bytes > DGOS_Limits::BLOB_BYTES_MAX ) {
				return null;
			}
			$before  = $file->path;
			$files[] = $file;
		}
		return $files;
	}

	/** Whether a number of parts is one that lists are cut into: a power of two. */
	public static function is_part_count( int $count ): bool {
		return $count >= 1 && $count <= DGOS_Limits::ARCHIVE_PARTS_MAX && 0 === ( $count & ( $count - 1 ) );
	}

	/** The newest archive that a present head signer has signed and the author does not distrust, or null. */
	public static function current( DGOS_Blog_Objects $blog, int $now_ms ): ?stdClass {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles || ! empty( $roles->root()->closed ) ) {
			return null;
		}
		$distrusted = DGOS_Heads::distrust_since( $blog, $roles );
		$order      = $roles->head_signers( $now_ms );
		$head       = DGOS_Heads::current( $blog, $now_ms );
		$found      = null;
		foreach ( $blog->archive as $archive ) {
			$key = $archive->payload->key;
			if ( ! in_array( $key, $order, true ) || ( $roles->is_online( $key ) && $archive->payload->time >= $distrusted ) ) {
				continue;
			}
			$rank = array( null !== $head && $head->payload->key === $key ? 1 : 0, $archive->payload->time, $archive->id );
			if ( null === $found || $rank > $found[0] ) {
				$found = array( $rank, $archive );
			}
		}
		return null === $found ? null : $found[1];
	}
}
