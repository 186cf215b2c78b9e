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
 * As server/wake.ts on the other side.
 */
final class DGOS_Wake {

	const PAUSE_MS = 20000;
	/** A wake that died keeps others away for so long: a name's look-up may last longer than a pause, and nobody can end it. */
	const LOCK_MS = 60000;
	/** The promise is a second; the last step may end later than it should on a busy host. */
	const WORK_MS = 850;
	/** Where a signature takes a while, more is left for the last step. */
	const WORK_MS_SLOW = 700;
	/** A step, and each blog within it, is not begun with less than this. */
	const STEP_MS = 80;
	/** Bytes that a wake may use beside what WordPress had taken when it began. */
	const MEMORY_BYTES = 48 * 1048576;
	const CRON         = 'dgos_wake';

	/**
	 * The parts.
	 *
	 * @var DGOS_Plugin
	 */
	private $plugin;

	/** Over the parts of this member. */
	public function __construct( DGOS_Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/** True where the call was followed; false where the last one is too near, or this member has not joined. */
	public function called(): bool {
		if ( ! $this->plugin->settings()->get( 'joined' ) || ! $this->plugin->meta()->lock( 'wake', self::paced( self::LOCK_MS ) ) ) {
			return false;
		}
		$from = $this->plugin->clock()->running_ms();
		$this->work( self::work_ms() );
		$took = $this->plugin->clock()->running_ms() - $from;
		// One that took long is followed by as long a rest.
		$this->plugin->meta()->set( 'wake', 1, max( self::pause_ms() - $took, $took ) );
		return true;
	}

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

	/** Goes through the steps, from the one where the last wake ended. */
	public function work( int $ms ): void {
		$clock = $this->plugin->clock();
		$until = $clock->running_ms() + $ms;
		$bytes = memory_get_usage() + self::MEMORY_BYTES;
		$steps = array_merge( array( array( $this, 'due' ), array( $this, 'send' ) ), $this->steps() );
		$count = count( $steps );
		$first = (int) $this->plugin->meta()->get( 'wake_step', 0 );
		$this->plugin->peers()->set_deadline( $until );
		$done = 0;
		for ( ; $done < $count; $done++ ) {
			if ( $clock->running_ms() + self::STEP_MS > $until || memory_get_usage() > $bytes ) {
				break;
			}
			try {
				call_user_func( $steps[ ( $first + $done ) % $count ] );
			} catch ( Throwable $error ) {
				do_action( 'dgos_failed', 'wake', $error );
			}
		}
		$this->plugin->meta()->set( 'wake_step', ( $first + $done ) % $count );
		$this->plugin->meta()->set(
			'wake_last',
			array(
				'at'    => $clock->now_ms(),
				'ms'    => $clock->running_ms() - $until + $ms,
				'steps' => $done,
				'bytes' => memory_get_peak_usage(),
			)
		);
		$this->plugin->peers()->set_deadline( null );
	}

	/** Objects whose time has come. */
	public function due(): void {
		foreach ( DGOS_Object_Gate::due( $this->plugin->meta(), $this->plugin->clock()->now_ms() ) as $one ) {
			$this->plugin->ledger()->accept( (string) wp_json_encode( $one['envelope'] ), $one['via'] );
		}
	}

	/** What waits to be sent. */
	public function send(): void {
		$this->plugin->outbox()->flush( $this->plugin->clock()->running_ms() + (int) ( $this->plugin->peers()->left_ms() / 2 ) );
	}

	/** Old small values, old copies, bytes that nothing names. */
	public function sweep(): void {
		if ( $this->plugin->meta()->lock( 'sweep_values', DGOS_Post_Acceptance::HOUR_MS ) ) {
			$this->plugin->meta()->sweep();
		}
		$this->plugin->blob_keeper()->sweep();
	}

	private function steps(): array {
		$steps = array(
			array( $this->plugin->watch(), 'look' ),
			array( $this->plugin->verdict(), 'consider_all' ),
			array( $this->plugin->blob_keeper(), 'tick' ),
			array( $this->plugin->attestor(), 'tick' ),
			array( $this->plugin->gossip(), 'round' ),
			array( $this->plugin->checkpoints(), 'tick' ),
			array( $this->plugin->membership(), 'keep' ),
			array( $this->plugin->audits(), 'tick' ),
			array( $this->plugin->quotas(), 'tick' ),
			array( $this, 'sweep' ),
		);
		return (array) apply_filters( 'dgos_wake_steps', $steps );
	}
}
