<?php
/**
 * The paths that mirrors must forget of this blog, as its next head will name them.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept with the small values. Each path has a row of its own: requests that forget at the same time take nothing from each
 * other.
 */
final class DGOS_Forgotten_Paths {

	/** Paths of one head; the oldest give way, whose copies are gone everywhere by then. */
	const PATHS_MAX = 200;
	/** Paths that are remembered here: more than copies have named, so that no look takes an old one for a new one. */
	const KEPT_MAX = 2000;
	const ROW      = 'forgotten:';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->meta  = $meta;
		$this->clock = $clock;
	}

	/** The paths for the next head, in the order in which they were forgotten. */
	public function all(): array {
		return array_slice( array_keys( $this->by_time() ), -self::PATHS_MAX );
	}

	/** Remembers paths that are not remembered yet. True where there were some. */
	public function add( array $paths ): bool {
		$known = array_keys( $this->by_time() );
		$new   = array_slice( array_diff( array_unique( $paths ), $known ), -self::KEPT_MAX );
		foreach ( $new as $path ) {
			$this->meta->set( self::row( $path ), array( $path, $this->clock->now_ms() ) );
		}
		$this->remove( array_slice( $known, 0, max( 0, count( $known ) + count( $new ) - self::KEPT_MAX ) ) );
		return array() !== $new;
	}

	/** These count as never forgotten. */
	public function remove( array $paths ): void {
		foreach ( $paths as $path ) {
			$this->meta->remove( self::row( $path ) );
		}
	}

	/** Path => when it was forgotten, the oldest first. */
	public function by_time(): array {
		$rows = array_values( $this->meta->all( self::ROW, 2 * self::KEPT_MAX ) );
		usort( $rows, static fn ( $a, $b ) => $a[1] === $b[1] ? strcmp( $a[0], $b[0] ) : $a[1] <=> $b[1] );
		return array_column( $rows, 1, 0 );
	}

	private static function row( string $path ): string {
		return self::ROW . DGOS_Bytes::sha256( $path );
	}
}
