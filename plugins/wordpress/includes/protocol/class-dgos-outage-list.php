<?php
/**
 * The outage list: which guarded addresses are down now, as one member sees it. What beacons read.
 *
 * An entry is one line: `<address> <blog> <declaration> <state> <mirror> <mirror>`, the first three in base64url without
 * padding. Above 200 entries the list says `split` and is empty; the entries lie in 256 lists by the host's hash. The list
 * `pins` has no entries either: its members are those that the signer would pin, with their operators.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * A list is a stdClass {network, key, time, bucket, entries, members}; an entry {address, blog, declaration, state, mirrors}.
 */
final class DGOS_Outage_List {

	const TYPE          = 'application/vnd.dgos.outages.v1+json';
	const ENTRIES_SPLIT = 200;
	const ENTRIES_MAX   = 2000;
	const BYTES_MAX     = 600000;
	/** Members in the list `pins`. */
	const PINS_MAX = 16;
	/** A list older than this is not believed. */
	const AGE_MS_MAX = 900000;
	const STATES     = array(
		'd' => 'down',
		'q' => 'disputed',
		'r' => 'returning',
		'x' => 'exercise',
	);
	const LINE = '/^([\w-]{21}[AQgw]) ([\w-]{42}[AEIMQUYcgkosw048]) ([\w-]{21}[AQgw]) ([dqrx]) (0|[1-9]\d{0,3}|-) (0|[1-9]\d{0,3}|-)$/D';
	const URL  = '/^https?:\/\/[a-z0-9.:-]{1,260}\/[\w.~\/-]{0,250}$/D';

	/** The name of an address in lists: base64url of the first 16 bytes of SHA-256 of its host path. */
	public static function address_hash( string $host_path ): string {
		return DGOS_Base64::encode_url( substr( hash( 'sha256', $host_path, true ), 0, 16 ) );
	}

	/** The bucket of a host path: two hex digits, from its host alone. */
	public static function bucket_of( string $host_path ): string {
		return substr( DGOS_Bytes::sha256( explode( '/', $host_path, 2 )[0] ), 0, 2 );
	}

