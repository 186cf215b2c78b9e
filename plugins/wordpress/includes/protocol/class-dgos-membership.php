<?php
/**
 * Who is a member, computed by everyone from the network's own objects: founders, vouchers and member records.
 *
 * A voucher counts where its operator has had full standing for 30 days (founders at once, an operator for its own further
 * members at once) and gave fewer than three in the 30 days before. Needed are min(2, operators that could vouch at that
 * time); with one that is not yet enough a member is a guest.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: the same objects give the same roster in any order of arrival.
 */
final class DGOS_Membership {

	/**
	 * SHA-256 of the member's first key and the nonces of its vouchers in order of text; founders have the network's id instead.
	 *
	 * @param string   $key     First key, hex.
	 * @param string[] $nonces  Of its vouchers, hex.
	 * @param string   $network The network's id.
	 */
	public static function placement_id( string $key, array $nonces, string $network ): string {
		sort( $nonces, SORT_STRING );
		return DGOS_Bytes::sha256( hex2bin( $key . implode( '', $nonces ? $nonces : array( $network ) ) ) );
	}

	/**
	 * The roster at a minute. Other kinds of objects are ignored.
	 *
	 * @param stdClass   $network The network object.
	 * @param stdClass[] $objects Members and vouchers among others.
	 * @param int        $now_ms  Now.
	 */
	public static function roster_of( stdClass $network, array $objects, int $now_ms ): DGOS_Roster {
		list( $current, $standings ) = self::standings_at( $network, $objects, $now_ms );

		$members   = array();
		$operators = array();
		$by_key    = array();
		foreach ( $current as $id => $walked ) {
			$view = self::view_of( (string) $id, $walked->record, $network, $standings );
			if ( null === $view ) {
				continue;
			}
			$by_key += array_fill_keys( $walked->keys, $view );
			if ( $view->expires > $now_ms && ! $view->leaving ) {
				$members[] = $view;
				if ( 'full' === $view->standing ) {
					$operators[ $view->operator ] = true;
				}
			}
		}
		$operators = array_keys( $operators );
		sort( $operators, SORT_STRING );
		return new DGOS_Roster( $network, $members, $operators, $by_key );
	}

	/**
	 * The vouchers that count for a member under an operator, in order of time: what its record names and its placement is
	 * made of. A second word of one operator, or one of an operator that may not vouch yet, counts for nothing; a placement
	 * made of it fits no roster.
	 *
	 * @param stdClass   $network  The network object.
	 * @param stdClass[] $objects  Members and vouchers among others.
	 * @param int        $now_ms   Now.
	 * @param string     $member   First key of the member.
	 * @param string     $operator Its operator.
	 * @return stdClass[]
	 */
	public static function counted_vouchers( stdClass $network, array $objects, int $now_ms, string $member, string $operator ): array {
		$standing = self::standings_at( $network, $objects, $now_ms )[1]->of_member( $member, $operator );
		return null === $standing ? array() : $standing->vouchers;
	}

	/** Newest records by member, and what the vouchers amount to. */
	private static function standings_at( stdClass $network, array $objects, int $now_ms ): array {
		$in_time = array_filter(
			$objects,
			static fn ( $object ) => ( $object->payload->network ?? null ) === $network->id && $object->payload->time <= $now_ms + DGOS_Limits::AHEAD_MS_MAX
		);
		usort( $in_time, array( 'DGOS_Bytes', 'by_time' ) );
		$current = self::current_records( $in_time );
		$found   = array();
		foreach ( $network->payload->founders as $key ) {
			$found[ isset( $current[ $key ] ) ? $current[ $key ]->record->payload->operator : $key ] = true;
		}
		$vouchers = array_filter( $in_time, static fn ( $object ) => 'voucher' === $object->kind );
		return array( $current, DGOS_Standings::of( $vouchers, array_keys( $found ) ) );
	}

	/** Member id => {record, keys}, in order of id. `$in_time` is in order of time. */
	private static function current_records( array $in_time ): array {
		$by_member = array();
		foreach ( $in_time as $object ) {
			if ( 'member' === $object->kind && $object->payload->expires <= $object->payload->time + DGOS_Limits::MEMBER_UNTIL_MS_MAX ) {
				$by_member[ $object->payload->member ][] = $object;
			}
		}
		ksort( $by_member, SORT_STRING );
		$current = array();
		foreach ( $by_member as $id => $own ) {
			$walked = self::walk_keys( (string) $id, $own );
			if ( null !== $walked ) {
				$current[ $id ] = $walked;
			}
		}
		return $current;
	}

