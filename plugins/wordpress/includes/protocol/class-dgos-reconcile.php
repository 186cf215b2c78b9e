<?php
/**
 * Range-based set reconciliation: two members find what each lacks in a few messages. Fingerprints are those of
 * negentropy v1 (additive, so that nobody can cancel ids as with XOR).
 *
 * A message is a list of ranges [from, to) of ids, ascending and apart; "" is the beginning as `from` and the end as `to`.
 *   fp, alike -> nothing        fp, not alike -> few ids: `ids`, many: sixteen `fp`
 *   ids -> `need` and `have`    need/have -> nothing: both sides now know the difference
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Ranges are stdClass. Ids are sorted and without repetition. Needs 64-bit integers.
 */
final class DGOS_Reconcile {

	/** Ids listed in one message. The rest waits for the next message behind a fingerprint. */
	const LISTED_IDS_MAX = 4096;
	/** Ranges in one message. */
	const RANGES_MAX = 1024;
	/** A differing range with more ids than this is split, not listed. */
	const RANGE_IDS_MAX = 32;
	/** A settlement with more ids than this to offer is split instead. */
	const RANGE_HAVE_MAX = 512;
	const SPLIT_INTO     = 16;

	/** Sum of the ids as little-endian integers mod 2^256, then the count as varint; SHA-256; 16 bytes, hex. */
	public static function fingerprint( array $ids ): string {
		$sums = array_fill( 1, 8, 0 );
		foreach ( $ids as $id ) {
			foreach ( unpack( 'V8', hex2bin( $id ) ) as $i => $limb ) {
				$sums[ $i ] += $limb;
			}
		}
		$bytes = '';
		$carry = 0;
		foreach ( $sums as $sum ) {
			$sum   += $carry;
			$bytes .= pack( 'V', $sum & 0xffffffff );
			$carry  = $sum >> 32;
		}
		$count = count( $ids );
		$tail  = chr( $count & 0x7f );
		for ( $left = $count >> 7; $left > 0; $left >>= 7 ) {
			$tail = chr( ( $left & 0x7f ) | 0x80 ) . $tail;
		}
		return substr( hash( 'sha256', $bytes . $tail ), 0, 32 );
	}

	/** What the asker sends first. */
	public static function first_message( array $ids ): array {
		return count( $ids ) <= self::RANGE_IDS_MAX ? array( self::range( '', '', array( 'ids' => $ids ) ) ) : self::split( '', '', $ids );
	}

	/** Answers a message that parse_ranges() has accepted: {reply, have, need}. An empty reply: nothing is left to say. */
	public static function answer( array $ids, array $message ): stdClass {
		$reply  = array();
		$have   = array();
		$need   = array();
		$listed = 0;
		foreach ( $message as $range ) {
			$mine = self::within( $ids, $range->from, $range->to );
			if ( isset( $range->need ) ) {
				$have = array_merge( $have, array_intersect( $range->need, $mine ) );
				$need = array_merge( $need, array_diff( $range->have, $mine ) );
				continue;
			}
			$replies = isset( $range->fp ) ? self::differing( $range, $mine ) : array( self::settlement( $range, $mine ) );
			if ( 1 === count( $replies ) && count( $replies[0]->have ?? array() ) > self::RANGE_HAVE_MAX ) {
				$replies = self::split( $range->from, $range->to, $mine );
			}
			$count = array_sum( array_map( array( self::class, 'ids_in' ), $replies ) );
			if ( $listed + $count > self::LISTED_IDS_MAX || count( $reply ) + count( $replies ) >= self::RANGES_MAX ) {
				// Out of room: what is left is asked for again in the next message, as one range.
				$to      = $message[ count( $message ) - 1 ]->to;
				$reply[] = self::range( $range->from, $to, array( 'fp' => self::fingerprint( self::within( $ids, $range->from, $to ) ) ) );
				break;
			}
			$listed += $count;
			$reply   = array_merge( $reply, $replies );
			foreach ( $replies as $narrower ) {
				$have = array_merge( $have, $narrower->have ?? array() );
				$need = array_merge( $need, $narrower->need ?? array() );
			}
		}
		return (object) array(
			'reply' => $reply,
			'have'  => $have,
			'need'  => $need,
		);
	}

	/**
	 * The ranges of an outside value, or null where they are malformed, out of order, or more than a message may hold.
	 *
	 * @param mixed $input Decoded JSON, in object mode.
	 */
	public static function parse_ranges( $input ): ?array {
		if ( ! is_array( $input ) || count( $input ) > self::RANGES_MAX ) {
			return null;
		}
		$covered = '';
		$listed  = 0;
		$ranges  = array();
		foreach ( $input as $item ) {
			$range = self::range_of( $item );
			if ( null === $range || null === $covered || strcmp( $range->from, $covered ) < 0 ) {
				return null;
			}
			$covered  = '' === $range->to ? null : $range->to;
			$listed  += self::ids_in( $range );
			$ranges[] = $range;
		}
		return $listed > self::LISTED_IDS_MAX ? null : $ranges;
	}

