<?php
/**
 * The verdict: what the watchers' stored words amount to, made into a declaration that carries its own evidence. Watchers
 * declare one after the other in the order of the mirror list; a member without a timer speaks at the first wake after
 * its turn has come, if nobody has yet.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/watch/{verdict,verdict-policy}.ts.
 */
final class DGOS_Verdict {

	/** Pause between the watchers' turns to declare. */
	const TURN_MS = 5000;
	/** A standing declaration is renewed when it has less than this to go. */
	const RENEW_BEFORE_MS = 900000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Quiet_Blogs */
	private $quiet_blogs;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Paged_Work */
	private $paged_work;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Blog_Mirrors $blog_mirrors, DGOS_Quiet_Blogs $quiet_blogs, DGOS_Keys $keys, DGOS_Paged_Work $paged_work, DGOS_Clock $clock ) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->quiet_blogs  = $quiet_blogs;
		$this->keys         = $keys;
		$this->paged_work   = $paged_work;
		$this->clock        = $clock;
	}

	/** Counts the votes about every blog that this member watches and of which something bad is known. */
	public function consider_all(): void {
		$this->paged_work->over(
			'verdict',
			$this->blog_mirrors->kept_by( $this->keys->get( 'member' )->key ),
			function ( string $id ): void {
				if ( ! $this->quiet_blogs->is_quiet( $id ) ) {
					$this->consider( $this->ledger->blog( $id ) );
				}
			}
		);
	}

	/** Pure: 'none', 'declare', 'renew' or 'lift'. `$standing` is the newest unexpired word of the quorum, or null. */
	public static function decide( ?stdClass $standing, stdClass $down, stdClass $up, int $now_ms ): string {
		if ( null === $standing || 'down' !== $standing->payload->state ) {
			return $down->has_quorum && $down->time_ms > ( null === $standing ? 0 : $standing->payload->time ) ? 'declare' : 'none';
		}
		if ( $up->has_quorum && $up->time_ms > $standing->payload->time ) {
			return 'lift';
		}
		$ageing = $standing->payload->until - $now_ms < self::RENEW_BEFORE_MS;
		return $ageing && $down->has_quorum && $down->time_ms > $standing->payload->time ? 'renew' : 'none';
	}

	/** The local rule: mirrors that voters call unreachable and that have spoken here are not absent. */
	public function policy( ?DGOS_Refused $refusal, stdClass $object, ?DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		if ( null !== $refusal || null === $blog || 'declaration' !== $object->kind || 'quorum' !== $object->payload->by ) {
			return $refusal;
		}
		$roster   = $this->ledger->roster();
		$time     = $object->payload->time;
		$votes    = array_map( static fn ( $vote ) => DGOS_Envelope::reopen( '', $vote )->payload, $object->payload->votes ?? array() );
		$voters   = array_map( static fn ( $vote ) => $roster->member_of( $vote->key )->operator ?? '', $votes );
		$watchers = DGOS_Watchers::of( $blog, $roster, $time );
		$heard    = array();
		foreach ( $blog->observation as $observation ) {
			if ( abs( $observation->payload->time - $time ) < DGOS_Limits::OBSERVATION_FRESH_MS ) {
				$heard[] = $roster->member_of( $observation->payload->key )->id ?? '';
			}
		}
		$called = 0;
		$absent = 0;
		foreach ( $watchers as $member ) {
			$by_all  = ! in_array( $member->operator, $voters, true ) && ! array_filter( $votes, static fn ( $vote ) => ! in_array( $member->id, $vote->unreachable, true ) );
			$called += $by_all ? 1 : 0;
			$absent += $by_all && ! in_array( $member->id, $heard, true ) ? 1 : 0;
		}
		if ( $absent === $called || count( $votes ) >= DGOS_Quorum::votes_needed( count( $watchers ), count( $watchers ) - $absent ) ) {
			return null;
		}
		return DGOS_Codes::refuse( 'NO_QUORUM', 'mirrors called unreachable have spoken here' );
	}

	private function consider( DGOS_Blog_Objects $blog ): void {
		$roster   = $this->ledger->roster();
		$now      = $this->clock->now_ms();
		$seating  = DGOS_Seats::current( $blog, $roster, $now );
		$rank     = array_search( $this->keys->get( 'member' )->key, DGOS_Bytes::ids( array_merge( $seating->mirrors, $seating->stand_ins ) ), true );
		if ( false === $rank ) {
			return;
		}
		$input = (object) array(
			'seating'      => $seating,
			'blog'         => $blog->blog,
			'observations' => $blog->observation,
			'at_ms'        => $now,
			'roster'       => $roster,
		);

		$down     = DGOS_Quorum::down_verdict( $input );
		$up       = DGOS_Quorum::up_verdict( $input );
		$decision = self::decide( $this->standing( $blog ), $down, $up, $now );
		$count    = 'lift' === $decision ? $up : $down;
		if ( 'none' === $decision || $now - $count->time_ms < $rank * self::TURN_MS ) {
			return;
		}
		$this->ledger->publish(
			'declaration',
			array(
				'blog'  => $blog->blog,
				'state' => 'lift' === $decision ? 'over' : 'down',
				'by'    => 'quorum',
				'time'  => $count->time_ms,
				'until' => $count->time_ms + DGOS_Limits::QUORUM_UNTIL_MS,
				'votes' => array_column( $count->votes, 'envelope' ),
			),
			'member'
		);
	}

	/** The quorum's newest unexpired word. */
	private function standing( DGOS_Blog_Objects $blog ): ?stdClass {
		$now   = $this->clock->now_ms();
		$words = array_filter( $blog->declaration, static fn ( $declaration ) => 'quorum' === $declaration->payload->by && $declaration->payload->until > $now );
		usort( $words, array( 'DGOS_Bytes', 'by_time' ) );
		return $words ? $words[ count( $words ) - 1 ] : null;
	}
}
