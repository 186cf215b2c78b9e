<?php
/**
 * Which objects still count at a moment. Only live objects are reconciled; a member that is offered another answers
 * `superseded`, so that nothing returns from the dead.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: the same set and minute give the same answer everywhere.
 */
final class DGOS_Live {

	const OBSERVATION_MS = 600000;
	const LIFE_MS        = 1800000;
	const WORD_MS        = 1209600000;
	const CHECKPOINT_MS  = 604800000;
	const UNATTESTED_MS  = 604800000;
	/** Attestations do not age while their blog is down, which may last. DGOS_Address_Proof judges their age. */
	const ATTESTATION_KEPT_MS = 34560000000;

	/**
	 * Whether an object is live.
	 *
	 * @param stdClass               $object  The object.
	 * @param DGOS_Blog_Objects|null $blog    Everything known of its blog; null for objects of the network.
	 * @param stdClass[]             $network The network's own objects.
	 * @param int                    $now_ms  Now.
	 */
	public static function is_live( stdClass $object, ?DGOS_Blog_Objects $blog, array $network, int $now_ms ): bool {
		switch ( $object->kind ) {
			case 'member':
				return self::is_live_record( $object, $network, $now_ms );
			case 'refusal':
				$known = null === $blog ? $network : $blog->refusal;
				return self::is_newest( $object, $known, static fn ( $other ) => 'refusal' === $other->kind && self::target( $other ) === self::target( $object ) );
			case 'network':
			case 'voucher':
			case 'contact':
				return true;
			default:
				return null !== $blog && self::is_live_in_blog( $object, $blog, $now_ms );
		}
	}

	/**
	 * Those of the network's objects that count, each judged by what can outdate it alone: the records of one member, the
	 * refusals of one key.
	 *
	 * @param stdClass[] $network The network's own objects.
	 * @param int        $now_ms  Now.
	 * @return stdClass[]
	 */
	public static function of_network( array $network, int $now_ms ): array {
		$by_member = array();
		$refusals  = array();
		foreach ( $network as $object ) {
			if ( 'member' === $object->kind ) {
				$by_member[ $object->payload->member ][] = $object;
			} elseif ( 'refusal' === $object->kind ) {
				$refusals[ $object->payload->key ][] = $object;
			}
		}
		$live = array();
		foreach ( $by_member as $own ) {
			$live += self::live_records( $own, $now_ms );
		}
		$counts = static fn ( $object ) => 'member' === $object->kind ? isset( $live[ $object->id ] ) : self::is_live( $object, null, 'refusal' === $object->kind ? $refusals[ $object->payload->key ] : array(), $now_ms );
		return array_values( array_filter( $network, $counts ) );
	}

	/** The rule of is_live_record() for all records of one member at once, in one walk: ids as names. */
	private static function live_records( array $own, int $now_ms ): array {
		$followed = array();
		$newest   = array();
		foreach ( $own as $record ) {
			$key = $record->payload->key;

			$followed[ $record->payload->previous ?? '' ] = true;
			if ( ! isset( $newest[ $key ] ) || DGOS_Bytes::by_time( $record, $newest[ $key ] ) > 0 ) {
				$newest[ $key ] = $record;
			}
		}
		$counts = static fn ( $record ) => $record->payload->expires > $now_ms || isset( $followed[ $record->payload->key ] );
		return array_fill_keys( DGOS_Bytes::ids( array_values( array_filter( $newest, $counts ) ) ), true );
	}

	private static function is_live_in_blog( stdClass $object, DGOS_Blog_Objects $blog, int $now_ms ): bool {
		$chain  = DGOS_Roots::chain( $blog->blog, $blog->root );
		$closed = null !== $chain && DGOS_Roots::is_closed( $chain->current );
		if ( 'root' === $object->kind ) {
			return $closed || self::is_known_to_somebody( $blog, $now_ms );
		}
		if ( $closed ) {
			return false;
		}
		$payload = $object->payload;
		switch ( $object->kind ) {
			case 'delegation':
				return ! $payload->may || self::is_newest( $object, $blog->delegation, static fn ( $delegation ) => $delegation->payload->to === $payload->to );
			case 'head':
				// Only a head that counts supersedes: one that a stolen key signed far ahead would else bury all others.
				$current = DGOS_Heads::current( $blog, $now_ms );
				return null === $current
					|| DGOS_Heads::compare( $current->payload, $payload ) <= 0
					|| in_array( $object->id, self::authors_heads( $blog ), true );
			case 'snapshot':
				$current = DGOS_Heads::current( $blog, $now_ms );
				return ( null !== $current && ( $current->payload->snapshot ?? null ) === $object->id )
					|| self::is_shown( $object->id, $blog, $now_ms )
					|| self::is_newest_of( $object, $blog->snapshot );
			case 'archive':
				$current = DGOS_Archive::current( $blog, $now_ms );
				return ( null !== $current && $current->id === $object->id ) || self::is_newest_of( $object, $blog->archive );
			case 'attestation':
				return self::is_first_or_newest( $object, $blog->attestation, $now_ms );
			case 'observation':
				if ( isset( $payload->life ) ) {
					return $payload->time > $now_ms - self::LIFE_MS;
				}
				return $payload->time > $now_ms - self::OBSERVATION_MS && self::is_newest_of( $object, $blog->observation );
			case 'life':
				// An answer to a watcher travels in that watcher's observation, never alone.
				return isset( $payload->since ) && $payload->time > $now_ms - DGOS_Limits::LIFE_KEPT_MS && self::is_newest_of( $object, $blog->life );
			case 'declaration':
				return $payload->until > $now_ms
					|| ( $payload->time > $now_ms - self::WORD_MS
						&& self::is_newest( $object, $blog->declaration, static fn ( $declaration ) => $declaration->payload->by === $payload->by && $declaration->payload->state === $payload->state ) );
			case 'checkpoint':
				return $payload->time > $now_ms - self::CHECKPOINT_MS && self::is_newest_of( $object, $blog->checkpoint );
			default:
				return true;
		}
	}

