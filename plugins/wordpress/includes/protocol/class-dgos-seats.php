<?php
/**
 * The seats of a verdict: as many as a blog has mirrors that may vote.
 *
 * Each mirror has its own seat; that of an absent one passes to the next stand-in that is not absent. The head signs who
 * stands in, in the order of the blog's ranking: members refuse a head of which more than a fifth lie outside the first 48
 * of their own ranking. A seating is a stdClass {mirrors, stand_ins (members), strangers (mirrors without a record)}.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As protocol/seats.ts.
 */
final class DGOS_Seats {

	/**
	 * Those whom a head seats, one an operator. Stand-ins of which no record is known here cannot sit.
	 *
	 * @param stdClass    $head   Payload of the head.
	 * @param string[]    $own    The blog's own operators.
	 * @param DGOS_Roster $roster The members.
	 */
	public static function of( stdClass $head, array $own, DGOS_Roster $roster ): stdClass {
		$known     = array_values( array_filter( array_map( array( $roster, 'member_of' ), $head->mirrors ) ) );
		$mirrors   = array_values( array_filter( $known, static fn ( $member ) => ! in_array( $member->operator, $own, true ) ) );
		$taken     = array_fill_keys( array_merge( $own, array_column( $mirrors, 'operator' ) ), true );
		$stand_ins = array();
		foreach ( $head->standIns ?? array() as $key ) {
			$member = $roster->member_of( $key );
			if ( null !== $member && ! isset( $taken[ $member->operator ] ) ) {
				$taken[ $member->operator ] = true;
				$stand_ins[]                = $member;
			}
		}
		return (object) array(
			'mirrors'   => $mirrors,
			'stand_ins' => $stand_ins,
			'strangers' => count( $head->mirrors ) - count( $known ),
		);
	}

	/** Those whom the newest head seats; nobody where there is none, or the blog has left. */
	public static function current( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): stdClass {
		$roles = DGOS_Key_Roles::of( $blog );
		$head  = DGOS_Heads::current( $blog, $now_ms );
		if ( null === $roles || null === $head || DGOS_Roots::is_closed( $roles->chain->current ) ) {
			return self::of( (object) array( 'mirrors' => array() ), array(), $roster );
		}
		return self::of( $head->payload, DGOS_Authority::own_operators( $roles, $roster ), $roster );
	}

	/** The members that sit where these are absent: the other mirrors, and for each absent one the next stand-in that is there. */
	public static function seated( stdClass $seating, callable $is_absent ): array {
		$is_there = static fn ( $member ) => ! $is_absent( $member );
		$present  = array_filter( $seating->mirrors, $is_there );
		$free     = array_filter( $seating->stand_ins, $is_there );
		return array_merge( $present, array_slice( $free, 0, count( $seating->mirrors ) - count( $present ) ) );
	}

	/**
	 * The stand-ins that a head signer names: the first of the blog's ranking that share no operator with anybody listed.
	 *
	 * @param string      $blog    The blog.
	 * @param string[]    $mirrors The mirrors of the head.
	 * @param string[]    $own     The blog's own operators.
	 * @param DGOS_Roster $roster  The members.
	 */
	public static function place( string $blog, array $mirrors, array $own, DGOS_Roster $roster ): array {
		$taken = array_fill_keys( $own, true );
		foreach ( array_filter( array_map( array( $roster, 'member_of' ), $mirrors ) ) as $member ) {
			$taken[ $member->operator ] = true;
		}
		$placed = array();
		foreach ( self::first_ranked( $blog, $roster ) as $member ) {
			if ( ! isset( $taken[ $member->operator ] ) ) {
				$taken[ $member->operator ] = true;
				$placed[]                   = $member;
			}
		}
		return array_slice( $placed, 0, DGOS_Limits::STAND_INS_MAX );
	}

	/**
	 * Whether the blog's ranking, as it is known here, could have given this list. Who has left, or has no record here, says
	 * nothing for or against: a head outlives members.
	 */
	public static function are_ranked( array $stand_ins, string $blog, DGOS_Roster $roster ): bool {
		if ( ! $stand_ins || count( $roster->members ) <= DGOS_Limits::STAND_INS_RANKED ) {
			return true;
		}
		$first   = array_fill_keys( DGOS_Bytes::ids( self::first_ranked( $blog, $roster ) ), true );
		$outside = array_filter( $roster->members, static fn ( $member ) => in_array( $member->id, $stand_ins, true ) && ! isset( $first[ $member->id ] ) );
		return 5 * count( $outside ) <= count( $stand_ins );
	}

	private static function first_ranked( string $blog, DGOS_Roster $roster ): array {
		return array_slice( DGOS_Placement::ranking( $blog, $roster ), 0, DGOS_Limits::STAND_INS_RANKED );
	}
}
