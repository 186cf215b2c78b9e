<?php
/**
 * Fairness: each head names a sponsor, whose operator pays for the blog by storing others'. A mirror grants an operator a
 * floor of blogs, and one more for every ten mirror places that its members fill for blogs of other sponsors. Beyond that
 * this member says `capacity` and keeps no more of that operator's newest blogs; head signers then choose others.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/quotas.ts, over as many wakes as it takes.
 */
final class DGOS_Quotas {

	const PAUSE_MS    = 3600000;
	const BLOGS_FLOOR = 3;
	/** Words said or taken back at one wake. */
	const WORDS_MAX = 5;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Paged_Work */
	private $paged_work;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Keys $keys, DGOS_Paged_Work $paged_work, DGOS_Deadline $deadline, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger     = $ledger;
		$this->keys       = $keys;
		$this->paged_work = $paged_work;
		$this->deadline   = $deadline;
		$this->meta       = $meta;
		$this->clock      = $clock;
	}

	/** Says and takes back `capacity` for the blogs that this member should mirror. */
	public function tick(): void {
		$blogs = $this->meta->get( 'weighing' );
		if ( ! is_array( $blogs ) && ! $this->meta->lock( 'quotas', self::PAUSE_MS ) ) {
			return;
		}
		$blogs = is_array( $blogs ) ? $blogs : array();
		$whole = $this->paged_work->over(
			'quotas',
			$this->ledger->blogs(),
			function ( string $id ) use ( &$blogs ): void {
				$blogs[ $id ] = $this->weigh( $id );
			}
		);
		if ( ! $whole ) {
			$this->meta->set( 'weighing', $blogs, DGOS_Limits::DAY_MS );
			return;
		}
		$this->meta->remove( 'weighing' );
		$this->speak( array_filter( $blogs ) );
	}

	/**
	 * Pure: ids of blogs beyond what their sponsors have earned, as names of an array. A blog is {blog, since, sponsor,
	 * mirrors (operators)}.
	 *
	 * @param array[] $blogs All that are known here.
	 * @param int     $floor Blogs that every sponsor may bring.
	 */
	public static function over( array $blogs, int $floor ): array {
		$over = array();
		foreach ( array_unique( array_column( $blogs, 'sponsor' ) ) as $sponsor ) {
			$own    = array_values( array_filter( $blogs, static fn ( $blog ) => $blog['sponsor'] === $sponsor ) );
			$served = array_filter( $blogs, static fn ( $blog ) => $blog['sponsor'] !== $sponsor && in_array( $sponsor, $blog['mirrors'], true ) );
			usort(
				$own,
				static function ( $a, $b ) {
					$order = $a['since'] <=> $b['since'];
					return 0 !== $order ? $order : strcmp( $a['blog'], $b['blog'] );
				}
			);
			foreach ( array_slice( $own, $floor + intdiv( count( $served ), DGOS_Limits::MIRRORS_MAX ) ) as $blog ) {
				$over[ $blog['blog'] ] = true;
			}
		}
		return $over;
	}

	/** What counts of one blog; null where its head names no sponsor. */
	private function weigh( string $id ): ?array {
		$blog = $this->ledger->blog( $id );
		$head = DGOS_Heads::current( $blog, $this->clock->now_ms() );
		if ( null === $head || ! isset( $head->payload->sponsor ) ) {
			return null;
		}
		$roster  = $this->ledger->roster();
		$self    = $roster->member_of( $this->keys->get( 'member' )->key );
		$members = array_filter( array_map( array( $roster, 'member_of' ), $head->payload->mirrors ) );
		$first   = $blog->find( 'root', $id );
		return array(
			'blog'    => $id,
			'since'   => null === $first ? 0 : $first->payload->time,
			'sponsor' => $roster->member_of( $head->payload->sponsor )->operator ?? $head->payload->sponsor,
			'mirrors' => array_values( array_map( static fn ( $member ) => $member->operator, $members ) ),
			'mine'    => null !== $self && in_array( $self->id, $head->payload->mirrors, true ),
			'refused' => $this->is_refused( $blog ),
		);
	}

	/** Whether this member's newest word about the whole blog is `capacity`. An owner's own refusal is not touched by quotas. */
	private function is_refused( DGOS_Blog_Objects $blog ): bool {
		$self = $this->keys->get( 'member' )->key;
		$own  = array_filter( $blog->refusal, static fn ( $refusal ) => $refusal->payload->key === $self && ! isset( $refusal->payload->blob ) && ! isset( $refusal->payload->post ) );
		usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
		$word = $own ? $own[ count( $own ) - 1 ]->payload : null;
		return null !== $word && true !== ( $word->lifted ?? null ) && 'capacity' === $word->reason;
	}

	private function speak( array $blogs ): void {
		$over = self::over( array_values( $blogs ), self::BLOGS_FLOOR );
		$left = self::WORDS_MAX;
		foreach ( $blogs as $blog ) {
			$wanted = isset( $over[ $blog['blog'] ] );
			if ( $blog['refused'] === $wanted || ( ! $blog['mine'] && ! $blog['refused'] ) ) {
				continue;
			}
			if ( 0 === $left-- || $this->deadline->left_ms() < DGOS_Wake_Pace::STEP_MS ) {
				return;
			}
			$said = array(
				'blog'   => $blog['blog'],
				'reason' => 'capacity',
			);
			$this->ledger->publish( 'refusal', $wanted ? $said : $said + array( 'lifted' => true ), 'member' );
		}
	}
}
