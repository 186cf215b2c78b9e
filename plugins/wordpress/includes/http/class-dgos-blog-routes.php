<?php
/**
 * What this member knows of blogs: a list, one blog's state with its evidence, the evidence as objects, and who holds a post.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/http/routes/blogs.ts and a part of posts.ts.
 */
final class DGOS_Blog_Routes {

	/** Blogs that one list names. Of others their id, or their address, is asked for. */
	const LISTED_MAX = 200;
	/** The list of ten seconds ago is news enough, and many may ask for it at once. */
	const LIST_MS = 10000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $copy_problem;
	// phpcs:enable

	/**
	 * Over the parts that it uses.
	 *
	 * @param DGOS_Ledger   $ledger       Objects.
	 * @param DGOS_Refusals $refusals     What the owner refuses.
	 * @param DGOS_Meta     $meta         Small values.
	 * @param DGOS_Clock    $clock        Now.
	 * @param callable      $copy_problem fn( string $blog ): ?array, {reason, since, last, mend}: why this member has no new copy of it.
	 */
	public function __construct( DGOS_Ledger $ledger, DGOS_Refusals $refusals, DGOS_Meta $meta, DGOS_Clock $clock, callable $copy_problem ) {
		$this->ledger   = $ledger;
		$this->refusals = $refusals;
		$this->meta     = $meta;
		$this->clock    = $clock;

		$this->copy_problem = $copy_problem;
	}

	/** Routes, by the names of the methods that answer. */
	public static function routes(): array {
		return array(
			DGOS_Routes::route( 'GET', 'blogs', 'all', 4, 0, true ),
			DGOS_Routes::route( 'GET', 'blogs/:blog/evidence', 'evidence', 2, 0, true ),
			DGOS_Routes::route( 'GET', 'blogs/:blog/words', 'words', 1, 0, true ),
			DGOS_Routes::route( 'GET', 'blogs/:blog', 'one', 1, 0, true ),
			DGOS_Routes::route( 'GET', 'posts/:id/holders', 'holders', 1, 0, true ),
		);
	}

	/** Blogs shortly. What anybody handed in and nobody has seen a marker of is not told of: it would be told to everybody. */
	public function all(): array {
		$kept = $this->meta->get( 'blogs_list' );
		if ( ! is_array( $kept ) ) {
			$ids  = $this->ledger->joined() ? array_slice( array_diff( $this->ledger->blogs(), $this->ledger->unproven() ), 0, self::LISTED_MAX ) : array();
			$kept = array_values( array_filter( array_map( array( $this, 'summary' ), $ids ) ) );
			$this->meta->set( 'blogs_list', $kept, self::LIST_MS );
		}
		return DGOS_Api::json( $kept );
	}

	/** One blog, by its id or a proven host. */
	public function one( array $request, array $params ): array {
		$id    = $this->named( $params['blog'] );
		$short = null === $id ? null : $this->summary( $id );
		return null === $short ? DGOS_Api::unknown_blog( $params['blog'] ) : DGOS_Api::json( $this->whole( $id, $short ) );
	}