	/**
	 * One range, or null.
	 *
	 * @param mixed $input Decoded JSON.
	 */
	private static function range_of( $input ): ?stdClass {
		$from = DGOS_Bytes::field( $input, 'from' );
		$to   = DGOS_Bytes::field( $input, 'to' );
		if ( ! self::is_bound( $from ) || ! self::is_bound( $to ) || ( '' !== $to && strcmp( $to, $from ) <= 0 ) ) {
			return null;
		}
		$fp = DGOS_Bytes::field( $input, 'fp' );
		if ( is_string( $fp ) ) {
			return 1 === preg_match( '/^[0-9a-f]{32}$/D', $fp ) ? self::range( $from, $to, array( 'fp' => $fp ) ) : null;
		}
		if ( property_exists( $input, 'ids' ) ) {
			return self::are_ids( $input->ids, $from, $to, self::RANGE_IDS_MAX ) ? self::range( $from, $to, array( 'ids' => $input->ids ) ) : null;
		}
		$need = DGOS_Bytes::field( $input, 'need' );
		$have = DGOS_Bytes::field( $input, 'have' );
		if ( ! self::are_ids( $need, $from, $to, self::RANGE_IDS_MAX ) || ! self::are_ids( $have, $from, $to, self::RANGE_HAVE_MAX ) ) {
			return null;
		}
		return self::range( $from, $to, compact( 'need', 'have' ) );
	}

	private static function range( string $from, string $to, array $fields ): stdClass {
		return (object) ( compact( 'from', 'to' ) + $fields );
	}

	/**
	 * Whether a value is 0 to 64 hex digits.
	 *
	 * @param mixed $value Anything.
	 */
	private static function is_bound( $value ): bool {
		return is_string( $value ) && 1 === preg_match( '/^[0-9a-f]{0,64}$/D', $value );
	}

	/**
	 * Whether a value is a sorted list of ids within a range.
	 *
	 * @param mixed  $value Anything.
	 * @param string $from  First bound.
	 * @param string $to    Last bound.
	 * @param int    $max   Ids at most.
	 */
	private static function are_ids( $value, string $from, string $to, int $max ): bool {
		if ( ! is_array( $value ) || count( $value ) > $max ) {
			return false;
		}
		$before = null;
		foreach ( $value as $id ) {
			if ( ! DGOS_Bytes::is_hash( $id ) || strcmp( $id, $from ) < 0 || ( '' !== $to && strcmp( $id, $to ) >= 0 ) ) {
				return false;
			}
			if ( null !== $before && strcmp( $id, $before ) <= 0 ) {
				return false;
			}
			$before = $id;
		}
		return true;
	}

	private static function ids_in( stdClass $range ): int {
		return count( $range->ids ?? array() ) + count( $range->need ?? array() ) + count( $range->have ?? array() );
	}

	private static function differing( stdClass $range, array $mine ): array {
		if ( self::fingerprint( $mine ) === $range->fp ) {
			return array();
		}
		return count( $mine ) <= self::RANGE_IDS_MAX ? array( self::range( $range->from, $range->to, array( 'ids' => $mine ) ) ) : self::split( $range->from, $range->to, $mine );
	}

	private static function settlement( stdClass $range, array $mine ): stdClass {
		$fields = array(
			'need' => array_values( array_diff( $range->ids, $mine ) ),
			'have' => array_values( array_diff( $mine, $range->ids ) ),
		);
		return self::range( $range->from, $range->to, $fields );
	}

	/** Sixteen ranges of about as many ids each. A bound is the shortest prefix that parts two neighbours. */
	private static function split( string $from, string $to, array $ids ): array {
		$ranges = array();
		$start  = 0;
		$lower  = $from;
		for ( $i = 1; $i <= self::SPLIT_INTO; $i++ ) {
			$end      = intdiv( count( $ids ) * $i, self::SPLIT_INTO );
			$upper    = self::SPLIT_INTO === $i ? $to : self::bound_between( $ids[ $end - 1 ], $ids[ $end ] );
			$ranges[] = self::range( $lower, $upper, array( 'fp' => self::fingerprint( array_slice( $ids, $start, $end - $start ) ) ) );
			$start    = $end;
			$lower    = $upper;
		}
		return $ranges;
	}

	private static function bound_between( string $below, string $above ): string {
		$length = 1;
		while ( 0 === strncmp( $below, $above, $length ) ) {
			++$length;
		}
		return substr( $above, 0, $length );
	}

	private static function within( array $ids, string $from, string $to ): array {
		$start = self::first_at_least( $ids, $from );
		$end   = '' === $to ? count( $ids ) : self::first_at_least( $ids, $to );
		return array_slice( $ids, $start, $end - $start );
	}

	private static function first_at_least( array $ids, string $bound ): int {
		$low  = 0;
		$high = count( $ids );
		while ( $low < $high ) {
			$middle = ( $low + $high ) >> 1;
			if ( strcmp( $ids[ $middle ], $bound ) < 0 ) {
				$low = $middle + 1;
			} else {
				$high = $middle;
			}
		}
		return $low;
	}
}
