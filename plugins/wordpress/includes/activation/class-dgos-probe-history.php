<?php
/**
 * What one watcher makes of its own probes. Three failures in a row, or seven of the last ten (half alive under attack),
 * are a vote; one good look takes back the first, three in a row the second. One failure is only a warning.
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
		$failing  = self::run( $looks, static fn ( $look ) => 'up' !== $look[1] );
		$good     = self::run( $looks, static fn ( $look ) => 'up' === $look[1] && $look[0] > $at_ms - self::GOOD_MS );
		$failures = array_values( array_filter( $looks, static fn ( $look ) => 'up' !== $look[1] ) );
		$half     = count( $failures ) >= self::FAILURES_OF_TEN && $good < self::GOOD_IN_ROW;
		$bad      = $failing > 0 || $half;
		$now      = $bad ? self::bad_state( $failing > 0 ? array_slice( $looks, -$failing ) : $failures ) : 'up';
		$same     = null !== $before && ( 'up' === $before['state'] ) === ( 'up' === $now );
		return array(
			'looks'   => $looks,
			'state'   => $now,
			'reason'  => $bad ? $failures[ count( $failures ) - 1 ][2] : $reason,
			'since'   => $same ? $before['since'] : $at_ms,
			'probes'  => $bad ? max( $failing, $half ? count( $failures ) : 0 ) : max( $good, 1 ),
			'vote'    => $bad ? $failing >= self::FAILURES_IN_ROW || $half : $good >= self::GOOD_IN_ROW,
			'failing' => $failing,
		);
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
