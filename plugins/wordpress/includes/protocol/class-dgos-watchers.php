<?php
/**
 * Who watches a blog: the same for every member, and every browser, that knows the same objects.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As protocol/watchers.ts.
 */
final class DGOS_Watchers {

	/** The mirrors of the newest head, in its order, without members of the blog's own operator. Each of them has a vote. */
	public static function of( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		return DGOS_Seats::current( $blog, $roster, $now_ms )->mirrors;
	}

	/** Ids of those that can make the blog suspected: full members, as keys of an array. */
	public static function doubters( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		$full = array_filter( self::of( $blog, $roster, $now_ms ), static fn ( $one ) => 'full' === $one->standing );
		return array_fill_keys( array_map( static fn ( $one ) => $one->id, $full ), true );
	}
}