	/**
	 * Follows the key from the first one to the last, and takes the newest record of the last. `$own` is in order of time. Each
	 * record is looked at a few times, however long the chain.
	 */
	private static function walk_keys( string $id, array $own ): ?stdClass {
		$by_previous = array();
		foreach ( $own as $record ) {
			$by_previous[ $record->payload->previous ?? '' ][] = $record;
		}
		$keys   = array( $id => true );
		$last   = $id;
		$signed = self::signed_by( $id, $by_previous[''] ?? array() );
		if ( ! $signed ) {
			return null;
		}
		for (;;) {
			$followers = $by_previous[ $last ] ?? array();
			$next      = self::successor_of( $signed, $followers );
			if ( null === $next || isset( $keys[ $next ] ) ) {
				return (object) array(
					'record' => $signed[ count( $signed ) - 1 ],
					'keys'   => array_map( 'strval', array_keys( $keys ) ),
				);
			}
			$signed        = self::signed_by( $next, $followers );
			$keys[ $next ] = true;
			$last          = $next;
		}
	}

	private static function signed_by( string $key, array $records ): array {
		return array_values( array_filter( $records, static fn ( $record ) => $record->payload->key === $key ) );
	}

	/** The key to which one of the `$signed` records committed and which has signed since. The earliest commitment decides. */
	private static function successor_of( array $signed, array $followers ): ?string {
		$claims = array();
		foreach ( $followers as $record ) {
			$claims[ DGOS_Bytes::sha256( hex2bin( $record->payload->key ) ) ] = $record->payload->key;
		}
		foreach ( $signed as $object ) {
			if ( isset( $claims[ $object->payload->next ] ) ) {
				return $claims[ $object->payload->next ];
			}
		}
		return null;
	}

	private static function view_of( string $id, stdClass $record, stdClass $network, DGOS_Standings $standings ): ?stdClass {
		$payload  = $record->payload;
		$founder  = in_array( $id, $network->payload->founders, true );
		$standing = $standings->of_member( $id, $payload->operator );
		if ( ! $founder && null === $standing ) {
			return null;
		}
		$counted = null === $standing ? array() : $standing->vouchers;
		if ( ! self::placement_fits( $id, $payload, $founder, $counted, $network->id ) ) {
			return null;
		}
		$full = $founder || ( null !== $standing && $standing->full );
		return (object) array(
			'id'         => $id,
			'key'        => $payload->key,
			'name'       => $payload->name,
			'url'        => $payload->url,
			'contentUrl' => $payload->contentUrl ?? null,
			'operator'   => $payload->operator,
			'passive'    => $payload->passive,
			'weight'     => $payload->weight,
			'region'     => $counted ? $counted[0]->payload->region : '',
			'block'      => $counted ? $counted[0]->payload->block : '',
			'inviters'   => $standings->inviters_of( $payload->operator ) ?? array_map( static fn ( $object ) => $object->payload->key, $counted ),
			'placement'  => $payload->placement,
			'standing'   => $full ? 'full' : 'guest',
			'since'      => $founder ? $network->payload->time : $standing->since,
			'expires'    => $payload->expires,
			'leaving'    => true === ( $payload->leaving ?? null ),
			'record'     => $record,
		);
	}

	/** A guest's first record fixed its placement before the second voucher came: some of the nonces are good too. */
	private static function placement_fits( string $id, stdClass $payload, bool $founder, array $counted, string $network ): bool {
		if ( $founder ) {
			return self::placement_id( $id, array(), $network ) === $payload->placement;
		}
		$named = array();
		foreach ( $counted as $object ) {
			if ( in_array( $object->id, $payload->vouchers, true ) ) {
				$named[] = $object->payload->nonce;
			}
		}
		$named = array_slice( $named, 0, 4 );
		for ( $set = 1; $set < 1 << count( $named ); $set++ ) {
			$nonces = array();
			foreach ( $named as $i => $nonce ) {
				if ( $set & ( 1 << $i ) ) {
					$nonces[] = $nonce;
				}
			}
			if ( self::placement_id( $id, $nonces, $network ) === $payload->placement ) {
				return true;
			}
		}
		return false;
	}
}
