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
 * As activation/watch/verdict.ts.
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

	/** Counts the votes about every blog that this member mirrors and of which something bad is known: a stand-in votes alone. */
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

	private function consider( DGOS_Blog_Objects $blog ): void {
		$roster   = $this->ledger->roster();
		$now      = $this->clock->now_ms();
		$seating  = DGOS_Seats::current( $blog, $roster, $now );
		$self     = $this->keys->get( 'member' )->key;
		$turns    = DGOS_Bytes::ids( array_merge( $seating->mirrors, $seating->stand_ins ) );
		if ( ! in_array( $self, $turns, true ) ) {
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
		$rank     = (int) array_search( $self, array_values( array_diff( $turns, $count->absent ) ), true );
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
