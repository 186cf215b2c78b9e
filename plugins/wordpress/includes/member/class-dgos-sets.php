<?php
/**
 * The sets that members reconcile: sorted ids of live objects. Scope `network` is what every member should have; scope
 * `mirrors` is what the mirrors of a blog should have besides. Kept a minute, until something of the blog is stored.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/live-sets.ts. The set of each blog lies with the small values, so that a sync reads no object of a blog that
 * has not changed.
 */
final class DGOS_Sets {

	const MINUTE_MS = 60000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or cached.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var array<string, array> */
	private $sets = array();
	// phpcs:enable

	/** Over the ledger. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger = $ledger;
		$this->meta   = $meta;
		$this->clock  = $clock;
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

	/** Blogs of which both members are mirrors, in order of id. */
	public function shared( string $one, string $other ): array {
		$shared = array();
		foreach ( $this->ledger->blogs() as $blog ) {
			$mirrors = $this->of( $blog )['mirrors'];
			if ( in_array( $one, $mirrors, true ) && in_array( $other, $mirrors, true ) ) {
				$shared[] = $blog;
			}
		}
		sort( $shared, SORT_STRING );
		return $shared;
	}

	/** Blogs that a member mirrors. */
	public function kept_by( string $member ): array {
		return $this->shared( $member, $member );
	}

	/** Ids of the members that keep a blog. */
	public function mirrors_of( string $blog ): array {
		return $this->of( $blog )['mirrors'];
	}

	/** The members that keep a blog: its signed list, or the placement everyone computes while there is none. */
	public static function members( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		$head   = DGOS_Heads::current( $blog, $now_ms );
		$listed = null === $head ? array() : $head->payload->mirrors;
		if ( ! $listed ) {
			return DGOS_Placement::mirrors( $blog->blog, $roster );
		}
		return array_values( array_filter( array_map( array( $roster, 'member_of' ), $listed ) ) );
	}

	/** Something of a blog was stored; null: something of the network, on which every list rests. */
	public function forget( ?string $blog ): void {
		if ( null === $blog ) {
			$this->sets = array();
			$this->meta->set( 'sets', bin2hex( random_bytes( 8 ) ) );
			return;
		}
		unset( $this->sets[ $blog ] );
		$this->meta->remove( 'set:' . $blog );
	}

	private function of( string $blog ): array {
		if ( isset( $this->sets[ $blog ] ) ) {
			return $this->sets[ $blog ];
		}
		$epoch = $this->meta->get( 'sets', '' );
		$kept  = $this->meta->get( 'set:' . $blog );
		if ( ! is_array( $kept ) || $kept['epoch'] !== $epoch ) {
			$kept = array( 'epoch' => $epoch ) + $this->make( $blog );
			$this->meta->set( 'set:' . $blog, $kept, self::MINUTE_MS );
		}
		$this->sets[ $blog ] = $kept;
		return $kept;
	}

	private function make( string $blog ): array {
		$live  = $this->ledger->live( $blog );
		$posts = 'up' === $this->ledger->state( $blog )['state'] ? array() : self::spreading( $live );
		$set   = array(
			'wide'    => DGOS_Bytes::ids( $posts ),
			'narrow'  => array(),
			'mirrors' => DGOS_Bytes::ids( self::members( $this->ledger->blog( $blog ), $this->ledger->roster(), $this->clock->now_ms() ) ),
		);
		foreach ( $live as $one ) {
			$to = DGOS_Kinds::spreads_to( $one );
			if ( 'none' !== $to ) {
				$set[ 'all' === $to ? 'wide' : 'narrow' ][] = $one->id;
			}
		}
		return $set;
	}

	/** Posts whose text goes to every member while the blog is not up: the newest, if small enough. */
	private static function spreading( array $live ): array {
		$posts = array_filter( $live, static fn ( $one ) => 'post' === $one->kind && 3 * strlen( $one->envelope->payload ) <= 4 * DGOS_Limits::SPREAD_POST_BYTES_MAX );
		usort( $posts, static fn ( $a, $b ) => -DGOS_Bytes::by_time( $a, $b ) );
		return array_slice( $posts, 0, DGOS_Limits::SPREAD_POSTS_MAX );
	}
}
