<?php
/**
 * The outage list as beacons ask for it: whole, or one of its buckets.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bytes as they were signed.
 */
final class DGOS_Outage_Routes {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Outages */
	private $outages;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Outages $outages ) {
		$this->ledger  = $ledger;
		$this->outages = $outages;
	}

	/** Routes, by the name of the method that answers. */
	public static function routes(): array {
		return array(
			DGOS_Routes::route( 'GET', 'outages', 'answer', 1, 0, true ),
			DGOS_Routes::route( 'GET', 'outages/:bucket', 'answer', 1, 0, true ),
		);
	}

	/** The signed list as it was made last. */
	public function answer( array $request, array $params ): array {
		$bucket = $params['bucket'] ?? 'all';
		if ( ! $this->ledger->joined() || ( 'all' !== $bucket && 1 !== preg_match( '/^(pins|[0-9a-f]{2})$/D', $bucket ) ) ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		return array(
			'status'  => 200,
			'headers' => array(
				'content-type'  => 'application/json',
				'cache-control' => 'public, max-age=' . DGOS_Outages::MAX_AGE_S,
			),
			'body'    => $this->outages->text( $bucket ),
		);
	}
}
