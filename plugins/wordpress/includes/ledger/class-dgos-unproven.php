<?php
/**
 * Blogs of which no address is proven: anybody can make one. Each has little room, all together a bounded one, and where that
 * is full the address block that handed in most makes room. Blocks are cut and hashed addresses.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As ledger/unproven.ts, kept with the small values.
 */
final class DGOS_Unproven {

	/** What the author of an unproven blog has in all, and in one root; what members have to say of it. */
	const BLOG_BYTES  = 65536;
	const ROOT_BYTES  = 32768;
	const WORDS_BYTES = 65536;
	/** All unproven blogs together: a quarter of what a Node member gives, as web hosts have less room. */
	const MOST = array(
		'blogs' => 500,
		'bytes' => 16777216,
	);
	/** A newcomer is safe from its own neighbours this long: attesters look every minute. */
	const SAFE_MS = 3600000;
	/** Members that count as asked to attest: ten, and those who come next where members have come and gone. */
	const ASKED_MAX = 24;
	/** When a newcomer came, by this member's own clock; who handed it in; its bytes. As long as a root lives without an attestation. */
	const CAME    = 'came:';
	const CAME_MS = 604800000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $own_blog;
	// phpcs:enable

	/**
	 * Over the small values.
	 *
	 * @param DGOS_Meta  $meta     The small values.
	 * @param DGOS_Clock $clock    Their clock.
	 * @param callable   $own_blog fn(): ?string, the id of this site's own blog, which never makes room.
	 */
	public function __construct( DGOS_Meta $meta, DGOS_Clock $clock, callable $own_blog ) {
		$this->meta     = $meta;
		$this->clock    = $clock;
		$this->own_blog = $own_blog;
	}

	/**
	 * Whether as many operators as are needed have ever attested one of its addresses. Wider than DGOS_Address_Proof: a blog
	 * that was proven once is somebody's, and keeps its room when a wall hides its marker.
	 */
	public static function was_proven( DGOS_Blog_Objects $blog, DGOS_Roster $roster ): bool {
		$chain = $blog->attestation ? DGOS_Roots::chain( $blog->blog, $blog->root ) : null;
		foreach ( null === $chain ? array() : $chain->current->payload->addresses as $address ) {
			$signers = array();
			foreach ( $blog->attestation as $attestation ) {
				$member = $attestation->payload->address === $address ? $roster->member_of( $attestation->payload->key ) : null;
				if ( null !== $member ) {
					$signers[ $member->id ] = true;
				}
			}
			// As many as are asked, without ranking them: one of each operator.
			$needed = DGOS_Address_Proof::attestations_needed( min( DGOS_Limits::ATTESTERS_MAX, count( $roster->operators ) ) );
			$asked  = count( $signers ) < $needed ? array() : array_filter( self::asked_for( $address, $roster ), static fn ( $member ) => isset( $signers[ $member->id ] ) );
			if ( count( array_unique( array_column( $asked, 'operator' ) ) ) >= $needed ) {
				return true;
			}
		}
		return false;
	}

	/** Whether a member's word about the marker at this address can ever count. */
	public static function is_asked( string $key, string $address, DGOS_Roster $roster ): bool {
		$member = $roster->member_of( $key );
		$is_it  = static fn ( array $members ) => in_array( $member->id, DGOS_Bytes::ids( $members ), true );
		return null !== $member && ( $is_it( self::asked_for( $address, $roster ) ) || $is_it( DGOS_Placement::attesters( $address, $roster ) ) );
	}

	private static function asked_for( string $address, DGOS_Roster $roster ): array {
		return DGOS_Placement::mirrors( DGOS_Bytes::sha256( $address ), $roster, self::ASKED_MAX );
	}

