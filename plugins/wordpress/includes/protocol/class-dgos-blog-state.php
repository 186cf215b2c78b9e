<?php
/**
 * The state of a blog: derived from its objects at a moment, never stored, the same in Node, PHP and browsers.
 *
 *   up -> suspected   the newest probe of one of its watchers failed, within five minutes; readers still go home
 *      -> down        the author's word, or the watchers' verdict; the newest unexpired word wins, the author's outranks
 *      -> returning   the verdict says up again and posts wait for their import, at most 48 hours
 *      -> up          also at once when the author says that it is over
 *
 * Declarations were authorised and their votes verified when they were accepted; here only what can change later is looked
 * at again: revocation and time.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * A state is a stdClass {state, since, by, declaration, disputed, exercise, until, distrustSince, show, unimported}.
 */
final class DGOS_Blog_State {

	const WELL = array(
		'state'       => 'up',
		'since'       => null,
		'by'          => null,
		'declaration' => null,
		'disputed'    => false,
		'exercise'    => false,
		'until'       => null,
	);

	/** The state at `$now_ms`. A blog without a valid root is up: nobody may speak for it. */
	public static function of( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): stdClass {
		$roles  = DGOS_Key_Roles::of( $blog );
		$common = array(
			'distrustSince' => null,
			'show'          => null,
			'unimported'    => array(),
		);
		if ( null === $roles ) {
			return (object) ( self::WELL + $common );
		}
		$distrusted = DGOS_Heads::distrust_since( $blog, $roles );

		$common['distrustSince'] = PHP_INT_MAX === $distrusted ? null : $distrusted;
		foreach ( DGOS_Posts::shown( $blog, $now_ms ) as $post ) {
			if ( ! $post->withdrawn && null === $post->importedAt ) {
				$common['unimported'][] = $post->id;
			}
		}
		$words   = self::good_words( $blog, $roles, $now_ms );
		$author  = self::last( $words, static fn ( $word ) => 'author' === $word->payload->by );
		$over    = self::lasts( $author, $now_ms ) && 'over' === $author->payload->state ? $author : null;
		$heard   = null === $over ? $words : array_filter( $words, static fn ( $word ) => ! self::is_silenced( $word, $over ) );
		$lasting = self::lasting_word( self::lasts( $author, $now_ms ) ? $author : null, $heard, $now_ms );
		if ( null !== $lasting && 'down' === $lasting->payload->state ) {
			return (object) ( self::down_by( $lasting, $words, $blog, $roster, $roles, $now_ms ) + $common );
		}
		$after = self::after_outage( $heard, $author, $common['unimported'], $roles, $now_ms );
		$doubt = 'returning' === $after['state'] ? null : self::suspicion( $blog, $roster, $now_ms, $after['since'] ?? 0 );
		if ( null !== $doubt ) {
			$after = array(
				'state' => 'suspected',
				'since' => $doubt,
			) + self::WELL;
		}
		return (object) ( $after + $common );
	}

	/** The word that decides: the author's while it lasts, unless watchers have contradicted its "over" since. */
	private static function lasting_word( ?stdClass $author, array $heard, int $now_ms ): ?stdClass {
		$quorum = self::last( $heard, static fn ( $object ) => 'quorum' === $object->payload->by );
		if ( ! self::lasts( $quorum, $now_ms ) || null === $author ) {
			return self::lasts( $quorum, $now_ms ) ? $quorum : $author;
		}
		$contradicts = 'over' === $author->payload->state && 'down' === $quorum->payload->state && DGOS_Bytes::by_time( $quorum, $author ) > 0;
		return $contradicts ? $quorum : $author;
	}

	/**
	 * While the author's "over" lasts, watchers who still see the outage it ended are not heard, for an hour at most: an
	 * outage that began after it is another one, and a host that stays away proves the author too hopeful.
	 */
	private static function is_silenced( stdClass $declaration, stdClass $over ): bool {
		$word = $declaration->payload;
		if ( 'quorum' !== $word->by || 'down' !== $word->state || DGOS_Bytes::by_time( $declaration, $over ) <= 0 ) {
			return false;
		}
		return $word->time < $over->payload->time + DGOS_Limits::OVER_SILENCES_MS && ( self::median_since( $declaration ) ?? 0 ) <= $over->payload->time;
	}

