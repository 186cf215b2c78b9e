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
 * As server/quotas.ts, over as many wakes as it takes.
 */
final class DGOS_Quotas {

	const PAUSE_MS    = 3600000;
	const BLOGS_FLOOR = 3;
	/** Words said or taken back at one wake. */
	const WORDS_MAX = 5;

	/**
	 * The parts.
	 *
	 * @var DGOS_Plugin
	 */
	private $plugin;

	/** Over the parts of this member. */
	public function __construct( DGOS_Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/** Says and takes back `capacity` for the blogs that this member should mirror. */
	public function tick(): void {
		$meta  = $this->plugin->meta();
		$blogs = $meta->get( 'weighing' );
		if ( ! is_array( $blogs ) && ! $meta->lock( 'quotas', self::PAUSE_MS ) ) {
			return;
		}
		$blogs = is_array( $blogs ) ? $blogs : array();
		$whole = $this->plugin->paged_work()->over(
			'quotas',
			$this->plugin->ledger()->blogs(),
			function ( string $id ) use ( &$blogs ): void {
				$blogs[ $id ] = $this->weigh( $id );
			}
		);
		if ( ! $whole ) {
			$meta->set( 'weighing', $blogs, DGOS_Limits::DAY_MS );
			return;
		}
		$meta->remove( 'weighing' );
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
			$own    = array_values( array_filter( $blogs, static fn ( $one ) => $one['sponsor'] === $sponsor ) );
			$served = array_filter( $blogs, static fn ( $one ) => $one['sponsor'] !== $sponsor && in_array( $sponsor, $one['mirrors'], true ) );
			usort(
				$own,
				static function ( $a, $b ) {
					$order = $a['since'] <=> $b['since'];
					return 0 !== $order ? $order : strcmp( $a['blog'], $b['blog'] );
				}
			);
			foreach ( array_slice( $own, $floor + intdiv( count( $served ), DGOS_Limits::MIRRORS_MAX ) ) as $one ) {
				$over[ $one['blog'] ] = true;
			}
		}
		return $over;
	}

	/** What counts of one blog; null where its head names no sponsor. */
	private function weigh( string $id ): ?array {
		$blog = $this->plugin->ledger()->blog( $id );
		$head = DGOS_Heads::current( $blog, $this->plugin->clock()->now_ms() );
		if ( null === $head || ! isset( $head->payload->sponsor ) ) {
			return null;
		}
		$roster  = $this->plugin->ledger()->roster();
		$self    = $roster->member_of( $this->plugin->keys()->get( 'member' )->key );
		$members = array_filter( array_map( array( $roster, 'member_of' ), $head->payload->mirrors ) );
		$first   = $blog->find( 'root', $id );
		return array(
			'blog'    => $id,
			'since'   => null === $first ? 0 : $first->payload->time,
			'sponsor' => $roster->member_of( $head->payload->sponsor )->operator ?? $head->payload->sponsor,
			'mirrors' => array_values( array_map( static fn ( $one ) => $one->operator, $members ) ),
			'mine'    => null !== $self && in_array( $self->id, $head->payload->mirrors, true ),
			'refused' => $this->is_refused( $blog ),
		);
	}

	/** Whether this member's newest word about the whole blog is `capacity`. An owner's own refusal is not touched by quotas. */
	private function is_refused( DGOS_Blog_Objects $blog ): bool {
		$self = $this->plugin->keys()->get( 'member' )->key;
		$own  = array_filter( $blog->refusal, static fn ( $one ) => $one->payload->key === $self && ! isset( $one->payload->blob ) && ! isset( $one->payload->post ) );
		usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
		$word = $own ? $own[ count( $own ) - 1 ]->payload : null;
		return null !== $word && true !== ( $word->lifted ?? null ) && 'capacity' === $word->reason;
	}

	private function speak( array $blogs ): void {
		$over = self::over( array_values( $blogs ), self::BLOGS_FLOOR );
		$left = self::WORDS_MAX;
		foreach ( $blogs as $one ) {
			$wanted = isset( $over[ $one['blog'] ] );
			if ( $one['refused'] === $wanted || ( ! $one['mine'] && ! $one['refused'] ) ) {
				continue;
			}
			if ( 0 === $left-- || $this->plugin->peers()->left_ms() < DGOS_Wake::STEP_MS ) {
				return;
			}
			$said = array(
				'blog'   => $one['blog'],
				'reason' => 'capacity',
			);
			$this->plugin->ledger()->publish( 'refusal', $wanted ? $said : $said + array( 'lifted' => true ), 'member' );
		}
	}
}