	/** Everything a stranger needs to judge the blog. */
	public function evidence( array $request, array $params ): array {
		$id = $this->named( $params['blog'] );
		if ( null === $id ) {
			return DGOS_Api::unknown_blog( $params['blog'] );
		}
		$now      = $this->clock->now_ms();
		$blog     = $this->ledger->blog( $id );
		$head     = DGOS_Heads::current( $blog, $now );
		$snapshot = DGOS_Heads::current_snapshot( $blog, $now );
		$snapshot = null === $snapshot || $this->refusals->refuses_object( $snapshot->snapshot ) ? null : $snapshot;
		$speakers = array_flip( DGOS_Bytes::ids( DGOS_Blog_Mirrors::members( $blog, $this->ledger->roster(), $now ) ) );
		foreach ( DGOS_Seats::current( $blog, $this->ledger->roster(), $now )->stand_ins as $member ) {
			$speakers[ $member->id ] = true;
		}
		foreach ( $blog->attestation as $attestation ) {
			$member = $this->ledger->roster()->member_of( $attestation->payload->key );
			if ( null !== $member ) {
				$speakers[ $member->id ] = true;
			}
		}
		$told = array( $this->ledger->network() );
		foreach ( $this->ledger->live( null ) as $object ) {
			$of_speaker = ( 'member' === $object->kind && isset( $speakers[ $object->payload->member ] ) ) || ( 'voucher' === $object->kind && isset( $speakers[ $object->payload->invited ] ) );
			if ( $of_speaker ) {
				$told[] = $object;
			}
		}
		foreach ( $this->ledger->live( $id, 'receipt' ) as $known ) {
			if ( 'live' === DGOS_Kinds::evidence_of( $known->kind ) && ! $this->refusals->refuses_object( $known ) ) {
				$told[] = $known;
			}
		}
		$archive = DGOS_Archive::current( $blog, $now );
		$archive = null === $archive || $this->refusals->refuses_object( $archive ) ? null : $archive;
		$words   = DGOS_Watchers::is_doubted( $blog, $now ) ? DGOS_Watchers::seat_words( $blog, $this->ledger->roster(), $now ) : array();
		$told    = array_filter( array_merge( $told, $words, array( $head, null === $snapshot ? null : $snapshot->snapshot, $archive ) ) );
		return DGOS_Api::json( array( 'objects' => array_column( array_values( $told ), 'envelope' ) ) );
	}

	/** What those who may sit in a verdict about the blog have said last. */
	public function words( array $request, array $params ): array {
		$id = $this->named( $params['blog'] );
		if ( null === $id ) {
			return DGOS_Api::refused( 404, 'UNKNOWN_BLOG' );
		}
		$words = DGOS_Watchers::seat_words( $this->ledger->blog( $id ), $this->ledger->roster(), $this->clock->now_ms() );
		return DGOS_Api::json( array( 'objects' => array_column( $words, 'envelope' ) ) );
	}