	/**
	 * Null where an unproven blog has room for one object more.
	 *
	 * @param stdClass          $object     The object.
	 * @param DGOS_Blog_Objects $blog       What is known of the blog.
	 * @param callable          $is_authors Whether an object is no word of a member.
	 */
	public static function refusal( stdClass $object, DGOS_Blog_Objects $blog, callable $is_authors ): ?DGOS_Refused {
		if ( 'root' === $object->kind && DGOS_Budgets::bytes_of( $object ) > self::ROOT_BYTES ) {
			return DGOS_Codes::refuse( 'TOO_LARGE', 'a root of a blog without a proven address' );
		}
		if ( 'post' === $object->kind && $object->payload->attachments ) {
			return DGOS_Codes::refuse( 'QUOTA', 'images are taken once an address of the blog is proven' );
		}
		$ours   = $is_authors( $object );
		$before = array_filter( $blog->all(), static fn ( $other ) => $is_authors( $other ) === $ours );
		$most   = $ours ? self::BLOG_BYTES : self::WORDS_BYTES;
		return DGOS_Budgets::bytes_of_all( $before ) + DGOS_Budgets::bytes_of( $object ) <= $most ? null : DGOS_Codes::refuse( 'QUOTA', "$most bytes until an address of the blog is proven" );
	}

	/** Ids of all of them that are known here. */
	public function ids(): array {
		return array_map( static fn ( $name ) => substr( $name, strlen( self::CAME ) ), array_keys( $this->newcomers() ) );
	}

	/** So much is kept of the blog now. The first block that handed it in stays its own. */
	public function weigh( string $blog, int $bytes, string $block ): void {
		$known = $this->meta->get( self::CAME . $blog ) ?? array( $this->clock->now_ms(), $block, 0 );
		if ( $known[2] !== $bytes ) {
			$this->meta->set( self::CAME . $blog, array( $known[0], $known[1], $bytes ), self::CAME_MS );
		}
	}

	/** It is proven, or gone. */
	public function remove( string $blog ): void {
		$this->meta->remove( self::CAME . $blog );
	}

	/**
	 * Ids of blogs that make room for `$bytes` more of this one; null where none may go.
	 *
	 * @param string $blog  Its id.
	 * @param int    $bytes Of the object that comes.
	 * @param string $block Who handed it in.
	 */
	public function room_for( string $blog, int $bytes, string $block ): ?array {
		$left  = $this->newcomers();
		$known = $left[ self::CAME . $blog ] ?? null;
		unset( $left[ self::CAME . call_user_func( $this->own_blog ) ] );
		$own   = array( $known[1] ?? $block, null === $known ? 1 : 0, $bytes );
		$blogs = count( $left ) + $own[1];
		$sum   = (int) array_sum( array_column( $left, 2 ) ) + $bytes;
		$gone  = array();
		unset( $left[ self::CAME . $blog ] );
		while ( $blogs > self::MOST['blogs'] || $sum > self::MOST['bytes'] ) {
			$victim = self::victim_of( $left, $sum > self::MOST['bytes'] ? 2 : 1, $own, $this->clock->now_ms() - self::SAFE_MS );
			if ( null === $victim ) {
				return null;
			}
			--$blogs;
			$sum   -= $left[ $victim ][2];
			$gone[] = substr( $victim, strlen( self::CAME ) );
			unset( $left[ $victim ] );
		}
		return $gone;
	}

	/**
	 * Pure: the oldest blog of the block that has most. Where the newcomer's own block has as much, only one that had its chance.
	 *
	 * @param array $newcomers Name => [came at, block, bytes], in order of time.
	 * @param int   $by        1: a block has most blogs; 2: most bytes.
	 * @param array $own       [block, blogs, bytes] of the one that comes.
	 * @param int   $old_ms    Who came before had its chance.
	 */
	private static function victim_of( array $newcomers, int $by, array $own, int $old_ms ): ?string {
		$sums = array( $own[0] => $own[ $by ] );
		foreach ( $newcomers as list( , $block, $bytes ) ) {
			$sums[ $block ] = ( $sums[ $block ] ?? 0 ) + ( 2 === $by ? $bytes : 1 );
		}
		$fullest = (string) array_search( max( $sums ), $sums, true );
		$others  = $sums[ $fullest ] > $sums[ $own[0] ] ? $fullest : null;
		foreach ( $newcomers as $name => list( $came, $block ) ) {
			if ( null === $others ? $came < $old_ms : $block === $others ) {
				return $name;
			}
		}
		return null;
	}

	/** Name => [came at, block, bytes], in the order in which they came. */
	private function newcomers(): array {
		$all = $this->meta->all( self::CAME, 4 * self::MOST['blogs'] );
		uasort( $all, static fn ( $a, $b ) => $a[0] <=> $b[0] );
		return $all;
	}
}
