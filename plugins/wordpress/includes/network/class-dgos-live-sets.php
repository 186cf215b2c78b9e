<?php
/**
 * The sets that members reconcile: sorted ids of live objects. Scope `network` is what every member should have; scope
 * `mirrors` is what the mirrors of a blog should have besides. Kept five minutes, until something of the blog is
 * stored.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/live-sets.ts. The set of each blog lies with the small values, so that a sync reads no object of a blog that
 * has not changed.
 */
final class DGOS_Live_Sets {

	const SET_MS = 300000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or cached.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Derived_Values */
	private $derived_values;
	/** @var DGOS_Clock */
	private $clock;
	/** @var array<string, array> */
	private $sets = array();
	// phpcs:enable

	/** Over the ledger. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Derived_Values $derived_values, DGOS_Clock $clock ) {
		$this->ledger         = $ledger;
		$this->derived_values = $derived_values;
		$this->clock          = $clock;
	}

	/** Makes what is missing; false where the time was over before all was there. */
	public function prepare( callable $left_ms ): bool {
		foreach ( $this->ledger->blogs() as $blog ) {
			if ( $left_ms() < DGOS_Wake_Pace::STEP_MS ) {
				return false;
			}
			$this->of( $blog );
		}
		return true;
	}

	/** Ids that every member should have. */
	public function network(): array {
		$ids = DGOS_Bytes::ids( $this->ledger->live( null ) );
		foreach ( $this->ledger->blogs() as $blog ) {
			$ids = array_merge( $ids, $this->of( $blog )['wide'] );
		}
		sort( $ids, SORT_STRING );
		return $ids;
	}

	/** Ids that the mirrors of these blogs should have besides. */
	public function mirrors( array $blogs ): array {
		$ids = array();
		foreach ( $blogs as $blog ) {
			$ids = array_merge( $ids, $this->of( $blog )['narrow'] );
		}
		sort( $ids, SORT_STRING );
		return $ids;
	}

	/** Called for every stored object; on those of the network every set rests. */
	public function stored( stdClass $object ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null === $blog ) {
			$this->sets = array();
			return;
		}
		unset( $this->sets[ $blog ] );
		$this->derived_values->forget( 'set:' . $blog );
	}

	private function of( string $blog ): array {
		if ( ! isset( $this->sets[ $blog ] ) ) {
			$this->sets[ $blog ] = $this->derived_values->remember( 'set:' . $blog, self::SET_MS, fn () => $this->make( $blog ) );
		}
		return $this->sets[ $blog ];
	}

	/** Receipts count as long as their blog does: their texts need not be read. */
	private function make( string $blog ): array {
		$known  = $this->ledger->blog( $blog );
		$now    = $this->clock->now_ms();
		$root   = DGOS_Roots::chain( $blog, $known->root );
		$closed = null !== $root && DGOS_Roots::is_closed( $root->current );
		$live   = $this->ledger->live( $blog, 'receipt' );
		$posts  = 'up' === $this->ledger->state( $blog )['state'] ? array() : self::spreading( $live );
		$set    = array(
			'wide'   => DGOS_Bytes::ids( $posts ),
			'narrow' => $closed ? array() : $this->ledger->ids( $blog, 'receipt' ),
		);
		foreach ( $live as $object ) {
			$to = DGOS_Watchers::contradicts( $object, $known, $now ) ? 'all' : DGOS_Kinds::spreads_to( $object );
			if ( 'none' !== $to ) {
				$set[ 'all' === $to ? 'wide' : 'narrow' ][] = $object->id;
			}
		}
		return $set;
	}

	/** Posts whose text goes to every member while the blog is not up: the newest, if small enough. */
	private static function spreading( array $live ): array {
		$posts = array_filter( $live, static fn ( $object ) => 'post' === $object->kind && 3 * strlen( $object->envelope->payload ) <= 4 * DGOS_Limits::SPREAD_POST_BYTES_MAX );
		usort( $posts, static fn ( $a, $b ) => -DGOS_Bytes::by_time( $a, $b ) );
		return array_slice( $posts, 0, DGOS_Limits::SPREAD_POSTS_MAX );
	}
}