	/** The newest record of each key of a member: a forerunner stays while it proves which key came after it. */
	private static function is_live_record( stdClass $record, array $network, int $now_ms ): bool {
		$key      = $record->payload->key;
		$member   = $record->payload->member;
		$own      = array_filter( $network, static fn ( $object ) => 'member' === $object->kind && $object->payload->member === $member );
		$followed = array_filter( $own, static fn ( $record ) => ( $record->payload->previous ?? null ) === $key );
		return ( $record->payload->expires > $now_ms || $followed ) && self::is_newest( $record, $own, static fn ( $record ) => $record->payload->key === $key );
	}

	/** The newest says that the marker stands, the first one since when: an address belongs to the id proven first. */
	private static function is_first_or_newest( stdClass $object, array $all, int $now_ms ): bool {
		$payload = $object->payload;
		$same    = array_filter( $all, static fn ( $other ) => $other->payload->key === $payload->key && $other->payload->address === $payload->address );
		$kept    = array_filter( $same, static fn ( $other ) => $other->payload->time > $now_ms - self::ATTESTATION_KEPT_MS );
		if ( ! $kept ) {
			return false;
		}
		$earlier = array_filter( $same, static fn ( $other ) => DGOS_Bytes::by_time( $other, $object ) < 0 );
		return ! $earlier || self::is_newest( $object, $same, static fn () => true );
	}

	/** Anybody can sign a root. It stays where a member has seen the blog's marker, and otherwise for a week. */
	private static function is_known_to_somebody( DGOS_Blog_Objects $blog, int $now_ms ): bool {
		$first = $blog->find( 'root', $blog->blog );
		return $blog->attestation || null === $first || $first->payload->time > $now_ms - self::UNATTESTED_MS;
	}

	/**
	 * Ids of the newest head of the current root that a posting key signed, and of those before it up to the first by a head
	 * signer. They stay: without them nobody who missed them can tell that the author changed the mirrors, and only those.
	 */
	private static function authors_heads( DGOS_Blog_Objects $blog ): array {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return array();
		}
		$is_authors = static fn ( $head ) => $roles->is_posting( $head->payload->key ) && ! DGOS_Heads::signs_heads( $roles, $head );
		$at         = null;
		foreach ( $blog->head as $other ) {
			$own = $other->payload->root === $roles->chain->current->id && $is_authors( $other );
			if ( $own && ( null === $at || DGOS_Heads::compare( $other->payload, $at->payload ) > 0 ) ) {
				$at = $other;
			}
		}
		$ids = array();
		while ( null !== $at && count( $ids ) <= count( $blog->head ) ) {
			$ids[] = $at->id;
			$at    = $is_authors( $at ) ? $blog->find( 'head', $at->payload->previous ?? null ) : null;
		}
		return $ids;
	}

	private static function is_shown( string $id, DGOS_Blog_Objects $blog, int $now_ms ): bool {
		foreach ( $blog->declaration as $declaration ) {
			if ( ( $declaration->payload->show ?? null ) === $id && $declaration->payload->until > $now_ms ) {
				return true;
			}
		}
		return false;
	}

	private static function target( stdClass $refusal ): array {
		$payload = $refusal->payload;
		return array( $payload->key, $payload->blog ?? null, $payload->blob ?? null, $payload->post ?? null );
	}

	private static function is_newest_of( stdClass $object, array $all ): bool {
		return self::is_newest( $object, $all, static fn ( $other ) => $other->payload->key === $object->payload->key );
	}

	/** Newest by time, then by the higher id. */
	private static function is_newest( stdClass $object, array $all, callable $same ): bool {
		foreach ( $all as $other ) {
			if ( $same( $other ) && DGOS_Bytes::by_time( $other, $object ) > 0 ) {
				return false;
			}
		}
		return true;
	}
}
