<?php
/**
 * Objects from the near future: they wait here until their time has come, and are judged once more then.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept with the small values. Nothing of strangers waits here: whoever puts something in has judged it.
 */
final class DGOS_Future_Objects {

	/** Objects that wait at one time; what does not fit may be sent again. */
	const WAITING_MAX = 64;
	/** A clock that is further ahead is broken, and its owner must hear so. */
	const AHEAD_MS_MAX = 90000000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the small values. */
	public function __construct( DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->meta  = $meta;
		$this->clock = $clock;
	}

	/** Whether an object of this time may wait. */
	public function has_room( int $time_ms ): bool {
		return $time_ms <= $this->clock->now_ms() + self::AHEAD_MS_MAX && count( $this->meta->all( 'held:' ) ) < self::WAITING_MAX;
	}

	/** Keeps an object until its time; `$via` is who brought it. */
	public function put( stdClass $object, string $via ): void {
		$waiting = array(
			'time'     => $object->payload->time,
			'via'      => $via,
			'envelope' => $object->envelope,
		);
		$this->meta->set( 'held:' . $object->id, $waiting, 2 * self::AHEAD_MS_MAX );
	}

	/** Objects whose time has come, as {envelope, via}. They do not wait any more. */
	public function take_due(): array {
		$due = array();
		foreach ( $this->meta->all( 'held:' ) as $name => $waiting ) {
			if ( $waiting['time'] <= $this->clock->now_ms() ) {
				$due[] = $waiting;
				$this->meta->remove( $name );
			}
		}
		return $due;
	}
}
