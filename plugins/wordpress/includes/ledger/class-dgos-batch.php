<?php
/**
 * A batch of opened objects, put into the order in which they depend on each other; and what an object carries inside.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure.
 */
final class DGOS_Batch {

	/**
	 * The positions of opened objects in order: the network first, then blog by blog in order of kind and time.
	 *
	 * @param array<int, stdClass> $opened Position => {object, inner}.
	 * @return int[]
	 */
	public static function in_order( array $opened ): array {
		$first = array();
		foreach ( $opened as $at => $batch_item ) {
			$blog           = DGOS_Envelope::blog_of( $batch_item->object ) ?? '';
			$first[ $blog ] = min( $first[ $blog ] ?? PHP_INT_MAX, $at );
		}
		$first[''] = -1;
		$places    = array_keys( $opened );
		usort(
			$places,
			static function ( $a, $b ) use ( $opened, $first ) {
				return self::rank( $opened[ $a ]->object, $first, $a ) <=> self::rank( $opened[ $b ]->object, $first, $b );
			}
		);
		return $places;
	}

	/**
	 * Envelopes that an object carries inside: the votes of a declaration, the life of an observation.
	 *
	 * @return stdClass[]
	 */
	public static function inner( stdClass $object ): array {
		if ( 'declaration' === $object->kind ) {
			return $object->payload->votes ?? array();
		}
		return 'observation' === $object->kind && isset( $object->payload->life ) ? array( $object->payload->life ) : array();
	}

	/**
	 * An opened object with what it carries, or why not.
	 *
	 * @param mixed $envelope Decoded JSON, in object mode.
	 * @return stdClass|DGOS_Refused
	 */
	public static function open( $envelope ) {
		$object = DGOS_Envelope::open( $envelope );
		if ( $object instanceof DGOS_Refused ) {
			return $object;
		}
		$inner = array();
		foreach ( self::inner( $object ) as $carried ) {
			$opened = DGOS_Envelope::open( $carried );
			if ( $opened instanceof DGOS_Refused ) {
				return $opened;
			}
			$inner[] = $opened;
		}
		return (object) array(
			'object' => $object,
			'inner'  => $inner,
		);
	}

	/** What this host has just signed itself; what it carries has been verified when it came. */
	public static function own( stdClass $object ): stdClass {
		return (object) array(
			'object' => $object,
			'inner'  => array_map( static fn ( $inner ) => DGOS_Envelope::reopen( (string) DGOS_Envelope::id_of( $inner ), $inner ), self::inner( $object ) ),
		);
	}

	private static function rank( stdClass $object, array $first, int $at ): array {
		$later = 'root' === $object->kind ? $object->payload->version : $object->payload->time;
		return array( $first[ DGOS_Envelope::blog_of( $object ) ?? '' ], DGOS_Kinds::place( $object->kind ), $later, $at );
	}
}
