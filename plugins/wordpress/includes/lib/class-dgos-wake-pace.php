<?php
/**
 * How often, and how long, a member without a timer works: whatever is planned between two wakes is planned by this.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Pure but for DGOS_FAST of wp-config.php.
 */
final class DGOS_Wake_Pace {

	const PAUSE_MS = 20000;
	/** The promise is a second; the last step may end later than it should on a busy host. */
	const WORK_MS = 850;
	/** Where a signature takes a while, more is left for the last step. */
	const WORK_MS_SLOW = 700;
	/** A step of a wake, and each blog within it, is not begun with less than this. */
	const STEP_MS = 80;

	/** How long this host works at a call. */
	public static function work_ms(): int {
		return DGOS_Ed25519::is_fast() ? self::WORK_MS : self::WORK_MS_SLOW;
	}

	/** DGOS_FAST in wp-config.php is for demonstrations and tests, as DGOS_FAST of Node members. */
	public static function pause_ms(): int {
		return defined( 'DGOS_FAST' ) && DGOS_FAST ? 1000 : self::PAUSE_MS;
	}

	/** A pause that is meant for wakes twenty seconds apart, in proportion to those of this site. */
	public static function paced( int $ms ): int {
		return intdiv( $ms * self::pause_ms(), self::PAUSE_MS );
	}
}
