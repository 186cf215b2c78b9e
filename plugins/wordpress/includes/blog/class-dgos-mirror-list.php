<?php
/**
 * The mirror list of the next head: what the head signer sees, turned into at most one change a day.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/mirror-list.ts.
 */
final class DGOS_Mirror_List {

	/**
	 * Ids of the mirrors. The first list is placement's. Afterwards free places are filled and members that left are replaced at
	 * once; of the others at most one place changes in 24 hours, so that copies stay where readers look for them.
	 *
	 * @param stdClass[]    $placed  Placement's answer now, best first.
	 * @param stdClass[]    $heads   Heads that are still known.
	 * @param stdClass|null $current The head in force.
	 * @param DGOS_Roster   $roster  The members.
	 * @param int           $now_ms  Now.
	 * @return string[]
	 */
	public static function next( array $placed, array $heads, ?stdClass $current, DGOS_Roster $roster, int $now_ms ): array {
		$wanted = DGOS_Bytes::ids( $placed );
		if ( null === $current ) {
			return $wanted;
		}
		$staying = array_values( array_filter( $current->payload->mirrors, static fn ( $key ) => ! self::is_gone( $roster->member_of( $key ), $now_ms ) ) );
		$list    = self::filled( $staying, $placed, $roster );
		$leaving = null;
		foreach ( $list as $key ) {
			$leaving = in_array( $key, $wanted, true ) ? $leaving : $key;
		}
		if ( null === $leaving || self::moved_today( $heads, $current, $roster, $now_ms ) ) {
			return $list;
		}
		$moved = self::filled( array_values( array_diff( $list, array( $leaving ) ) ), $placed, $roster );
		return count( $moved ) === count( $list ) ? $moved : $list;
	}

	/**
	 * Who stands in for absent mirrors in a verdict. A list that the ranking could still give stays as it is, so that not every
	 * member that joins makes the blog sign a head.
	 *
	 * @param string        $blog    The blog.
	 * @param string[]      $mirrors Of the next head.
	 * @param string[]      $own     The blog's own operators.
	 * @param stdClass|null $current The head in force.
	 * @param DGOS_Roster   $roster  The members.
	 * @param int           $now_ms  Now.
	 * @return string[]
	 */
	public static function next_stand_ins( string $blog, array $mirrors, array $own, ?stdClass $current, DGOS_Roster $roster, int $now_ms ): array {
		$placed = DGOS_Bytes::ids( DGOS_Seats::place( $blog, $mirrors, $own, $roster ) );
		$old    = null === $current ? array() : $current->payload->standIns ?? array();
		$taken  = array_map( static fn ( $key ) => $roster->member_of( $key )->operator ?? '', $mirrors );
		foreach ( $old as $key ) {
			$member = $roster->member_of( $key );
			if ( self::is_gone( $member, $now_ms ) || in_array( $member->operator, $taken, true ) ) {
				return $placed;
			}
		}
		return count( $old ) >= count( $placed ) && DGOS_Seats::are_ranked( $old, $blog, $roster ) ? $old : $placed;
	}

	private static function is_gone( ?stdClass $member, int $now_ms ): bool {
		return null === $member || $member->leaving || $member->expires <= $now_ms;
	}

	/** Adds placed members until the list is as long as placement's, one an operator. */
	private static function filled( array $list, array $placed, DGOS_Roster $roster ): array {
		foreach ( $placed as $member ) {
			if ( count( $list ) >= count( $placed ) ) {
				break;
			}
			$operators = array_map( static fn ( $key ) => $roster->member_of( $key )->operator ?? null, $list );
			if ( ! in_array( $member->id, $list, true ) && ! in_array( $member->operator, $operators, true ) ) {
				$list[] = $member->id;
			}
		}
		return $list;
	}

	/** Whether a member that is still there lost its place within the last 24 hours. */
	private static function moved_today( array $heads, stdClass $current, DGOS_Roster $roster, int $now_ms ): bool {
		$known = array_filter( $heads, static fn ( $head ) => $head->id !== $current->id );
		usort( $known, static fn ( $a, $b ) => $a->payload->time <=> $b->payload->time );
		$known[] = $current;
		$day_ago = null;
		foreach ( $known as $head ) {
			$day_ago = $head->payload->time <= $now_ms - DGOS_Limits::DAY_MS ? $head : $day_ago;
		}
		foreach ( $known as $head ) {
			if ( $head !== $day_ago && $head->payload->time <= $now_ms - DGOS_Limits::DAY_MS ) {
				continue;
			}
			foreach ( $head->payload->mirrors as $key ) {
				if ( ! in_array( $key, $current->payload->mirrors, true ) && ! self::is_gone( $roster->member_of( $key ), $now_ms ) ) {
					return true;
				}
			}
		}
		return false;
	}
}
