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

	/** Hooks of this part. */
	public function add_hooks(): void {
		add_filter( 'dgos_setting_defaults', array( DGOS_Return_Setup::class, 'defaults' ) );
		add_filter( 'dgos_wake_steps', array( $this, 'add_step' ) );
		add_action( 'dgos_wake', array( $this, 'ask' ), 50, 0 );
		add_action( 'dgos_deactivated', array( $this, 'stop' ) );
		add_action( self::EVENT, array( $this, 'run_due' ), 10, 0 );
		( new DGOS_Return_Mark() )->add_hooks();
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			WP_CLI::add_command( 'dgos import', array( new DGOS_Return_Command(), 'import' ) );
		}
	}

	/**
	 * One of the things that a wake does.
	 *
	 * @param callable[] $steps Of all parts.
	 */
	public function add_step( $steps ): array {
		return array_merge( (array) $steps, array( array( $this, 'ask' ) ) );
	}

	/** Deactivated: no run is waiting any more. */
	public function stop(): void {
		wp_clear_scheduled_hook( self::EVENT );
	}

	/** Whether a run should start by itself. */
	public static function is_due(): bool {
		if ( ! DGOS_Plugin::instance()->settings()->get( 'return_automatic' ) ) {
			return false;
		}
		$state = DGOS_Return_Setup::state();
		return null !== $state && 'returning' === $state['state'] && array() !== $state['unimported'];
	}

	/** Asks WP-Cron for a run where one is due and none is waiting. */
	public function ask(): void {
		if ( ! self::is_due() ) {
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
		if ( ! self::is_due() ) {
			return;
		}
		$report = self::run( DGOS_Return_Setup::CRON_MS );
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
	public static function run( int $time_ms ) {
		$return = DGOS_Return_Setup::make( $time_ms );
		if ( is_wp_error( $return ) ) {
			return $return;
		}
		if ( function_exists( 'set_time_limit' ) ) {
			@set_time_limit( (int) ceil( $time_ms / 1000 ) + 60 ); // phpcs:ignore WordPress.PHP.NoSilencedErrors, Squiz.PHP.DiscouragedFunctions -- Hosts may forbid it; then runs are shorter.
		}
		$accept = static function ( $links, $envelopes ) {
			DGOS_Plugin::instance()->ledger()->accept_all( $envelopes, 'self' );
		};
		add_action( 'dgos_imported', $accept, 10, 2 );
		try {
			$report = $return->run();
		} catch ( RuntimeException $error ) {
			return new WP_Error( 'INTERNAL', $error->getMessage() );
		} finally {
			remove_action( 'dgos_imported', $accept );
		}
		self::keep( $report, false );
		return $report;
	}

	/**
	 * What a run would do, kept for the screen.
	 *
	 * @return stdClass|WP_Error
	 */
	public static function look() {
		$return = DGOS_Return_Setup::make( DGOS_Return_Setup::CLICK_MS );
		if ( is_wp_error( $return ) ) {
			return $return;
		}
		$report = $return->dry_run();
		self::keep( $report, true );
		return $report;
	}

	/** What was found last: {dry, at (ms), code, sources, of, withheld, confirmed, steps}; null where nobody has looked. */
	public static function seen(): ?array {
		$seen = DGOS_Plugin::instance()->meta()->get( self::SEEN );
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
				/* translators: 1: posts confirmed, 2: mirrors, 3: posts that wait */
				return sprintf( __( 'Done. %1$d posts confirmed to %2$d mirrors; %3$d wait for an image or are not public yet.', 'dgos' ), count( $report->confirmed ), $report->confirmedBy, count( $report->waiting ) );
		}
	}

	private static function keep( stdClass $report, bool $is_dry ): void {
		if ( 'RUNNING' === $report->code ) {
			return;
		}
		$plugin = DGOS_Plugin::instance();
		$steps  = array();
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
		$plugin->meta()->set(
			self::SEEN,
			array(
				'dry'       => $is_dry,
				'at'        => $plugin->clock()->now_ms(),
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
