<?php
/**
 * A wall before a blog, as its watchers see it together: what is shown, and what an author is told.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as protocol/seen-wall.ts.
 */
final class DGOS_Seen_Wall {

	/** {reason, since, watchers, of, blinds, speaks}; null where no watcher meets a wall. */
	public static function of( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): ?stdClass {
		$watchers = DGOS_Watchers::of( $blog, $roster, $now_ms );
		$ids      = array_fill_keys( DGOS_Bytes::ids( $watchers ), true );
		$newest   = array();
		foreach ( $blog->observation as $observation ) {
			$time = $observation->payload->time;
			$id   = $roster->member_of( $observation->payload->key )->id ?? '';
			if ( ! isset( $ids[ $id ] ) || $time <= $now_ms - DGOS_Limits::WALL_SEEN_MS || $time > $now_ms + DGOS_Limits::AHEAD_MS_MAX ) {
				continue;
			}
			if ( ! isset( $newest[ $id ] ) || DGOS_Bytes::by_time( $observation, $newest[ $id ] ) > 0 ) {
				$newest[ $id ] = $observation;
			}
		}
		$counts = array();
		$sinces = array();
		foreach ( $newest as $observation ) {
			$seen = $observation->payload;
			if ( 'defended' === $seen->state ) {
				$counts[ $seen->reason ] = ( $counts[ $seen->reason ] ?? 0 ) + 1;
				$sinces[]                = min( $seen->since, $seen->time );
			}
		}
		if ( ! $sinces ) {
			return null;
		}
		sort( $sinces );
		ksort( $counts, SORT_STRING );
		$life = DGOS_Lives::newest( $blog, $now_ms )->payload ?? null;
		return (object) array(
			'reason'   => (string) array_search( max( $counts ), $counts, true ),
			'since'    => $sinces[ ( count( $sinces ) - 1 ) >> 1 ],
			'watchers' => count( $sinces ),
			'of'       => count( $watchers ),
			'blinds'   => count( $sinces ) >= DGOS_Quorum::six_tenths( count( $watchers ) ),
			'speaks'   => null !== $life && $life->time - $life->since >= DGOS_Limits::LIFE_ROW_MS,
		);
	}
}
