<?php
/**
 * The sets that members reconcile: sorted ids of live objects. Scope `network` is what every member should have; scope
 * `mirrors` is what the mirrors of a blog should have besides. Kept five minutes, until something of the blog is stored; who
 * its mirrors are and whether all is quiet, which every wake asks, until something is stored on which that hangs.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/live-sets.ts. The set of each blog lies with the small values, so that a sync reads no object of a blog that
 * has not changed.
 */
final class DGOS_Live_Sets {

	const SET_MS     = 300000;
	const MIRRORS_MS = 600000;
	const QUIET_MS   = 300000;
	/** On which the list of mirrors hangs, and on which the state. */
	const NAMING   = array( 'root', 'delegation', 'head', 'declaration' );
	const DOUBTING = array( 'root', 'delegation', 'declaration', 'imported', 'post' );

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or cached.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var array<string, array> */
	private $sets = array();
	/** @var array<string, string[]> */
	private $mirrors = array();
	// phpcs:enable

	/** Over the ledger. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger = $ledger;
		$this->meta   = $meta;
		$this->clock  = $clock;
	}

	/** Makes what is missing; false where the time was over before all was there. */
	public function prepare( callable $left_ms ): bool {
		foreach ( $this->ledger->blogs() as $blog ) {
			if ( $left_ms() < DGOS_Wake::STEP_MS ) {
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

	/** Blogs of which both members are mirrors, in order of id. */
	public function shared( string $one, string $other ): array {
		$shared = array();
		foreach ( $this->ledger->blogs() as $blog ) {
			$mirrors = $this->mirrors_of( $blog );
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
		if ( ! isset( $this->mirrors[ $blog ] ) ) {
			$this->mirrors[ $blog ] = $this->kept(
				'mirrors:' . $blog,
				self::MIRRORS_MS,
				fn () => DGOS_Bytes::ids( self::members( $this->ledger->blog( $blog ), $this->ledger->roster(), $this->clock->now_ms() ) )
			);
		}
		return $this->mirrors[ $blog ];
	}

	/** Whether nothing bad is known of a blog: then its objects need not be read to watch it. */
	public function is_quiet( string $blog ): bool {
		return $this->kept( 'quiet:' . $blog, self::QUIET_MS, fn () => array( $this->seems_quiet( $this->ledger->blog( $blog ) ) ) )[0];
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

	/** An object was stored; those of the network are what every list rests on. */
	public function forget( stdClass $object ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null === $blog ) {
			$this->sets    = array();
			$this->mirrors = array();
			$this->meta->set( 'sets', bin2hex( random_bytes( 8 ) ) );
			return;
		}
		unset( $this->sets[ $blog ] );
		$this->meta->remove( 'set:' . $blog );
		if ( in_array( $object->kind, self::NAMING, true ) ) {
			unset( $this->mirrors[ $blog ] );
			$this->meta->remove( 'mirrors:' . $blog );
		}
		if ( in_array( $object->kind, self::DOUBTING, true ) || 'up' !== ( $object->payload->state ?? 'up' ) ) {
			$this->meta->remove( 'quiet:' . $blog );
		}
	}

	private function seems_quiet( DGOS_Blog_Objects $blog ): bool {
		$now = $this->clock->now_ms();
		foreach ( $blog->observation as $one ) {
			if ( 'up' !== $one->payload->state && $one->payload->time > $now - DGOS_Flood::FADING_MS ) {
				return false;
			}
		}
		foreach ( $blog->declaration as $one ) {
			if ( 'quorum' === $one->payload->by && $one->payload->until > $now ) {
				return false;
			}
		}
		return 'up' === $this->ledger->state( $blog->blog )['state'];
	}

	private function of( string $blog ): array {
		if ( ! isset( $this->sets[ $blog ] ) ) {
			$this->sets[ $blog ] = $this->kept( 'set:' . $blog, self::SET_MS, fn () => $this->make( $blog ) );
		}
		return $this->sets[ $blog ];
	}

	/** What was made once, as long as the network's objects are the same. */
	private function kept( string $name, int $ms, callable $make ): array {
		$epoch = $this->meta->get( 'sets', '' );
		$kept  = $this->meta->get( $name );
		if ( ! is_array( $kept ) || ( $kept[0] ?? null ) !== $epoch ) {
			$kept = array( $epoch, $make() );
			$this->meta->set( $name, $kept, $ms );
		}
		return $kept[1];
	}

	/** Receipts count as long as their blog does: their texts need not be read. */
	private function make( string $blog ): array {
		$root   = DGOS_Roots::chain( $blog, $this->ledger->blog( $blog )->root );
		$closed = null !== $root && DGOS_Roots::is_closed( $root->current );
		$live   = $this->ledger->live( $blog, 'receipt' );
		$posts  = 'up' === $this->ledger->state( $blog )['state'] ? array() : self::spreading( $live );
		$set    = array(
			'wide'   => DGOS_Bytes::ids( $posts ),
			'narrow' => $closed ? array() : $this->ledger->ids( $blog, 'receipt' ),
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
