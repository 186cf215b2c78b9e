<?php
/**
 * Placement: consistent hashing in its weighted rendezvous form (Thaler and Ravishankar 1998).
 *
 * A member of weight w has w virtual ids; it ranks by the highest of their 64-bit hashes, compared as byte strings. The
 * walk takes at most one member per operator, 3 per address block, 4 per region, 3 per inviter. Where too few remain, caps
 * go in the order preference, region, block with inviter; the operator cap never.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: every member computes the same list from the same roster.
 */
final class DGOS_Placement {

	const BLOCK_MIRRORS_MAX   = 3;
	const REGION_MIRRORS_MAX  = 4;
	const INVITER_MIRRORS_MAX = 3;

	/** All full members, best first. */
	public static function ranking( string $subject, DGOS_Roster $roster ): array {
		$seed   = hex2bin( $subject );
		$ranked = array();
		foreach ( $roster->members as $member ) {
			if ( 'full' === $member->standing && ! $member->leaving ) {
				$ranked[] = array( self::score( $seed, $member ), $member );
			}
		}
		usort(
			$ranked,
			static function ( $a, $b ) {
				$order = strcmp( $b[0], $a[0] );
				return 0 !== $order ? $order : strcmp( $a[1]->id, $b[1]->id );
			}
		);
		return array_column( $ranked, 1 );
	}

	/**
	 * The members that keep a copy, best first. Fewer than `$copies` is not an error: two friends have two members.
	 *
	 * @param string        $subject Hash that is placed.
	 * @param DGOS_Roster   $roster  The members.
	 * @param int           $copies  How many are wanted.
	 * @param string[]      $except  Operators that must not hold a copy: the blog's own.
	 * @param callable|null $prefer  The caller's own view of load, refusals, audits: the first wish to be dropped.
	 */
	public static function mirrors( string $subject, DGOS_Roster $roster, int $copies = DGOS_Limits::MIRRORS_MAX, array $except = array(), ?callable $prefer = null ): array {
		$ranked    = array_values( array_filter( self::ranking( $subject, $roster ), static fn ( $member ) => ! in_array( $member->operator, $except, true ) ) );
		$operators = array();
		foreach ( $ranked as $member ) {
			$operators[ $member->operator ] = true;
		}
		$target = min( $copies, count( $operators ) );
		$chosen = array();
		foreach ( array( 0, 1, 2, 3 ) as $dropped ) {
			foreach ( $ranked as $at => $member ) {
				if ( count( $chosen ) >= $target ) {
					break 2;
				}
				if ( isset( $chosen[ $at ] ) || ( 0 === $dropped && null !== $prefer && ! $prefer( $member ) ) ) {
					continue;
				}
				if ( self::fits( $member, $chosen, $dropped ) ) {
					$chosen[ $at ] = $member;
				}
			}
		}
		ksort( $chosen );
		return array_values( $chosen );
	}

	/** The members asked to look for the marker at an address. The ranking is by the address, so a blog cannot choose them. */
	public static function attesters( string $address, DGOS_Roster $roster ): array {
		return self::mirrors( DGOS_Bytes::sha256( $address ), $roster, DGOS_Limits::ATTESTERS_MAX );
	}

	private static function score( string $seed, stdClass $member ): string {
		$placement = hex2bin( $member->placement );
		$best      = '';
		for ( $i = 0; $i < $member->weight; $i++ ) {
			$score = substr( hash( 'sha256', $seed . $placement . chr( $i ), true ), 0, 8 );
			$best  = strcmp( $score, $best ) > 0 ? $score : $best;
		}
		return $best;
	}

	/** Caps with the first `$dropped` of (preference, region, block and inviter) left out. Unknown regions and blocks are not capped. */
	private static function fits( stdClass $member, array $chosen, int $dropped ): bool {
		$in_region  = 0;
		$in_block   = 0;
		$by_inviter = 0;
		foreach ( $chosen as $other ) {
			if ( $other->operator === $member->operator ) {
				return false;
			}
			$in_region  += (int) ( '' !== $member->region && $other->region === $member->region );
			$in_block   += (int) ( '' !== $member->block && $other->block === $member->block );
			$by_inviter += (int) ( isset( $member->inviters[0], $other->inviters[0] ) && $other->inviters[0] === $member->inviters[0] );
		}
		if ( $dropped < 2 && $in_region >= self::REGION_MIRRORS_MAX ) {
			return false;
		}
		return 3 === $dropped || ( $in_block < self::BLOCK_MIRRORS_MAX && $by_inviter < self::INVITER_MIRRORS_MAX );
	}
}
