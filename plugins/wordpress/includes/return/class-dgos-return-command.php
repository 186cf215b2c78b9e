<?php
/**
 * `wp dgos import`: the return from the command line.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Only loaded by WP-CLI.
 */
final class DGOS_Return_Command {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Return_Runs */
	private $return_runs;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Return_Runs $return_runs ) {
		$this->return_runs = $return_runs;
	}

	/**
	 * Imports the posts that were written during an outage, each exactly once.
	 *
	 * ## OPTIONS
	 *
	 * [--dry-run]
	 * : Say what would be done, and change nothing.
	 *
	 * [--format=<format>]
	 * : How the list is printed: table, json, csv or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp dgos import --dry-run
	 *     wp dgos import
	 *
	 * @param string[] $words None.
	 * @param array    $named Options.
	 */
	public function import( array $words, array $named ): void {
		$is_dry = isset( $named['dry-run'] );
		$report = $is_dry ? $this->return_runs->look() : $this->return_runs->run( DGOS_Return_Setup::CLI_MS );
		if ( is_wp_error( $report ) ) {
			WP_CLI::error( $report->get_error_code() . ': ' . $report->get_error_message() );
		}
		$rows = array();
		foreach ( $report->steps as $step ) {
			$rows[] = array(
				'post'      => substr( $step->id, 0, 12 ),
				'action'    => in_array( $step->id, $report->waiting, true ) ? 'waiting' : $step->action,
				'published' => gmdate( 'Y-m-d H:i', intdiv( $step->published, 1000 ) ),
				'images'    => $step->images,
				'title'     => $step->title,
			);
		}
		WP_CLI\Utils\format_items( $named['format'] ?? 'table', $rows, array( 'post', 'action', 'published', 'images', 'title' ) );
		if ( ! in_array( $report->code, array( 'DONE', 'UNFINISHED' ), true ) ) {
			WP_CLI::error( $report->code . ': ' . DGOS_Return_Runs::sentence( $report ) );
		}
		$said = $is_dry ? __( 'Nothing was changed.', 'dgos' ) : DGOS_Return_Runs::sentence( $report );
		if ( array() !== $report->withheld ) {
			/* translators: %d: a number of posts */
			WP_CLI::warning( sprintf( __( '%d posts are named by others but no mirror gave them.', 'dgos' ), count( $report->withheld ) ) );
		}
		WP_CLI::success( $said );
	}
}
