<?php
/**
 * Who may sign a head: the copy that counts and the mirrors that keep it.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The part of DGOS_Authority that is about heads.
 */
final class DGOS_Head_Authority {

	/**
	 * Null where the head may be signed, else why not.
	 *
	 * @param stdClass          $object The head.
	 * @param DGOS_Key_Roles       $roles Who speaks for the blog.
	 * @param DGOS_Blog_Objects $blog   Everything known of the blog.
	 * @param DGOS_Roster       $roster The members.
	 * @param int               $now_ms Now.
	 */
	public static function authorise( stdClass $object, DGOS_Key_Roles $roles, DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): ?DGOS_Refused {
		$payload  = $object->payload;
		$previous = $payload->previous ?? null;
		$step     = $roles->chain->steps[ $payload->rootVersion - 1 ] ?? null;
		if ( null === $step || $step->id !== $payload->root ) {
			return DGOS_Codes::refuse( 'BROKEN_CHAIN', 'root' );
		}
		$before = $blog->find( 'head', $previous );
		if ( null !== $before && ! DGOS_Heads::is_next( $before->payload, $payload ) ) {
			return DGOS_Codes::refuse( 'BROKEN_CHAIN', 'seq' );
		}
		if ( null === $previous && 1 !== $payload->seq ) {
			return DGOS_Codes::refuse( 'BROKEN_CHAIN', 'previous' );
		}
		if ( null !== $before && $before->payload->time > $payload->time + DGOS_Limits::AHEAD_MS_MAX ) {
			return DGOS_Codes::refuse( 'BROKEN_CHAIN', 'older than the head before it' );
		}
		$by_author = $roles->is_posting( $payload->key );
		$listed    = DGOS_Heads::signs_heads( $roles, $object );
		if ( ! $by_author && ! $listed ) {
			return $roles->denied( $payload->key );
		}
		if ( ! $listed && null !== $previous && null === $before ) {
			return DGOS_Codes::refuse( 'BROKEN_CHAIN', 'previous' );
		}
		if ( ! $listed && self::rest_of( null === $before ? new stdClass() : $before->payload ) !== self::rest_of( $payload ) ) {
			return DGOS_Codes::refuse( 'NOT_ALLOWED', 'a posting key changes only mirrors' );
		}
		if ( self::shares_operator( $payload->mirrors, $roster ) ) {
			return DGOS_Codes::refuse( 'NOT_ALLOWED', 'two mirrors of one operator' );
		}
		if ( ! DGOS_Seats::are_ranked( $payload->standIns ?? array(), $blog->blog, $roster ) ) {
			return DGOS_Codes::refuse( 'NOT_ALLOWED', 'stand-ins that the ranking does not give' );
		}
		return $by_author || self::slots_changed( $payload, $roles, $blog, $roster, $now_ms ) <= self::slots_allowed( $payload, $before, $blog ) ? null : DGOS_Codes::refuse( 'NOT_ALLOWED', 'more than one mirror changed within 24 hours' );
	}

	/** What a head says besides its mirrors: a stolen posting key could else let mirrors forget every page. */
	private static function rest_of( stdClass $payload ): array {
		return array( $payload->snapshot ?? null, $payload->feed ?? null, $payload->sponsor ?? null, $payload->forgotten ?? array() );
	}

	/** One; where heads in between were missed, which only the newest of is handed on, one for each day since the last known. */
	private static function slots_allowed( stdClass $payload, ?stdClass $before, DGOS_Blog_Objects $blog ): int {
		if ( null !== $before || ! isset( $payload->previous ) ) {
			return 1;
		}
		$last_ms = null;
		foreach ( $blog->head as $head ) {
			if ( DGOS_Heads::compare( $head->payload, $payload ) < 0 ) {
				$last_ms = max( $last_ms ?? 0, $head->payload->time );
			}
		}
		return null === $last_ms ? 1 : 1 + max( 0, intdiv( $payload->time - $last_ms, DGOS_Limits::DAY_MS ) );
	}

	private static function shares_operator( array $mirrors, DGOS_Roster $roster ): bool {
		$operators = array();
		foreach ( $mirrors as $mirror ) {
			$member = $roster->member_of( $mirror );
			if ( null !== $member && isset( $operators[ $member->operator ] ) ) {
				return true;
			}
			if ( null !== $member ) {
				$operators[ $member->operator ] = true;
			}
		}
		return false;
	}

	/**
	 * Mirrors that were on a list within the last 24 hours and no longer are, leaving out members that left or expired. What
	 * an author changed by a posting key is counted against nobody: the count begins anew there.
	 */
	private static function slots_changed( stdClass $payload, DGOS_Key_Roles $roles, DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): int {
		$earlier = array_filter( $blog->head, static fn ( $head ) => DGOS_Heads::compare( $head->payload, $payload ) < 0 );
		usort( $earlier, array( 'DGOS_Bytes', 'by_time' ) );
		$from = 0;
		foreach ( $earlier as $i => $before ) {
			if ( $before->payload->time <= $payload->time - DGOS_Limits::DAY_MS || $roles->is_posting( $before->payload->key ) ) {
				$from = $i;
			}
		}
		$listed = array();
		foreach ( array_slice( $earlier, $from ) as $before ) {
			$listed += array_fill_keys( $before->payload->mirrors, true );
		}
		$changed = 0;
		foreach ( array_keys( $listed ) as $key ) {
			$member = $roster->member_of( $key );
			$gone   = null === $member || $member->leaving || $member->expires <= $now_ms;
			if ( ! $gone && ! in_array( $key, $payload->mirrors, true ) ) {
				++$changed;
			}
		}
		return $changed;
	}
}
