<?php
/**
 * How long this request may still work: a wake lasts a second, what follows an answer two and a half.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * One moment by the running clock, or none.
 */
final class DGOS_Deadline {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or the moment itself.
	/** @var DGOS_Clock */
	private $clock;
	/** @var int */
	private $until_ms = PHP_INT_MAX;
	// phpcs:enable

	/** By a clock. */
	public function __construct( DGOS_Clock $clock ) {
		$this->clock = $clock;
	}

	/** No request lasts longer than this, by the running clock; null: there is no end. */
	public function set( ?int $until_ms ): void {
		$this->until_ms = $until_ms ?? PHP_INT_MAX;
	}

	/** Milliseconds that are left. */
	public function left_ms(): int {
		return max( 0, $this->until_ms - $this->clock->running_ms() );
	}
}
