<?php
/**
 * Which part of the member hears of what: stored objects, local rules, and calls to work.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only.
 */
final class DGOS_Member_Hooks {

	/** After the answer of one request so much time goes into sending what was born in it. */
	const AFTER_MS = 2500;

	/** Says what this part hears of, and when. */
	public function add_hooks(): void {
		add_action( 'dgos_stored', array( $this, 'stored' ), 10, 2 );
		add_filter( 'dgos_policy', array( $this, 'policy' ), 10, 3 );
		add_action( 'shutdown', array( $this, 'send' ) );
		add_action( DGOS_Wake::CRON, array( $this, 'wake' ) );
		add_action( 'dgos_joined', array( $this, 'plan' ) );
		add_action( 'dgos_deactivated', array( $this, 'stop' ) );
		add_action( 'dgos_failed', static fn ( string $part, Throwable $error ) => DGOS_Plugin::instance()->failures()->keep( $part, $error ), 10, 2 );
	}

	/** What is derived of objects first: the others read it. */
	public function stored( stdClass $object, string $via ): void {
		$plugin = DGOS_Plugin::instance();
		$plugin->derived_values()->stored( $object );
		$plugin->blog_mirrors()->stored( $object );
		$plugin->quiet_blogs()->stored( $object );
		$plugin->live_sets()->stored( $object );
		$plugin->refusals()->stored( $object );
		$plugin->outages()->stored( $object );
		$plugin->blob_keeper()->stored( $object );
		$plugin->attestor()->stored( $object );
		$plugin->checkpoints()->stored( $object );
		if ( ! $plugin->settings()->get( 'joined' ) ) {
			$plugin->membership()->heard( $object );
			return;
		}
		$plugin->post_acceptance()->stored( $object, $via );
		$plugin->outbox()->stored( $object, $via );
	}

	/** The local rules, one after the other. */
	public function policy( ?DGOS_Refused $refusal, stdClass $object, ?DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		$plugin  = DGOS_Plugin::instance();
		$refusal = $plugin->refusals()->policy( $refusal, $object, $blog );
		return $plugin->post_policy()->policy( $refusal, $object, $blog );
	}

	/** What was born in this request goes out now, after its answer. */
	public function send(): void {
		$plugin = DGOS_Plugin::instance();
		if ( $plugin->has_made( 'outbox' ) && $plugin->outbox()->is_touched() && $plugin->meta()->lock( 'sending', self::AFTER_MS ) ) {
			$until = $plugin->clock()->running_ms() + self::AFTER_MS;
			$plugin->deadline()->set( $until );
			$plugin->outbox()->flush( $until );
			$plugin->deadline()->set( null );
			$plugin->meta()->remove( 'sending' );
		}
	}

	/** WP-Cron is a bonus: it runs where the blog has visitors. */
	public function wake(): void {
		DGOS_Plugin::instance()->wake()->called();
	}

	/** Every hour WP-Cron calls too. */
	public function plan(): void {
		if ( ! wp_next_scheduled( DGOS_Wake::CRON ) ) {
			wp_schedule_event( time(), 'hourly', DGOS_Wake::CRON );
		}
	}

	/** Deactivated: no more calls. */
	public function stop(): void {
		wp_clear_scheduled_hook( DGOS_Wake::CRON );
	}
}