	/** Words whose signer may still say them, in order of time. */
	private static function good_words( DGOS_Blog_Objects $blog, DGOS_Key_Roles $roles, int $now_ms ): array {
		$words = array_filter(
			$blog->declaration,
			static fn ( $declaration ) => $declaration->payload->time <= $now_ms + DGOS_Limits::AHEAD_MS_MAX && self::may_say( $declaration->payload, $roles )
		);
		usort( $words, array( 'DGOS_Bytes', 'by_time' ) );
		return $words;
	}

	private static function may_say( stdClass $word, DGOS_Key_Roles $roles ): bool {
		if ( 'quorum' === $word->by ) {
			return $word->until <= $word->time + DGOS_Limits::QUORUM_UNTIL_MS;
		}
		if ( $roles->is_posting( $word->key ) ) {
			return $word->until <= $word->time + DGOS_Limits::AUTHOR_UNTIL_MS_MAX;
		}
		return $word->until <= $word->time + DGOS_Limits::DELEGATED_UNTIL_MS_MAX
			&& null !== $roles->delegated( $word->key, 'declaration', $word->time );
	}

	private static function last( array $words, callable $is ): ?stdClass {
		$found = null;
		foreach ( $words as $word ) {
			$found = $is( $word ) ? $word : $found;
		}
		return $found;
	}

	private static function lasts( ?stdClass $word, int $now_ms ): bool {
		return null !== $word && $word->payload->until > $now_ms;
	}

	private static function down_by( stdClass $word, array $words, DGOS_Blog_Objects $blog, DGOS_Roster $roster, DGOS_Key_Roles $roles, int $now_ms ): array {
		$payload = $word->payload;
		$since   = self::beginning( $word, $words );
		return array(
			'state'       => 'down',
			'since'       => $since,
			'by'          => $payload->by,
			'declaration' => $word,
			'disputed'    => 'quorum' === $payload->by && ( self::is_outweighed( $word, $blog, $roster, $roles, $now_ms ) || self::is_disputed( $word, $since, $blog, $roster, $roles, $now_ms ) ),
			'exercise'    => true === ( $payload->exercise ?? null ),
			'until'       => $payload->until,
			'show'        => $payload->show ?? null,
		);
	}

	/** When an outage began: its first word in a row of words that touch, for a verdict what the median of its votes says. */
	private static function beginning( stdClass $word, array $words ): int {
		$first = $word;
		foreach ( array_reverse( $words ) as $object ) {
			if ( $object->payload->time > $first->payload->time || $object === $first ) {
				continue;
			}
			if ( 'over' === $object->payload->state || $object->payload->until < $first->payload->time ) {
				break;
			}
			$first = $object;
		}
		return min( $first->payload->time, self::median_since( $first ) ?? $first->payload->time );
	}

	/** The lower median of what the votes of a verdict say; null without votes. */
	private static function median_since( stdClass $word ): ?int {
		$seen = array();
		foreach ( self::votes_of( $word ) as $vote ) {
			$seen[] = min( $vote->payload->since, $vote->payload->time );
		}
		sort( $seen );
		return $seen[ ( count( $seen ) - 1 ) >> 1 ] ?? null;
	}

	private static function votes_of( stdClass $word ): array {
		return array_map( static fn ( $vote ) => DGOS_Envelope::reopen( '', $vote ), $word->payload->votes ?? array() );
	}

	/** Returning or up, after whatever words there were. */
	private static function after_outage( array $words, ?stdClass $author, array $unimported, DGOS_Key_Roles $roles, int $now_ms ): array {
		$fall = self::last( $words, static fn ( $word ) => 'down' === $word->payload->state );
		if ( null === $fall ) {
			return self::WELL;
		}
		$ended = null;
		foreach ( $words as $object ) {
			if ( null === $ended && 'over' === $object->payload->state && DGOS_Bytes::by_time( $object, $fall ) > 0 ) {
				$ended = $object;
			}
		}
		$since   = null === $ended ? $fall->payload->until : min( $ended->payload->time, $fall->payload->until );
		$is_over = null !== $author && 'over' === $author->payload->state && DGOS_Bytes::by_time( $author, $fall ) > 0;
		$waits   = isset( $roles->root()->online ) && $unimported && $now_ms < $since + DGOS_Limits::RETURNING_MS_MAX;
		if ( $is_over || ! $waits || true === ( $fall->payload->exercise ?? null ) ) {
			return array( 'since' => $since ) + self::WELL;
		}
		$declaration = $ended ?? $fall;
		return array(
			'state'       => 'returning',
			'since'       => $since,
			'by'          => $declaration->payload->by,
			'declaration' => $declaration,
			'until'       => $declaration->payload->until,
		) + self::WELL;
	}

