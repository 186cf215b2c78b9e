<?php
/**
 * When the return runs: on WP-CLI, and by itself while the blog is returning if the owner chose so. The owner's click is
 * DGOS_Return_Tab's.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Hooks only.
 */
final class DGOS_Return_Hooks {

	/** Hooks of this part. */
	public function add_hooks(): void {
		add_filter( 'dgos_setting_defaults', array( 'DGOS_Return_Setup', 'defaults' ) );
		add_filter( 'dgos_wake_steps', array( $this, 'add_step' ) );
		add_action( 'dgos_wake', array( $this, 'ask' ), 50, 0 );
		add_action( 'dgos_deactivated', array( $this, 'stop' ) );
		add_action( DGOS_Return_Runs::EVENT, array( $this, 'run_due' ), 10, 0 );
		( new DGOS_Return_Mark() )->add_hooks();
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			WP_CLI::add_command( 'dgos import', static fn ( array $words, array $named ) => ( new DGOS_Return_Command( DGOS_Plugin::instance()->return_runs() ) )->import( $words, $named ) );
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

	/** Asks for a run where one is due. */
	public function ask(): void {
		DGOS_Plugin::instance()->return_runs()->ask();
	}

	/** WP-Cron's run. */
	public function run_due(): void {
		DGOS_Plugin::instance()->return_runs()->run_due();
	}

	/** Deactivated: no run is waiting any more. */
	public function stop(): void {
		wp_clear_scheduled_hook( DGOS_Return_Runs::EVENT );
	}
}
