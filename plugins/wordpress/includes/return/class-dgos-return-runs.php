<?php
/**
 * When the return runs: on the owner's click, on WP-CLI, and by itself while the blog is returning if the owner chose so.
 *
 * A wake may take a second, so it only asks WP-Cron for a run, and starts WP-Cron by one request to this site.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Runs, and keeps what the last one found for the screens.
 */
final class DGOS_Return_Runs {

	const EVENT = 'dgos_return';
	const SEEN  = 'return_seen';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Return_Setup */
	private $return_setup;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Return_Setup $return_setup, DGOS_Settings $settings, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger       = $ledger;
		$this->return_setup = $return_setup;
		$this->settings     = $settings;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** Whether a run should start by itself. */
	public function is_due(): bool {
		if ( ! $this->settings->get( 'return_automatic' ) ) {
			return false;
		}
		$state = $this->return_setup->state();
		return null !== $state && 'returning' === $state['state'] && array() !== $state['unimported'];
	}

	/** Asks WP-Cron for a run where one is due and none is waiting. */
	public function ask(): void {
		if ( ! $this->is_due() ) {
			return;
		}
		if ( false === wp_next_scheduled( self::EVENT ) ) {
			wp_schedule_single_event( time(), self::EVENT );
		}
		if ( ! wp_doing_cron() ) {
			spawn_cron();
		}
	}

	/** WP-Cron's run. */
	public function run_due(): void {
		if ( ! $this->is_due() ) {
			return;
		}
		$report = $this->run( DGOS_Return_Setup::CRON_MS );
		if ( ! is_wp_error( $report ) && ( 'UNFINISHED' === $report->code || array() !== $report->waiting ) ) {
			wp_schedule_single_event( time() + 60, self::EVENT );
		}
	}

	/**
	 * One run, its outcome kept.
	 *
	 * @param int $time_ms How long it may work.
	 * @return stdClass|WP_Error
	 */
	public function run( int $time_ms ) {
		$return = $this->return_setup->make( $time_ms );
		if ( is_wp_error( $return ) ) {
			return $return;
		}
		if ( function_exists( 'set_time_limit' ) ) {
			@set_time_limit( (int) ceil( $time_ms / 1000 ) + 60 ); // phpcs:ignore WordPress.PHP.NoSilencedErrors, Squiz.PHP.DiscouragedFunctions -- Hosts may forbid it; then runs are shorter.
		}
		$accept = function ( $links, $envelopes ) {
			$this->ledger->accept_all( $envelopes, 'self' );
		};
		add_action( 'dgos_imported', $accept, 10, 2 );
		try {
			$report = $return->run();
		} catch ( RuntimeException $error ) {
			return new WP_Error( 'INTERNAL', $error->getMessage() );
		} finally {
			remove_action( 'dgos_imported', $accept );
		}
		$this->keep( $report, false );
		return $report;
	}

	/**
	 * What a run would do, kept for the screen.
	 *
	 * @return stdClass|WP_Error
	 */
	public function look() {
		$return = $this->return_setup->make( DGOS_Return_Setup::CLICK_MS );
		if ( is_wp_error( $return ) ) {
			return $return;
		}
		$report = $return->dry_run();
		$this->keep( $report, true );
		return $report;
	}

	/** What was found last: {dry, at (ms), code, sources, of, withheld, confirmed, steps}; null where nobody has looked. */
	public function seen(): ?array {
		$seen = $this->meta->get( self::SEEN );
		return is_array( $seen ) ? $seen : null;
	}

	/** A sentence for people about an outcome. */
	public static function sentence( stdClass $report ): string {
		switch ( $report->code ) {
			case 'RUNNING':
				return __( 'Another import is running, or one has died within the last two minutes. Try again in two minutes.', 'dgos' );
			case 'TOO_FEW_MIRRORS':
				/* translators: 1: mirrors that answered, 2: mirrors asked */
				return sprintf( __( 'Only %1$d of %2$d mirrors answered. One alone could withhold posts unnoticed: try again later.', 'dgos' ), $report->sources, $report->of );
			case 'NOT_ALLOWED':
				return __( 'The newest root of this blog names another online key than this host has. Renew the online key with your kit, then import again.', 'dgos' );
			case 'UNFINISHED':
				return __( 'There was not time for all posts. Import again: it goes on where it stopped.', 'dgos' );
			default:
				if ( ! $report->confirmed && ! $report->waiting ) {
					return __( 'Everything is already here.', 'dgos' );
				}
				/* translators: 1: posts confirmed, 2: mirrors, 3: posts that wait */
				return sprintf( __( 'Done. %1$d posts confirmed to %2$d mirrors; %3$d wait for an image or are not public yet.', 'dgos' ), count( $report->confirmed ), $report->confirmedBy, count( $report->waiting ) );
		}
	}

	private function keep( stdClass $report, bool $is_dry ): void {
		if ( 'RUNNING' === $report->code ) {
			return;
		}
		$steps = array();
		foreach ( array_slice( $report->steps, -500 ) as $step ) {
			$steps[] = array(
				'id'        => $step->id,
				'action'    => in_array( $step->id, $report->waiting, true ) ? 'waiting' : $step->action,
				'title'     => $step->title,
				'published' => $step->published,
				'images'    => $step->images,
				'author'    => $step->author,
			);
		}
		$this->meta->set(
			self::SEEN,
			array(
				'dry'       => $is_dry,
				'at'        => $this->clock->now_ms(),
				'code'      => $report->code,
				'sources'   => $report->sources,
				'of'        => $report->of,
				'withheld'  => count( $report->withheld ),
				'confirmed' => count( $report->confirmed ),
				'steps'     => $steps,
			)
		);
	}
}