	/** Whether readers stay with the mirrors. A blog that is only suspected still has them sent home. */
	public static function is_away( stdClass $state ): bool {
		return in_array( $state->state, array( 'down', 'returning' ), true );
	}

	/**
	 * When the earliest of the present doubts began; null where every watcher's newest fresh word is good, or there is none.
	 * Watchers alone can doubt: a guest, or a member that has nothing to do with the blog, would else open doors by one word.
	 */
	private static function suspicion( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms, int $settled_ms ): ?int {
		$newest   = array();
		$watchers = null;
		foreach ( $blog->observation as $observation ) {
			$time = $observation->payload->time;
			if ( $time <= max( $settled_ms, $now_ms - DGOS_Limits::OBSERVATION_FRESH_MS ) || $time > $now_ms + DGOS_Limits::AHEAD_MS_MAX ) {
				continue;
			}
			$watchers = $watchers ?? DGOS_Watchers::doubters( $blog, $roster, $now_ms );
			$watcher  = $roster->member_of( $observation->payload->key )->id ?? '';
			if ( ! isset( $watchers[ $watcher ] ) ) {
				continue;
			}
			$before = $newest[ $watcher ] ?? null;
			if ( null === $before || $before->payload->time < $time ) {
				$newest[ $watcher ] = $observation;
			}
		}
		$doubt = null;
		foreach ( $newest as $object ) {
			if ( in_array( $object->payload->state, array( 'down', 'changed' ), true ) ) {
				$began = min( $object->payload->since, $object->payload->time );
				$doubt = null === $doubt ? $began : min( $doubt, $began );
			}
		}
		return $doubt;
	}

	/** Seats that were called absent have spoken, and without them the votes fall short. */
	private static function is_outweighed( stdClass $word, DGOS_Blog_Objects $blog, DGOS_Roster $roster, DGOS_Key_Roles $roles, int $now_ms ): bool {
		$own   = DGOS_Authority::own_operators( $roles, $roster );
		$votes = self::votes_of( $word );
		foreach ( DGOS_Heads::at( $blog, $word->payload->time, $now_ms ) as $head ) {
			if ( DGOS_Quorum::outweighs( $word, DGOS_Seats::of( $head->payload, $own, $roster ), $roster, $votes, $blog->observation ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Two operators that gave no vote have each fetched the blog's signed life twice, at least 60 s apart, since the outage
	 * began and within the last half hour. A life that both show counts for neither.
	 */
	private static function is_disputed( stdClass $word, int $since, DGOS_Blog_Objects $blog, DGOS_Roster $roster, DGOS_Key_Roles $roles, int $now_ms ): bool {
		$voters = array();
		foreach ( self::votes_of( $word ) as $vote ) {
			$member = $roster->member_of( $vote->payload->key );
			if ( null !== $member ) {
				$voters[ $member->operator ] = true;
			}
		}
		$seen = array();
		foreach ( $blog->observation as $observation ) {
			$payload = $observation->payload;
			$life    = isset( $payload->life ) ? DGOS_Envelope::reopen( '', $payload->life )->payload : null;
			$watcher = $roster->member_of( $payload->key );
			if ( null === $life || null === $watcher || 'full' !== $watcher->standing || isset( $voters[ $watcher->operator ] ) ) {
				continue;
			}
			if ( $life->blog !== $blog->blog || ! isset( $life->nonce ) || ! $roles->is_online( $life->key ) ) {
				continue;
			}
			if ( $payload->time > max( $since, $now_ms - DGOS_Limits::QUORUM_UNTIL_MS ) && $payload->time <= $now_ms + DGOS_Limits::AHEAD_MS_MAX ) {
				$seen[ $watcher->operator ][ $life->nonce ] = $payload->time;
			}
		}
		$watchers = array_values( $seen );
		foreach ( $watchers as $i => $object ) {
			foreach ( array_slice( $watchers, $i + 1 ) as $other ) {
				if ( self::lasts_without( $object, $other ) && self::lasts_without( $other, $object ) ) {
					return true;
				}
			}
		}
		return false;
	}

	private static function lasts_without( array $own, array $other ): bool {
		$times = array_diff_key( $own, $other );
		return $times && max( $times ) - min( $times ) >= DGOS_Limits::LIVES_APART_MS;
	}
}
