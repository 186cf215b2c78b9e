<?php
/**
 * What the owner lends to others: disk, and bytes handed out in a month. Beyond the disk nothing more is kept; beyond the
 * traffic no blob is handed out until the month ends: the other mirrors have it too. Pausing stops both.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Counts, and a short list of what was served lately, without saying to whom.
 */
final class DGOS_Allowance {

	const MIB     = 1048576;
	const LOG_MAX = 100;
	/** The number of bytes on disk is counted anew after this. */
	const COUNT_MS = 3600000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Blob_Files */
	private $blobs;
	// phpcs:enable

	/** Over the settings. */
	public function __construct( DGOS_Settings $settings, DGOS_Meta $meta, DGOS_Blob_Files $blobs ) {
		$this->settings = $settings;
		$this->meta     = $meta;
		$this->blobs    = $blobs;
	}

	/** Whether more bytes may be kept; null where they may. Once they are kept, booked() counts them. */
	public function room( int $bytes ): ?DGOS_Refused {
		if ( $this->settings->get( 'paused' ) ) {
			return DGOS_Codes::refuse( 'QUOTA', 'this member pauses' );
		}
		$max = (int) $this->settings->get( 'disk_mib' ) * self::MIB;
		if ( $this->disk() + $bytes > $max ) {
			return DGOS_Codes::refuse( 'QUOTA', "$max bytes on this member" );
		}
		return null;
	}

	/** Bytes that have come to this disk. The next count is not put off. */
	public function booked( int $bytes ): void {
		$this->meta->raise( 'disk', $bytes );
	}

	/** Bytes of blobs on this disk. */
	public function disk(): int {
		$known = $this->meta->get( 'disk' );
		if ( is_int( $known ) ) {
			return $known;
		}
		$sum = 0;
		foreach ( $this->blobs->all() as $size ) {
			$sum += $size;
		}
		$this->meta->set( 'disk', $sum, self::COUNT_MS );
		return $sum;
	}

	/** Whether bytes may still be handed out this month. */
	public function may_serve( int $bytes ): bool {
		return ! $this->settings->get( 'paused' ) && $this->traffic() + $bytes <= (int) $this->settings->get( 'traffic_mib' ) * self::MIB;
	}

	/** Bytes handed out this month. */
	public function traffic(): int {
		return (int) $this->meta->get( 'traffic:' . gmdate( 'Ym' ), 0 );
	}

	/** Notes what was handed out: its kind, its name, its size. */
	public function served( string $kind, string $name, int $bytes ): void {
		$this->meta->set( 'traffic:' . gmdate( 'Ym' ), $this->traffic() + $bytes, 62 * DGOS_Limits::DAY_MS );
		$log = (array) $this->meta->get( 'served', array() );
		array_unshift( $log, array( time(), substr( $kind, 0, 20 ), substr( $name, 0, 200 ), $bytes ) );
		$this->meta->set( 'served', array_slice( $log, 0, self::LOG_MAX ) );
	}

	/** What was served lately, the newest first: {seconds, kind, name, bytes}. */
	public function log(): array {
		return (array) $this->meta->get( 'served', array() );
	}
}