	/** Who holds a post. */
	public function holders( array $request, array $params ): array {
		$post = DGOS_Bytes::is_hash( $params['id'] ) ? $this->ledger->object( $params['id'] ) : null;
		if ( null === $post || 'post' !== $post->kind ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		$blog = $this->ledger->blog( $post->payload->blog );
		return DGOS_Api::json( DGOS_Replica_Status::of( $post->id, $blog, DGOS_Blog_Mirrors::members( $blog, $this->ledger->roster(), $this->clock->now_ms() ), $this->ledger->roster() ) );
	}

	/** The blog of an id or a proven host. */
	private function named( string $name ): ?string {
		return $this->ledger->joined() ? $this->ledger->by_host( $name ) : null;
	}

	private function summary( string $id ): ?array {
		$now   = $this->clock->now_ms();
		$blog  = $this->refusals->shown( $this->ledger->blog( $id ) );
		$chain = DGOS_Roots::chain( $id, $blog->root );
		if ( null === $chain ) {
			return null;
		}
		$state    = $this->ledger->state( $id );
		$proven   = array_column( DGOS_Address_Proof::proven( $blog, $this->ledger->roster(), $now ), 'address' );
		$snapshot = DGOS_Heads::current_snapshot( $blog, $now );
		return array(
			'blog'       => $id,
			'title'      => $chain->current->payload->title,
			'addresses'  => $chain->current->payload->addresses,
			'proven'     => $proven,
			'hosts'      => array_map( array( 'DGOS_Addresses', 'host_path' ), $proven ),
			'state'      => $state['state'],
			'since'      => $state['since'],
			'closed'     => DGOS_Roots::is_closed( $chain->current ),
			'mirrors'    => count( DGOS_Blog_Mirrors::members( $blog, $this->ledger->roster(), $now ) ),
			'capturedAt' => null === $snapshot ? null : $snapshot->snapshot->payload->time,
			'posts'      => count( array_filter( DGOS_Posts::shown( $blog, $now ), static fn ( $post ) => ! $post->withdrawn ) ),
			'wall'       => self::wall( DGOS_Seen_Wall::of( $blog, $this->ledger->roster(), $now ) ),
		);
	}

	/** What the list of the whole blog says of itself. */
	private static function archive( ?stdClass $archive ): ?array {
		return null === $archive ? null : array(
			'id'       => $archive->id,
			'time'     => $archive->payload->time,
			'files'    => $archive->payload->files,
			'bytes'    => $archive->payload->bytes,
			'leftOut'  => $archive->payload->leftOut,
			'complete' => $archive->payload->complete,
		);
	}

	/** A wall as it is shown: what it is, and how its owner lets guards in. */
	private static function wall( ?stdClass $seen ): ?array {
		if ( null === $seen ) {
			return null;
		}
		$wall = DGOS_Walls::of( $seen->reason );
		return get_object_vars( $seen ) + array(
			'title' => null === $wall ? 'too many requests' : $wall->title,
			'letIn' => null === $wall ? 'Raise the limit of your host for the addresses of your mirrors.' : $wall->letIn,
		);
	}

	/** The newest life that the blog has sent of itself. */
	private static function life( ?stdClass $life ): ?array {
		return null === $life ? null : array(
			'time'  => $life->payload->time,
			'since' => $life->payload->since,
		);
	}

	private function whole( string $id, array $short ): array {
		$now      = $this->clock->now_ms();
		$blog     = $this->refusals->shown( $this->ledger->blog( $id ) );
		$roster   = $this->ledger->roster();
		$state    = $this->ledger->state( $id );
		$head     = DGOS_Heads::current( $blog, $now );
		$snapshot = DGOS_Heads::current_snapshot( $blog, $now );

		$state['declaration'] = null === $state['declaration'] ? null : self::spoken( $state['declaration'] );
		return array(
			'state'        => $state,
			'head'         => null === $head ? null : array(
				'id'   => $head->id,
				'time' => $head->payload->time,
				'seq'  => $head->payload->seq,
				'key'  => $head->payload->key,
			),
			'archive'      => self::archive( DGOS_Archive::current( $blog, $now ) ),
			'snapshot'     => null === $snapshot ? null : array(
				'id'    => $snapshot->snapshot->id,
				'time'  => $snapshot->snapshot->payload->time,
				'trust' => $snapshot->trust,
			),
			'copyProblem'  => ( $this->copy_problem )( $id ),
			'life'         => self::life( DGOS_Lives::newest( $blog, $now ) ),
			'freshness'    => DGOS_Freshness::of( $blog, $roster, $now ),
			'mirrors'      => array_map(
				static fn ( $member ) => array(
					'key'      => $member->id,
					'name'     => $member->name,
					'url'      => $member->url,
					'operator' => $member->operator,
				),
				DGOS_Blog_Mirrors::members( $blog, $roster, $now )
			),
			'observations' => array_map( array( self::class, 'spoken' ), $blog->observation ),
			'declarations' => array_map( array( self::class, 'spoken' ), $blog->declaration ),
			'attestations' => array_map( array( self::class, 'spoken' ), $blog->attestation ),
			'roots'        => array_map(
				static fn ( $root ) => array(
					'id'      => $root->id,
					'version' => $root->payload->version,
					'time'    => $root->payload->time,
				),
				$blog->root
			),
			'posts'        => array_map(
				static fn ( $post ) => array(
					'id'         => $post->id,
					'current'    => $post->current->id,
					'title'      => $post->current->payload->title,
					'published'  => $post->history[0]->payload->published,
					'withdrawn'  => $post->withdrawn,
					'importedAt' => $post->importedAt,
				),
				DGOS_Posts::shown( $blog, $now )
			),
		) + $short;
	}

	/** An object's id beside its payload, embedded votes by their number only. */
	private static function spoken( stdClass $object ): array {
		$said = array( 'id' => $object->id ) + (array) $object->payload;
		if ( isset( $said['votes'] ) ) {
			$said['votes'] = count( $said['votes'] );
		}
		if ( isset( $said['life'] ) ) {
			$said['life'] = true;
		}
		return $said;
	}
}
