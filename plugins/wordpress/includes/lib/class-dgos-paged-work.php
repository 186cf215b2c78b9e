<?php
/**
 * Goes round a list, a piece at each wake: where the time was over, it goes on at the next one. So nothing is left out for
 * ever on a member that keeps more than one second can look through.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Keeps one small value a list: the name at which it stopped.
 */
final class DGOS_Paged_Work {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Deadline */
	private $deadline;
	// phpcs:enable

	/** Over the small values and the time that is left. */
	public function __construct( DGOS_Meta $meta, DGOS_Deadline $deadline ) {
		$this->meta     = $meta;
		$this->deadline = $deadline;
	}

	/**
	 * True where every name of the list has had its turn in this call.
	 *
	 * @param string   $list  Which list.
	 * @param string[] $names In order.
	 * @param callable $act   Takes a name; false: enough for this wake.
	 */
	public function over( string $list, array $names, callable $act ): bool {
		$after = (string) $this->meta->get( 'round:' . $list, '' );
		$later = array_filter( $names, static fn ( $name ) => strcmp( $name, $after ) > 0 );
		$names = array_merge( $later, array_diff( $names, $later ) );
		$last  = $after;
		foreach ( $names as $name ) {
			$stop = $this->deadline->left_ms() < DGOS_Wake_Pace::STEP_MS;
			if ( ! $stop ) {
				$stop = false === $act( $name );
				$last = $name;
			}
			if ( $stop ) {
				$this->meta->set( 'round:' . $list, $last );
				return false;
			}
		}
		if ( '' !== $after ) {
			$this->meta->remove( 'round:' . $list );
		}
		return true;
	}
}
