<?php
/**
 * Which addresses a blog has proven, and to whom an address belongs.
 *
 * Proven: of the ten members ranked for the address 60 % (two at least; one in a network of two) attest the blog's marker
 * there. An address belongs to the id that was proven first. Another id gets it once its own marker has stood for 14 days
 * without the former's, and never while the former's author declares the blog down.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure rules about addresses.
 */
final class DGOS_Address_Proof {

	/** Attestations needed where `$count` members are asked. */
	public static function attestations_needed( int $count ): int {
		return $count <= 2 ? 1 : max( 2, intdiv( 6 * $count + 9, 10 ) );
	}

	/** The addresses of the current root that are proven: a list of {address, provenAt}. A closed blog has none. */
	public static function proven( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		$chain = DGOS_Roots::chain( $blog->blog, $blog->root );
		if ( null === $chain || DGOS_Roots::is_closed( $chain->current ) ) {
			return array();
		}
		$proven = array();
		foreach ( $chain->current->payload->addresses as $address ) {
			$seen   = self::sightings( $address, $blog, $roster, $now_ms );
			$needed = self::attestations_needed( count( DGOS_Placement::attesters( $address, $roster ) ) );
			$at     = self::proven_since( $seen, $needed, $now_ms );
			$at     = $at ?? self::proven_since( $seen, $needed, self::last_seeable( $blog, $roster, $now_ms ) );
			if ( null !== $at ) {
				$proven[] = (object) array(
					'address'  => $address,
					'provenAt' => $at,
				);
			}
		}
		return $proven;
	}

	/**
	 * The blog to which an address belongs, or null.
	 *
	 * @param string              $address The address.
	 * @param DGOS_Blog_Objects[] $blogs   All that claim it.
	 * @param DGOS_Roster         $roster  The members.
	 * @param int                 $now_ms  Now.
	 */
	public static function owner( string $address, array $blogs, DGOS_Roster $roster, int $now_ms ): ?string {
		$claims = array();
		foreach ( $blogs as $blog ) {
			foreach ( self::proven( $blog, $roster, $now_ms ) as $proof ) {
				if ( $proof->address === $address ) {
					$claims[] = array( $proof->provenAt, $blog );
					break;
				}
			}
		}
		usort(
			$claims,
			static function ( $a, $b ) {
				$order = $a[0] <=> $b[0];
				return 0 !== $order ? $order : strcmp( $a[1]->blog, $b[1]->blog );
			}
		);
		$owner = $claims ? $claims[0][1] : null;
		foreach ( array_slice( $claims, 1 ) as list( $proven_at, $blog ) ) {
			if ( ! self::author_declares_down( $owner, $now_ms ) && self::has_moved( $address, $owner, $proven_at, $roster, $now_ms ) ) {
				$owner = $blog;
			}
		}
		return null === $owner ? null : $owner->blog;
	}

	/** Nobody can see a marker on a blog that is down: its attestations do not age meanwhile. */
	private static function last_seeable( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): int {
		$state = DGOS_Blog_State::of( $blog, $roster, $now_ms );
		return 'down' === $state->state && null !== $state->since ? $state->since : $now_ms;
	}

	/** What each of the members ranked for the address has seen of this blog's marker: member => [first, last]. */
	private static function sightings( string $address, DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		$asked   = array_column( DGOS_Placement::attesters( $address, $roster ), 'id', 'id' );
		$by_path = DGOS_Addresses::is_path_blog( $address );
		$seen    = array();
		foreach ( $blog->attestation as $attestation ) {
			$payload = $attestation->payload;
			$member  = $roster->member_of( $payload->key );
			if ( null === $member || ! isset( $asked[ $member->id ] ) || $payload->address !== $address ) {
				continue;
			}
			if ( $payload->time > $now_ms + DGOS_Limits::AHEAD_MS_MAX || ( $by_path && 'tag' !== $payload->marker ) ) {
				continue;
			}
			$before              = $seen[ $member->id ] ?? array( $payload->time, $payload->time );
			$seen[ $member->id ] = array( min( $before[0], $payload->time ), max( $before[1], $payload->time ) );
		}
		return $seen;
	}

	/** When enough of them had seen it, or null where not enough have within the 30 days before `$at_ms`. */
	private static function proven_since( array $seen, int $needed, int $at_ms ): ?int {
		$fresh  = array_filter( $seen, static fn ( $attestation ) => $attestation[1] > $at_ms - DGOS_Limits::ATTESTATION_MS_MAX );
		$firsts = array_column( $fresh, 0 );
		sort( $firsts );
		return $firsts[ $needed - 1 ] ?? null;
	}

	/** Whether the later claim has stood for 14 days in which no asked member has seen the former's marker. */
	private static function has_moved( string $address, DGOS_Blog_Objects $former, int $proven_at, DGOS_Roster $roster, int $now_ms ): bool {
		$lasts = array_column( self::sightings( $address, $former, $roster, $now_ms ), 1 );
		return $now_ms - max( array_merge( array( $proven_at ), $lasts ) ) >= DGOS_Limits::ADDRESS_MOVE_MS;
	}

	private static function author_declares_down( DGOS_Blog_Objects $blog, int $now_ms ): bool {
		$roles  = DGOS_Key_Roles::of( $blog );
		$newest = null;
		foreach ( $blog->declaration as $declaration ) {
			if ( 'author' !== $declaration->payload->by || null === $roles || ! $roles->is_posting( $declaration->payload->key ) ) {
				continue;
			}
			$newest = null === $newest || DGOS_Bytes::by_time( $declaration, $newest ) > 0 ? $declaration : $newest;
		}
		return null !== $newest && 'down' === $newest->payload->state && $newest->payload->until > $now_ms;
	}
}
