<?php
/**
 * The verdict of the watchers: each seat of a blog has one vote, and no operator two.
 *
 * n = operators on the mirror list, the blog's own left out. A seat is a mirror's; that of an absent mirror passes to the next
 * stand-in that is not absent. Absent is who has said nothing for five minutes and is listed as unreachable by every voter.
 * m = seats that are filled. Needed are max(ceil(0.6 m), min(4, ceil(0.6 n)), 2) votes. The verdict's time is the lower
 * median of its votes, which lie within 300 s of it.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * An input is a stdClass {seating (see DGOS_Seats), blog, observations, at_ms, roster}.
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
	 * @param stdClass    $seating     Who may sit.
	 * @param DGOS_Roster $roster      The members.
	 * @param stdClass[]  $votes       The embedded envelopes, opened.
	 */
	public static function evidence_holds( stdClass $declaration, stdClass $seating, DGOS_Roster $roster, array $votes ): bool {
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
		$input = self::input( $word, $seating, $roster, $votes );
		$count = 'down' === $word->state ? self::down_verdict( $input ) : self::up_verdict( $input );
		return $count->has_quorum && count( $count->votes ) === count( $votes ) && $count->time_ms === $word->time;
	}

	/**
	 * Whether a verdict of down still has its votes beside everything else that is known. Who is called absent, has spoken since
	 * five minutes before, and does not see the blog down, is there: its seat is its own, and no stand-in's.
	 *
	 * @param stdClass    $declaration  The declaration.
	 * @param stdClass    $seating      Who may sit.
	 * @param DGOS_Roster $roster       The members.
	 * @param stdClass[]  $votes        The embedded envelopes, opened.
	 * @param stdClass[]  $observations All that are known of the blog.
	 */
	public static function outweighs( stdClass $declaration, stdClass $seating, DGOS_Roster $roster, array $votes, array $observations ): bool {
		$input = self::input( $declaration->payload, $seating, $roster, array_merge( $observations, $votes ) );
		$words = array_filter( self::newest_words( $input ), static fn ( $word ) => 'down' !== $word->payload->state && ! self::is_down_vote( $word->payload ) );
		return self::by_seats( $input, $votes, $words )->has_quorum;
	}

	private static function input( stdClass $word, stdClass $seating, DGOS_Roster $roster, array $observations ): stdClass {
		return (object) array(
			'seating'      => $seating,
			'blog'         => $word->blog,
			'roster'       => $roster,
			'observations' => $observations,
			'at_ms'        => $word->time,
		);
	}

	/** Sixty per cent, rounded up. */
	public static function six_tenths( int $count ): int {
		return intdiv( 6 * $count + 9, 10 );
	}

	private static function count_votes( stdClass $input, callable $is_vote ): stdClass {
		$words  = self::newest_words( $input );
		$timely = self::newest_words( $input, static fn ( $payload ) => abs( $payload->time - $input->at_ms ) <= DGOS_Limits::VOTES_SPAN_MS );
		$votes  = self::within_span( array_filter( $timely, static fn ( $word ) => $is_vote( $word->payload ) ) );
		$all    = self::by_seats( $input, $votes, $words );
		if ( $all->has_quorum ) {
			return $all;
		}
		// One voter that reaches a mirror which the others do not would else keep its seat empty for ever.
		$most = self::by_seats( $input, self::agreeing( $input, $votes, $words ), $words );
		return $most->has_quorum ? $most : $all;
	}

	/** Counts the votes that have a seat; a vote without one says nobody absent either, so all is counted again without it. */
	private static function by_seats( stdClass $input, array $votes, array $words ): stdClass {
		$time_ms   = self::lower_median( $votes );
		$is_absent = static fn ( $member ) => $votes && self::is_silent( $member, $words, $time_ms ) && count( $votes ) === count( self::listing( $member, $votes ) );
		$seats     = array_fill_keys( array_column( DGOS_Seats::seated( $input->seating, $is_absent ), 'operator' ), true );
		$good      = array_filter( $votes, static fn ( $vote ) => isset( $seats[ $input->roster->member_of( $vote->payload->key )->operator ] ) );
		if ( count( $good ) < count( $votes ) ) {
			return self::by_seats( $input, self::within_span( $good ), $words );
		}
		$seating = $input->seating;
		$n       = count( array_unique( array_column( $seating->mirrors, 'operator' ) ) ) + $seating->strangers;
		$needed  = self::votes_needed( $n, count( $seats ) + $seating->strangers );
		return (object) array(
			'has_quorum' => count( $votes ) >= $needed,
			'votes'      => $votes,
			'absent'     => DGOS_Bytes::ids( array_filter( array_merge( $seating->mirrors, $seating->stand_ins ), $is_absent ) ),
			'needed'     => $needed,
			'time_ms'    => $time_ms,
		);
	}

	/** Votes that list every silent mirror which most of them list. */
	private static function agreeing( stdClass $input, array $votes, array $words ): array {
		$time_ms = self::lower_median( $votes );
		foreach ( $input->seating->mirrors as $mirror ) {
			if ( self::is_silent( $mirror, $words, $time_ms ) && 2 * count( self::listing( $mirror, $votes ) ) > count( $votes ) ) {
				$doubted[] = $mirror;
			}
		}
		foreach ( $doubted ?? array() as $mirror ) {
			$votes = self::listing( $mirror, $votes );
		}
		return self::within_span( $votes );
	}

	private static function is_silent( stdClass $member, array $words, int $time_ms ): bool {
		$word = $words[ $member->operator ] ?? null;
		return ( null === $word ? 0 : $word->payload->time ) <= $time_ms - DGOS_Limits::OBSERVATION_FRESH_MS;
	}

	/** Votes of those who cannot reach a member. */
	private static function listing( stdClass $member, array $votes ): array {
		return array_filter( $votes, static fn ( $vote ) => array_intersect( array( $member->id, $member->key ), $vote->payload->unreachable ) );
	}

	/** The newest word of each operator that may have a seat. A later word replaces an earlier vote. */
	private static function newest_words( stdClass $input, ?callable $is_meant = null ): array {
		$ids    = array_fill_keys( DGOS_Bytes::ids( array_merge( $input->seating->mirrors, $input->seating->stand_ins ) ), true );
		$newest = array();
		foreach ( $input->observations as $observation ) {
			$member = $input->roster->member_of( $observation->payload->key );
			if ( $observation->payload->blog !== $input->blog || null === $member || ! isset( $ids[ $member->id ] ) ) {
				continue;
			}
			if ( null !== $is_meant && ! $is_meant( $observation->payload ) ) {
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
}
