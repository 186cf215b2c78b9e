<?php
/**
 * The blogs that readers find here.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Makes the site of a blog for one request.
 */
final class DGOS_Reader_Sites {

	/** Copies that are made for one network of addresses in a minute; those that are there cost nothing. */
	const MADE = 60;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Rates */
	private $rates;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Refusals $refusals, DGOS_Blob_Files $blobs, DGOS_Rates $rates, DGOS_Settings $settings, DGOS_Keys $keys, DGOS_Clock $clock ) {
		$this->ledger   = $ledger;
		$this->refusals = $refusals;
		$this->blobs    = $blobs;
		$this->rates    = $rates;
		$this->settings = $settings;
		$this->keys     = $keys;
		$this->clock    = $clock;
	}

	/** The site of a blog, or null where there is nothing to show. */
	public function of( string $id ): ?DGOS_Reader_Site {
		$blog  = $this->refusals->shown( $this->ledger->blog( $id ) );
		$now   = $this->clock->now_ms();
		$owned = array();
		foreach ( DGOS_Address_Proof::proven( $blog, $this->ledger->roster(), $now ) as $proof ) {
			$host = DGOS_Addresses::host_path( $proof->address );
			if ( $this->ledger->by_host( $host ) === $id ) {
				$owned[] = $host;
			}
		}
		$options = array(
			'self'  => $this->keys->get( 'member' )->key,
			'owned' => $owned,
		);
		$model = DGOS_Page_Model::of( $blog, $this->ledger->roster(), $now, $options );
		if ( null === $model ) {
			return null;
		}
		$copy = $model->closed ? null : DGOS_Heads::current_snapshot( $blog, $now );
		$head = DGOS_Heads::current( $blog, $now );
		$cache = new DGOS_Copy_Cache( $this->settings->blob_folder(), array( $this, 'may_make' ) );
		return new DGOS_Reader_Site( $this->refusals, $this->blobs, $this->settings, $cache, $model, $copy->snapshot->payload ?? null, $head->payload->forgotten ?? array() );
	}

	/** Whether one more copy may be made for who asks. */
	public function may_make(): bool {
		$remote = isset( $_SERVER['REMOTE_ADDR'] ) ? (string) wp_unslash( $_SERVER['REMOTE_ADDR'] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Hashed.
		return 0 === $this->rates->take( $remote, self::MADE, 1, 'copies' );
	}
}
