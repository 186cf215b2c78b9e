<?php
/**
 * What one watcher makes of its own probes. Three failures in a row, or seven of the last ten (half alive under attack),
 * are a vote; one good look takes back the first, three in a row the second. One failure is only a warning. A look that met
 * a wall (`defended`) is no failure and no good look; a flood that lasts is a vote of its own kind.
 *
 * A history is {looks (oldest first, at most ten: [at_ms, state, reason]), state, reason, since, probes, vote, failing}.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as activation/watch/probe-history.ts.
 */
final class DGOS_Probe_History {

	const LOOKS_MAX       = 10;
	const FAILURES_IN_ROW = 3;
	const FAILURES_OF_TEN = 7;
	const GOOD_IN_ROW     = 3;
	/** Looks older than this say nothing about now. */
	const LOOKS_MS = 1200000;
	/** Good looks that count together lie within this. */
	const GOOD_MS = 300000;

	/** The history after one more look. `$before` is null at the first. */
	public static function with( ?array $before, int $at_ms, string $state, string $reason ): array {
		$looks    = array_filter( $before['looks'] ?? array(), static fn ( $look ) => $look[0] > $at_ms - self::LOOKS_MS );
		$looks[]  = array( $at_ms, $state, $reason );
		$looks    = array_slice( array_values( $looks ), -self::LOOKS_MAX );
		$failing  = self::run( $looks, static fn ( $look ) => self::is_failure( $look[1] ) );
		$calm     = self::run( $looks, static fn ( $look ) => ! self::is_failure( $look[1] ) && $look[0] > $at_ms - self::GOOD_MS );
		$failures = array_values( array_filter( $looks, static fn ( $look ) => self::is_failure( $look[1] ) ) );
		$half     = count( $failures ) >= self::FAILURES_OF_TEN && $calm < self::GOOD_IN_ROW;
		$bad      = $failing > 0 || $half;
		$now      = $bad ? self::bad_state( $failing > 0 ? array_slice( $looks, -$failing ) : $failures ) : $state;
		$why      = $bad ? $failures[ count( $failures ) - 1 ][2] : $reason;
		$sort     = self::sort_of( $now, $why );
		$since    = null !== $before && self::sort_of( $before['state'], $before['reason'] ) === $sort ? $before['since'] : $at_ms;
		$alike    = self::run( $looks, static fn ( $look ) => self::sort_of( $look[1], $look[2] ) === $sort && $look[0] > $at_ms - self::GOOD_MS );
		$lasting  = 'flooded' === $sort && $at_ms - $since >= DGOS_Limits::FLOODED_IS_DOWN_MS;
		return array(
			'looks'   => $looks,
			'state'   => $now,
			'reason'  => $why,
			'since'   => $since,
			'probes'  => $bad ? max( $failing, $half ? count( $failures ) : 0 ) : max( $alike, 1 ),
			'vote'    => $bad ? $failing >= self::FAILURES_IN_ROW || $half : $lasting || ( 'up' === $now && $alike >= self::GOOD_IN_ROW ),
			'failing' => $failing,
		);
	}

	/** Whether a state counts against the blog. */
	public static function is_failure( string $state ): bool {
		return 'down' === $state || 'changed' === $state;
	}

	/** What goes on as one: failures of all sorts, walls of all sorts, a flood, and good looks. */
	private static function sort_of( string $state, string $reason ): string {
		if ( self::is_failure( $state ) ) {
			return 'failing';
		}
		return 'defended' === $state && DGOS_Quorum::FLOODED === $reason ? 'flooded' : $state;
	}

	/** The history of a watcher that has found itself ill: only the newest look stays, as a warning. */
	public static function after_illness( array $history ): array {
		$last = $history['looks'][ count( $history['looks'] ) - 1 ];
		return self::with( null, $last[0], $last[1], $last[2] );
	}

	/** A run is `down` where its newest looks found nothing there; one that mostly found another page is `changed`. */
	private static function bad_state( array $run ): string {
		foreach ( array_slice( $run, -self::FAILURES_IN_ROW ) as $look ) {
			if ( 'down' !== $look[1] ) {
				return 'changed';
			}
		}
		return 'down';
	}

	private static function run( array $looks, callable $holds ): int {
		$run = 0;
		while ( $run < count( $looks ) && $holds( $looks[ count( $looks ) - 1 - $run ] ) ) {
			++$run;
		}
		return $run;
	}
}
