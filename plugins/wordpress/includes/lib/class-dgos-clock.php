<?php
/**
 * The clock, handed in: tests hand in one that they turn themselves.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Milliseconds since 1970 UTC, as all times of the protocol.
 */
class DGOS_Clock {

	/** What time it is. */
	public function now_ms(): int {
		return (int) floor( microtime( true ) * 1000 );
	}

	/** Milliseconds of a clock that only runs forward: for measuring how long something has taken. */
	public function running_ms(): int {
		return intdiv( hrtime( true ), 1000000 );
	}
}