	/**
	 * Signs a list. Throws where open() would refuse it for anything but its age.
	 *
	 * @param string      $network Id of the network.
	 * @param int         $time    Now.
	 * @param string      $bucket  'all', 'split', 'pins' or two hex digits.
	 * @param stdClass[]  $entries The entries.
	 * @param DGOS_Signer $signer  Whose list.
	 * @param stdClass[]  $pins    Rows {key, url, operator} of the list `pins`.
	 */
	public static function seal( string $network, int $time, string $bucket, array $entries, DGOS_Signer $signer, array $pins = array() ): stdClass {
		$members = array();
		$lines   = array();
		foreach ( $entries as $entry ) {
			$places = array( '-', '-' );
			foreach ( $entry->mirrors as $i => $mirror ) {
				$members[ $mirror->key ] = $members[ $mirror->key ] ?? $mirror->url;
				$places[ $i ]            = array_search( $mirror->key, array_map( 'strval', array_keys( $members ) ), true );
			}
			$blog    = DGOS_Base64::encode_url( hex2bin( $entry->blog ) );
			$word    = DGOS_Base64::encode_url( hex2bin( substr( $entry->declaration, 0, 32 ) ) );
			$lines[] = implode( ' ', array( $entry->address, $blog, $word, array_search( $entry->state, self::STATES, true ), $places[0], $places[1] ) );
		}
		$table = $pins;
		foreach ( $members as $key => $url ) {
			$table[] = compact( 'key', 'url' );
		}
		$fields = array(
			'network' => $network,
			'key'     => $signer->key,
			'time'    => $time,
			'bucket'  => $bucket,
			'members' => $table,
			'entries' => $lines,
		);
		$payload = (string) json_encode( $fields, JSON_UNESCAPED_SLASHES ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs, signing must not.
		if ( null === self::parse( $payload ) ) {
			throw new InvalidArgumentException( 'cannot seal this outage list' );
		}
		return (object) array(
			'payload'     => DGOS_Base64::encode( $payload ),
			'payloadType' => self::TYPE,
			'signatures'  => array(
				(object) array(
					'keyid' => $signer->key,
					'sig'   => DGOS_Base64::encode( $signer->sign( DGOS_Envelope::signed_bytes( self::TYPE, $payload ) ) ),
				),
			),
		);
	}

	/**
	 * Opens a list from outside. Nothing is parsed that is not signed.
	 *
	 * @param mixed         $input   Decoded JSON, in object mode.
	 * @param string        $network Id of our network.
	 * @param string[]|null $keys    The pinned members' keys, null for any.
	 * @param int           $now_ms  Now.
	 * @return stdClass|DGOS_Refused
	 */
	public static function open( $input, string $network, ?array $keys, int $now_ms ) {
		$payload    = DGOS_Bytes::field( $input, 'payload' );
		$signatures = DGOS_Bytes::field( $input, 'signatures' );
		$first      = is_array( $signatures ) && 1 === count( $signatures ) ? $signatures[0] : null;
		$keyid      = DGOS_Bytes::field( $first, 'keyid' );
		$sig        = DGOS_Bytes::field( $first, 'sig' );
		if ( self::TYPE !== DGOS_Bytes::field( $input, 'payloadType' ) || ! is_string( $payload ) || ! is_string( $sig ) || ! DGOS_Bytes::is_hash( $keyid ) ) {
			return DGOS_Codes::refuse( 'BAD_ENVELOPE' );
		}
		if ( strlen( $payload ) > self::BYTES_MAX && DGOS_Bytes::utf16_length( $payload ) > self::BYTES_MAX ) {
			return DGOS_Codes::refuse( 'TOO_LARGE' );
		}
		if ( null !== $keys && ! in_array( $keyid, $keys, true ) ) {
			return DGOS_Codes::refuse( 'NOT_ALLOWED' );
		}
		$bytes     = DGOS_Base64::decode( $payload );
		$signature = DGOS_Base64::decode( $sig );
		if ( null === $bytes || null === $signature ) {
			return DGOS_Codes::refuse( 'BAD_BASE64' );
		}
		if ( ! DGOS_Ed25519::verify( hex2bin( $keyid ), DGOS_Envelope::signed_bytes( self::TYPE, $bytes ), $signature ) ) {
			return DGOS_Codes::refuse( 'BAD_SIGNATURE' );
		}
		$list = self::parse( $bytes );
		if ( null === $list ) {
			return DGOS_Codes::refuse( 'BAD_FIELDS' );
		}
		if ( $list->key !== $keyid ) {
			return DGOS_Codes::refuse( 'BAD_SIGNATURE' );
		}
		if ( $list->network !== $network ) {
			return DGOS_Codes::refuse( 'OTHER_NETWORK' );
		}
		if ( $list->time > $now_ms + self::AGE_MS_MAX ) {
			return DGOS_Codes::refuse( 'AHEAD_OF_TIME' );
		}
		return $list->time < $now_ms - self::AGE_MS_MAX ? DGOS_Codes::refuse( 'EXPIRED' ) : $list;
	}

	/** The payload of a list, or null where it is not one. */
	public static function parse( string $bytes ): ?stdClass {
		$read    = DGOS_Bytes::is_utf8( $bytes ) ? json_decode( $bytes ) : null;
		$time    = self::whole( DGOS_Bytes::field( $read, 'time' ) );
		$bucket  = DGOS_Bytes::field( $read, 'bucket' );
		$members = DGOS_Bytes::field( $read, 'members' );
		$lines   = DGOS_Bytes::field( $read, 'entries' );
		if ( ! DGOS_Bytes::is_hash( DGOS_Bytes::field( $read, 'network' ) ) || ! DGOS_Bytes::is_hash( DGOS_Bytes::field( $read, 'key' ) ) ) {
			return null;
		}
		if ( null === $time || $time < 0 || $time > DGOS_Limits::INTEGER_MAX || ! is_string( $bucket ) || 1 !== preg_match( '/^(all|split|pins|[0-9a-f]{2})$/D', $bucket ) ) {
			return null;
		}
		if ( ! is_array( $members ) || ! is_array( $lines ) || count( $lines ) > self::ENTRIES_MAX || count( $members ) > ( 'pins' === $bucket ? self::PINS_MAX : 2 * count( $lines ) ) ) {
			return null;
		}
		if ( count( array_filter( $members, array( self::class, 'is_member' ) ) ) < count( $members ) || ( in_array( $bucket, array( 'split', 'pins' ), true ) && $lines ) ) {
			return null;
		}
		$entries = array();
		foreach ( $lines as $line ) {
			$entry = self::entry_of( $line, $members );
			if ( null === $entry || isset( $entries[ $entry->address ] ) ) {
				return null;
			}
			$entries[ $entry->address ] = $entry;
		}
		return (object) array(
			'network' => $read->network,
			'key'     => $read->key,
			'time'    => $time,
			'bucket'  => $bucket,
			'entries' => array_values( $entries ),
			'members' => $members,
		);
	}

	/**
	 * What several lists agree on for one address: two of different members name the same blog, state and declaration. The
	 * mirrors of all that agree. Null where there are not two, or where two pairs contradict.
	 *
	 * @param stdClass[] $lists   Opened lists.
	 * @param string     $address As address_hash() names it.
	 */
	public static function agreed( array $lists, string $address ): ?stdClass {
		$found = array();
		foreach ( $lists as $list ) {
			foreach ( $list->entries as $entry ) {
				if ( $entry->address !== $address ) {
					continue;
				}
				$name  = "$entry->blog $entry->state $entry->declaration";
				$group = $found[ $name ] ?? array(
					'entry'   => $entry,
					'keys'    => array(),
					'mirrors' => array(),
				);

				$group['keys'][ $list->key ] = true;
				foreach ( $entry->mirrors as $mirror ) {
					$group['mirrors'] += array( $mirror->key => $mirror );
				}
				$found[ $name ] = $group;
				break;
			}
		}
		$agreed = array_values( array_filter( $found, static fn ( $group ) => count( $group['keys'] ) >= 2 ) );
		if ( 1 !== count( $agreed ) ) {
			return null;
		}
		$entry          = clone $agreed[0]['entry'];
		$entry->mirrors = array_values( $agreed[0]['mirrors'] );
		return $entry;
	}

	/**
	 * A number as JavaScript reads it: 1e3 and 1000.0 are the whole number 1000. Anything else is null.
	 *
	 * @param mixed $value Decoded JSON.
	 */
	private static function whole( $value ): ?int {
		$whole = is_int( $value ) || ( is_float( $value ) && abs( $value ) <= DGOS_Limits::INTEGER_MAX && floor( $value ) === $value );
		return $whole ? (int) $value : null;
	}

	/**
	 * One line as an entry, or null.
	 *
	 * @param mixed $line    Decoded JSON.
	 * @param array $members The list's table.
	 */
	private static function entry_of( $line, array $members ): ?stdClass {
		if ( ! is_string( $line ) || 1 !== preg_match( self::LINE, $line, $parts ) ) {
			return null;
		}
		$mirrors = array();
		foreach ( array( $parts[5], $parts[6] ) as $place ) {
			if ( '-' === $place ) {
				continue;
			}
			if ( ! isset( $members[ (int) $place ] ) ) {
				return null;
			}
			$mirrors[] = $members[ (int) $place ];
		}
		return (object) array(
			'address'     => $parts[1],
			'blog'        => bin2hex( DGOS_Base64::decode_url( $parts[2] ) ),
			'declaration' => bin2hex( DGOS_Base64::decode_url( $parts[3] ) ),
			'state'       => self::STATES[ $parts[4] ],
			'mirrors'     => $mirrors,
		);
	}

	/**
	 * Whether a value is a row of the table of members.
	 *
	 * @param mixed $value Decoded JSON.
	 */
	private static function is_member( $value ): bool {
		$url = DGOS_Bytes::field( $value, 'url' );
		return DGOS_Bytes::is_hash( DGOS_Bytes::field( $value, 'key' ) ) && is_string( $url ) && 1 === preg_match( self::URL, $url );
	}
}
