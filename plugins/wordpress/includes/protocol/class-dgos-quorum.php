<?php
/**
 * The verdict of the watchers: each mirror of a blog has one vote, and no operator two.
 *
 * n = operators on the mirror list, the blog's own left out. A mirror is absent where every voter lists it as unreachable
 * and it has said nothing for five minutes; m = n - absent. Needed are max(ceil(0.6 m), min(4, ceil(0.6 n)), 2) votes. The
 * verdict's time is the lower median of its votes, which lie within 300 s of it.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * An input is a stdClass {blog, mirrors (members), observations, at_ms, roster, strangers (mirrors without a record)}.
 */
final class DGOS_Quorum {

	/** Why a watcher calls a blog defended where its host says "too many requests" without any wall's mark. */
	const FLOODED = 'status-429';
	/** Probes that found the same before a watcher may vote. */
	const VOTE_PROBES_MIN = 3;

	/** Whether an observation's payload is a vote for down. */
	public static function is_down_vote( stdClass $payload ): bool {
		if ( 'down' === $payload->state ) {
			return $payload->probes >= self::VOTE_PROBES_MIN;
		}
		if ( 'defended' === $payload->state ) {
			return self::FLOODED === $payload->reason && $payload->time - $payload->since >= DGOS_Limits::FLOODED_IS_DOWN_MS;
		}
		return 'changed' === $payload->state && $payload->time - $payload->since >= DGOS_Limits::CHANGED_IS_DOWN_MS;
	}

	/** Whether an observation's payload is a vote for up. */
	public static function is_up_vote( stdClass $payload ): bool {
		return 'up' === $payload->state && $payload->probes >= self::VOTE_PROBES_MIN;
	}

	/** What the watchers' words amount to: {has_quorum, votes, absent, needed, time_ms}. */
	public static function down_verdict( stdClass $input ): stdClass {
		return self::count_votes( $input, array( self::class, 'is_down_vote' ) );
	}

	/** The same for up. */
	public static function up_verdict( stdClass $input ): stdClass {
		return self::count_votes( $input, array( self::class, 'is_up_vote' ) );
	}

	/** Votes needed where `$n` operators watch and `$m` of them are there. */
	public static function votes_needed( int $n, int $m ): int {
		return max( self::six_tenths( $m ), min( 4, self::six_tenths( $n ) ), 2 );
	}

	/**
	 * Whether a quorum's declaration is proven by the votes it embeds, judged at its own time. Every one of them must count.
	 *
	 * @param stdClass    $declaration The declaration.
	 * @param stdClass[]  $mirrors     Members that watch.
	 * @param DGOS_Roster $roster      The members.
	 * @param stdClass[]  $votes       The embedded envelopes, opened.
	 * @param int         $strangers   Mirrors without a record here.
	 */
	public static function evidence_holds( stdClass $declaration, array $mirrors, DGOS_Roster $roster, array $votes, int $strangers = 0 ): bool {
		$word = $declaration->payload;
		if ( 'quorum' !== $word->by || count( $votes ) !== count( $word->votes ?? array() ) ) {
			return false;
		}
		if ( $word->until <= $word->time || $word->until > $word->time + DGOS_Limits::QUORUM_UNTIL_MS ) {
			return false;
		}
		foreach ( $votes as $vote ) {
			if ( $vote->payload->network !== $word->network ) {
				return false;
			}
		}
		$input = (object) array(
			'blog'         => $word->blog,
			'mirrors'      => $mirrors,
			'roster'       => $roster,
			'strangers'    => $strangers,
			'observations' => $votes,
			'at_ms'        => $word->time,
		);
		$count = 'down' === $word->state ? self::down_verdict( $input ) : self::up_verdict( $input );
		return $count->has_quorum && count( $count->votes ) === count( $votes ) && $count->time_ms === $word->time;
	}

	/** Sixty per cent, rounded up. */
	public static function six_tenths( int $count ): int {
		return intdiv( 6 * $count + 9, 10 );
	}

	private static function count_votes( stdClass $input, callable $is_vote ): stdClass {
		$newest    = self::newest_by_operator( $input );
		$votes     = self::within_span( array_filter( $newest, static fn ( $observation ) => $is_vote( $observation->payload ) ) );
		$absent    = self::absent( $input, $votes, $newest );
		$operators = array();
		foreach ( $input->mirrors as $mirror ) {
			$operators[ $mirror->operator ] = true;
		}
		$n      = count( $operators ) + ( $input->strangers ?? 0 );
		$needed = self::votes_needed( $n, $n - count( $absent ) );
		return (object) array(
			'has_quorum' => count( $votes ) >= $needed,
			'votes'   => $votes,
			'absent'  => $absent,
			'needed'  => $needed,
			'time_ms' => self::lower_median( $votes ),
		);
	}

	/** The newest word of each operator on the list that lies within the span of `at_ms`. */
	private static function newest_by_operator( stdClass $input ): array {
		$ids    = array_column( $input->mirrors, 'id', 'id' );
		$newest = array();
		foreach ( $input->observations as $observation ) {
			$member = $input->roster->member_of( $observation->payload->key );
			if ( $observation->payload->blog !== $input->blog || null === $member || ! isset( $ids[ $member->id ] ) ) {
				continue;
			}
			if ( abs( $observation->payload->time - $input->at_ms ) > DGOS_Limits::VOTES_SPAN_MS ) {
				continue;
			}
			$before = $newest[ $member->operator ] ?? null;
			if ( null === $before || DGOS_Bytes::by_time( $before, $observation ) < 0 ) {
				$newest[ $member->operator ] = $observation;
			}
		}
		return $newest;
	}

	/** The votes in order of time, without those that lie further than the span from their own median. */
	private static function within_span( array $votes ): array {
		usort( $votes, array( 'DGOS_Bytes', 'by_time' ) );
		do {
			$count  = count( $votes );
			$median = self::lower_median( $votes );
			$votes  = array_values( array_filter( $votes, static fn ( $vote ) => abs( $vote->payload->time - $median ) <= DGOS_Limits::VOTES_SPAN_MS ) );
		} while ( count( $votes ) < $count );
		return $votes;
	}

	/** Lower median of the times of votes that stand in order of time; 0 without votes. */
	private static function lower_median( array $votes ): int {
		return $votes ? $votes[ ( count( $votes ) - 1 ) >> 1 ]->payload->time : 0;
	}

	/** Ids of mirrors that no voter can reach and that have been silent for five minutes; without votes nobody is absent. */
	private static function absent( stdClass $input, array $votes, array $newest ): array {
		$absent = array();
		foreach ( $votes ? $input->mirrors : array() as $mirror ) {
			$word = $newest[ $mirror->operator ] ?? null;
			$gone = null === $word || $word->payload->time <= $input->at_ms - DGOS_Limits::OBSERVATION_FRESH_MS;
			foreach ( $votes as $vote ) {
				$gone = $gone && array_intersect( array( $mirror->id, $mirror->key ), $vote->payload->unreachable );
			}
			if ( $gone ) {
				$absent[] = $mirror->id;
			}
		}
		return $absent;
	}
}
