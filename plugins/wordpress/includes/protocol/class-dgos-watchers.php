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

	/** Whether a fall is in the air: a watcher has voted down within five minutes, or a verdict of down lasts. Then stand-ins look. */
	public static function is_doubted( DGOS_Blog_Objects $blog, int $now_ms ): bool {
		foreach ( $blog->observation as $observation ) {
			if ( $observation->payload->time > $now_ms - DGOS_Limits::OBSERVATION_FRESH_MS && DGOS_Quorum::is_down_vote( $observation->payload ) ) {
				return true;
			}
		}
		return self::is_declared( $blog, $now_ms );
	}

	/** Whether a word of a watcher stands against a verdict that lasts: then it is everybody's, as the verdict is. */
	public static function contradicts( stdClass $signed, DGOS_Blog_Objects $blog, int $now_ms ): bool {
		$is_against = 'observation' === $signed->kind && 'down' !== $signed->payload->state && ! DGOS_Quorum::is_down_vote( $signed->payload );
		return $is_against && self::is_declared( $blog, $now_ms );
	}

	private static function is_declared( DGOS_Blog_Objects $blog, int $now_ms ): bool {
		foreach ( $blog->declaration as $declaration ) {
			if ( 'quorum' === $declaration->payload->by && 'down' === $declaration->payload->state && $declaration->payload->until > $now_ms ) {
				return true;
			}
		}
		return false;
	}

	/** The newest word of each mirror and stand-in: what whoever counts a verdict again must know. */
	public static function seat_words( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		$seating = DGOS_Seats::current( $blog, $roster, $now_ms );
		$ids     = array_fill_keys( DGOS_Bytes::ids( array_merge( $seating->mirrors, $seating->stand_ins ) ), true );
		$newest  = array();
		foreach ( $blog->observation as $word ) {
			$member = $roster->member_of( $word->payload->key );
			if ( null === $member || ! isset( $ids[ $member->id ] ) ) {
				continue;
			}
			$before = $newest[ $member->id ] ?? null;
			if ( null === $before || DGOS_Bytes::by_time( $before, $word ) < 0 ) {
				$newest[ $member->id ] = $word;
			}
		}
		return array_values( $newest );
	}
}
