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

	/** Objects that wait at one time; more make room, those furthest ahead first. What left may be sent again. */
	const WAITING_MAX = 64;
	/** Text of all of them, which is read at once: objects that nobody has weighed yet are not worth more memory. */
	const TEXT_BYTES_MAX = 1048576;
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

	/** Keeps an object until its time; `$via` is who brought it. False where it may not wait. */
	public function put( stdClass $object, string $via ): bool {
		if ( $object->payload->time > $this->clock->now_ms() + self::AHEAD_MS_MAX ) {
			return false;
		}
		$name = 'held:' . $object->id;
		$all  = $this->meta->all( 'held:' );
		$own  = array(
			'time'     => $object->payload->time,
			'via'      => $via,
			'envelope' => $object->envelope,
		);
		$text = strlen( $object->envelope->payload );
		foreach ( $all as $waiting ) {
			$text += strlen( $waiting['envelope']['payload'] );
		}
		$all[ $name ] = array( 'envelope' => (array) $object->envelope ) + $own;
		uasort( $all, static fn ( $a, $b ) => $a['time'] <=> $b['time'] );
		while ( count( $all ) > self::WAITING_MAX || $text > self::TEXT_BYTES_MAX ) {
			$furthest = array_key_last( $all );
			if ( $furthest === $name ) {
				return false;
			}
			$text -= strlen( $all[ $furthest ]['envelope']['payload'] );
			$this->meta->remove( $furthest );
			unset( $all[ $furthest ] );
		}
		$this->meta->set( $name, $own, 2 * self::AHEAD_MS_MAX );
		return true;
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
