<?php
/**
 * What was made once of the objects of a blog, and costs too much to be made at each wake: kept with the small values as long
 * as the objects of the network are the same, on which everything rests.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Values are lists that JSON can hold.
 */
final class DGOS_Derived_Values {

	/** Changes with every object of the network. */
	const EPOCH = 'sets';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the small values. */
	public function __construct( DGOS_Meta $meta ) {
		$this->meta = $meta;
	}

	/** Called for every stored object, before those who keep something here. */
	public function stored( stdClass $object ): void {
		if ( null === DGOS_Envelope::blog_of( $object ) ) {
			$this->meta->set( self::EPOCH, bin2hex( random_bytes( 8 ) ) );
		}
	}

	/** The value that was made last, or a new one, which is kept for so long. */
	public function remember( string $name, int $ms, callable $make ): array {
		$epoch = $this->meta->get( self::EPOCH, '' );
		$kept  = $this->meta->get( $name );
		if ( ! is_array( $kept ) || ( $kept[0] ?? null ) !== $epoch ) {
			$kept = array( $epoch, $make() );
			$this->meta->set( $name, $kept, $ms );
		}
		return $kept[1];
	}

	/** It is to be made anew. */
	public function forget( string $name ): void {
		$this->meta->remove( $name );
	}
}
