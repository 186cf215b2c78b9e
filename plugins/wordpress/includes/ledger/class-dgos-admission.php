<?php
/**
 * Whether there is room here for an object that its key may say. The order is that of the price: size, signer, blog, and, where
 * no address of the blog is proven, the small room that all such blogs share. What the member says itself has room.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As ledger/admission.ts.
 */
final class DGOS_Admission {

	/** Members near a blog: its mirrors, and as many of its ranking as may stand in for them. */
	const NEAR_MAX = 32;
	/** Blogs that were seen to be proven: they stay so. */
	const PROVEN = 'proven:';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or cached.
	/** @var DGOS_Unproven */
	private $unproven;
	/** @var DGOS_Meta */
	private $meta;
	/** @var array<string, true> */
	private $proven = array();
	/** @var array<string, array> */
	private $ranked = array();
	// phpcs:enable

	/** Over the small values. */
	public function __construct( DGOS_Unproven $unproven, DGOS_Meta $meta ) {
		$this->unproven = $unproven;
		$this->meta     = $meta;
	}

	/** Ids of known blogs of which no address has been seen to be proven. */
	public function unproven(): array {
		return $this->unproven->ids();
	}

	/** As if it had never come. */
	public function forget( string $blog ): void {
		$this->unproven->remove( $blog );
		$this->meta->remove( self::PROVEN . $blog );
		unset( $this->proven[ $blog ] );
	}

	/**
	 * A refusal, or the ids of unproven blogs that go for it.
	 *
	 * @param stdClass          $object The object.
	 * @param stdClass[]        $all    Known objects of the same kind.
	 * @param DGOS_Blog_Objects $blog   What is known of the blog.
	 * @param DGOS_Roster       $roster The members.
	 * @param string            $from   The address block that handed it in; '' where it is not known.
	 * @return DGOS_Refused|string[]
	 */
	public function room_for( stdClass $object, array $all, DGOS_Blog_Objects $blog, DGOS_Roster $roster, string $from ) {
		$is_near = fn ( string $key ) => $this->is_near( $key, $blog, $roster );
		$kind    = $object->kind;
		if ( in_array( $kind, array( 'receipt', 'checkpoint' ), true ) && ! $is_near( $object->payload->key ) ) {
			return DGOS_Codes::refuse( 'NOT_ALLOWED', "a $kind of a member that is neither mirror nor stand-in" );
		}
		if ( 'attestation' === $kind && ! DGOS_Unproven::is_asked( $object->payload->key, $object->payload->address, $roster ) ) {
			return DGOS_Codes::refuse( 'NOT_ALLOWED', 'a member that is not asked to look at that address' );
		}
		$group_of = DGOS_Budgets::groups_of( $blog, $object, $is_near );
		$full     = DGOS_Budgets::blog_refusal( $object, $all, $blog, $group_of );
		if ( null !== $full || $this->is_proven( $blog, $roster ) ) {
			return $full ?? array();
		}
		$strange = DGOS_Unproven::refusal( $object, $blog, static fn ( $other ) => ! in_array( $group_of( $other->payload->key ), array( 'near', 'others' ), true ) );
		if ( null !== $strange ) {
			return $strange;
		}
		return $this->unproven->room_for( $blog->blog, DGOS_Budgets::bytes_of( $object ), $from ) ?? DGOS_Codes::refuse( 'QUOTA', 'too many blogs that nobody has attested yet' );
	}

	/** What was stored of a blog, and so is kept. */
	public function stored( DGOS_Blog_Objects $blog, DGOS_Roster $roster, string $from ): void {
		if ( ! $this->is_proven( $blog, $roster ) ) {
			$this->unproven->weigh( $blog->blog, DGOS_Budgets::bytes_of_all( $blog->all() ), $from );
		}
	}

	private function is_proven( DGOS_Blog_Objects $blog, DGOS_Roster $roster ): bool {
		if ( isset( $this->proven[ $blog->blog ] ) ) {
			return true;
		}
		$known = null !== $this->meta->get( self::PROVEN . $blog->blog );
		if ( ! $known && ! DGOS_Unproven::was_proven( $blog, $roster ) ) {
			return false;
		}
		if ( ! $known ) {
			$this->meta->set( self::PROVEN . $blog->blog, 1 );
			$this->unproven->remove( $blog->blog );
		}
		$this->proven[ $blog->blog ] = true;
		return true;
	}

	private function is_near( string $key, DGOS_Blog_Objects $blog, DGOS_Roster $roster ): bool {
		$member = $roster->member_of( $key );
		if ( null === $member ) {
			return false;
		}
		if ( count( $roster->members ) <= self::NEAR_MAX ) {
			return true;
		}
		foreach ( $blog->head as $head ) {
			if ( in_array( $member->id, array_merge( $head->payload->mirrors, $head->payload->standIns ?? array() ), true ) ) {
				return true;
			}
		}
		$ranked = $this->ranked[ $blog->blog ] ?? null;
		if ( null === $ranked || $ranked[0] !== $roster ) {
			$near   = DGOS_Placement::mirrors( $blog->blog, $roster, self::NEAR_MAX );
			$ranked = array( $roster, array_fill_keys( DGOS_Bytes::ids( $near ), true ) );

			$this->ranked[ $blog->blog ] = $ranked;
		}
		return isset( $ranked[1][ $member->id ] );
	}
}
