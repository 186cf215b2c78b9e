<?php
/**
 * "Confirmed fresh": mirrors of min(5, ceil(n/2)) operators say, within 24 hours, that the newest state they have seen is
 * not newer than what is shown here. Otherwise readers are told "may be old". Only a label: it never stops anything.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * One pure rule.
 */
final class DGOS_Freshness {

	/** {fresh, confirming, needed}. */
	public static function of( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): stdClass {
		$head = DGOS_Heads::current( $blog, $now_ms );
		if ( null === $head ) {
			return self::answer( 0, 1 );
		}
		$mirrors = array();
		foreach ( $head->payload->mirrors as $id ) {
			$member = $roster->member_of( $id );

			$mirrors[ null === $member ? $id : $member->operator ] = true;
		}
		$confirming = 0;
		$posts      = DGOS_Bytes::ids( $blog->post );
		foreach ( self::newest_by_operator( $blog, $head, $roster, $now_ms ) as $now_m ) {
			$confirming += (int) self::confirms( $now_m, $head, $posts );
		}
		return self::answer( $confirming, max( 1, min( 5, intdiv( count( $mirrors ) + 1, 2 ) ) ) );
	}

	private static function answer( int $confirming, int $needed ): stdClass {
		return (object) array(
			'fresh'      => $confirming >= $needed,
			'confirming' => $confirming,
			'needed'     => $needed,
		);
	}

	/** The newest checkpoint of each operator on the mirror list, not older than a day. One operator, one word. */
	private static function newest_by_operator( DGOS_Blog_Objects $blog, stdClass $head, DGOS_Roster $roster, int $now_ms ): array {
		$newest = array();
		foreach ( $blog->checkpoint as $checkpoint ) {
			$member = $roster->member_of( $checkpoint->payload->key );
			$time   = $checkpoint->payload->time;
			if ( null === $member || ! in_array( $member->id, $head->payload->mirrors, true ) ) {
				continue;
			}
			if ( $time < $now_ms - DGOS_Limits::CHECKPOINT_FRESH_MS || $time > $now_ms + DGOS_Limits::AHEAD_MS_MAX ) {
				continue;
			}
			$other = $newest[ $member->operator ] ?? null;
			if ( null === $other || DGOS_Bytes::by_time( $checkpoint, $other ) > 0 ) {
				$newest[ $member->operator ] = $checkpoint;
			}
		}
		return $newest;
	}

	/** Its newest state is ours or an older one, and it names no post that we lack. */
	private static function confirms( stdClass $checkpoint, stdClass $head, array $posts ): bool {
		$older = DGOS_Heads::compare( $checkpoint->payload, $head->payload ) < 0;
		return ( $older || ( $checkpoint->payload->head ?? null ) === $head->id ) && ! array_diff( $checkpoint->payload->posts, $posts );
	}
}
