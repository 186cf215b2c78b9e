<?php
/**
 * The work of a member without a timer. Somebody calls (an active member, WP-Cron, an admin who looks), at most once in
 * twenty seconds something is done, for at most a second, by one request at a time:
 *
 *   send what waits · probe one blog · count votes · pull missing bytes · attest · reconcile · checkpoints · own record · audit · quotas · sweep
 *
 * A step begins only while there is time, and the step that had no time comes first at the next wake.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/wake.ts on the other side.
 */
final class DGOS_Wake {

	/** A wake that died keeps others away for so long: a name's look-up may last longer than a pause, and nobody can end it. */
	const LOCK_MS = 60000;
	/** Bytes that a wake may use beside what WordPress had taken when it began. */
	const MEMORY_BYTES = 48 * 1048576;
	const CRON         = 'dgos_wake';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $steps;
	// phpcs:enable

	/**
	 * What a wake works within.
	 *
	 * @param DGOS_Settings $settings Whether this member has joined.
	 * @param DGOS_Deadline $deadline What steps look at.
	 * @param DGOS_Meta     $meta     Which step comes next.
	 * @param DGOS_Clock    $clock    Measures.
	 * @param callable      $steps    fn(): callable[], the steps of all parts.
	 */
	public function __construct( DGOS_Settings $settings, DGOS_Deadline $deadline, DGOS_Meta $meta, DGOS_Clock $clock, callable $steps ) {
		$this->settings = $settings;
		$this->deadline = $deadline;
		$this->meta     = $meta;
		$this->clock    = $clock;
		$this->steps    = $steps;
	}

	/** True where the call was followed; false where the last one is too near, or this member has not joined. */
	public function called(): bool {
		if ( ! $this->settings->get( 'joined' ) || ! $this->meta->lock( 'wake', DGOS_Wake_Pace::paced( self::LOCK_MS ) ) ) {
			return false;
		}
		$from = $this->clock->running_ms();
		$this->work( DGOS_Wake_Pace::work_ms() );
		$took = $this->clock->running_ms() - $from;
		// One that took long is followed by as long a rest.
		$this->meta->set( 'wake', 1, max( DGOS_Wake_Pace::pause_ms() - $took, $took ) );
		return true;
	}

	/** Goes through the steps, from the one where the last wake ended. */
	public function work( int $ms ): void {
		$until = $this->clock->running_ms() + $ms;
		$bytes = memory_get_usage() + self::MEMORY_BYTES;
		$steps = call_user_func( $this->steps );
		$count = count( $steps );
		$first = (int) $this->meta->get( 'wake_step', 0 );
		$this->deadline->set( $until );
		$done = 0;
		for ( ; $done < $count; $done++ ) {
			if ( $this->clock->running_ms() + DGOS_Wake_Pace::STEP_MS > $until || memory_get_usage() > $bytes ) {
				break;
			}
			try {
				call_user_func( $steps[ ( $first + $done ) % $count ] );
			} catch ( Throwable $error ) {
				do_action( 'dgos_failed', 'wake', $error );
			}
		}
		$this->meta->set( 'wake_step', ( $first + $done ) % $count );
		$this->meta->set(
			'wake_last',
			array(
				'at'    => $this->clock->now_ms(),
				'ms'    => $this->clock->running_ms() - $until + $ms,
				'steps' => $done,
				'bytes' => memory_get_peak_usage(),
			)
		);
		$this->deadline->set( null );
	}
}
