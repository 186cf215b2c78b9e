<?php
/**
 * Bodies of requests between members, and from doors to members. Every body is one JSON object under the same strict
 * rules as payloads; an object inside that is wrong is refused alone, by DGOS_Envelope::open().
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Each function returns what was asked, or a DGOS_Refused.
 */
final class DGOS_Request {

	/**
	 * `{"objects": [envelope, ...]}` with 1 to 64 envelopes, still unchecked.
	 *
	 * @return array|DGOS_Refused
	 */
	public static function parse_batch( string $body ) {
		$read = self::body( $body, DGOS_Limits::BATCH_BYTES_MAX );
		if ( $read instanceof DGOS_Refused ) {
			return $read;
		}
		$max     = DGOS_Limits::BATCH_OBJECTS_MAX;
		$objects = DGOS_Bytes::field( $read, 'objects' );
		if ( ! is_array( $objects ) || ! $objects ) {
			return DGOS_Codes::refuse( 'BAD_REQUEST', "send {\"objects\": […]} with 1 to $max envelopes" );
		}
		return count( $objects ) > $max ? DGOS_Codes::refuse( 'TOO_LARGE', "$max objects a request" ) : $objects;
	}

	/**
	 * `{"from": member key, "scope": "network" | "mirrors", "ranges": [...]}`. `from` is a claim: it decides nothing but load.
	 *
	 * @return stdClass|DGOS_Refused
	 */
	public static function parse_sync( string $body ) {
		$read = self::body( $body, DGOS_Limits::ASK_BYTES_MAX );
		if ( $read instanceof DGOS_Refused ) {
			return $read;
		}
		if ( ! DGOS_Bytes::is_hash( DGOS_Bytes::field( $read, 'from' ) ) ) {
			return DGOS_Codes::refuse( 'BAD_REQUEST', 'from' );
		}
		if ( ! in_array( DGOS_Bytes::field( $read, 'scope' ), array( 'network', 'mirrors' ), true ) ) {
			return DGOS_Codes::refuse( 'BAD_REQUEST', 'scope' );
		}
		$read->ranges = DGOS_Reconcile::parse_ranges( DGOS_Bytes::field( $read, 'ranges' ) );
		return null === $read->ranges ? DGOS_Codes::refuse( 'BAD_REQUEST', 'ranges' ) : $read;
	}

	/**
	 * `{"blob": hash, "from": first byte, "to": byte after the last, "nonce": 32 bytes hex}`.
	 *
	 * @return stdClass|DGOS_Refused
	 */
	public static function parse_audit( string $body ) {
		$read = self::body( $body, DGOS_Limits::ASK_BYTES_MAX );
		if ( $read instanceof DGOS_Refused ) {
			return $read;
		}
		$from = DGOS_Bytes::field( $read, 'from' );
		$to   = DGOS_Bytes::field( $read, 'to' );
		if ( ! DGOS_Bytes::is_hash( DGOS_Bytes::field( $read, 'blob' ) ) || ! DGOS_Bytes::is_hash( DGOS_Bytes::field( $read, 'nonce' ) ) ) {
			return DGOS_Codes::refuse( 'BAD_REQUEST', 'blob' );
		}
		if ( ! is_int( $from ) || ! is_int( $to ) ) {
			return DGOS_Codes::refuse( 'BAD_REQUEST', 'from' );
		}
		return $from < 0 || $to <= $from || $to > DGOS_Limits::BLOB_BYTES_MAX ? DGOS_Codes::refuse( 'BAD_REQUEST', 'to' ) : $read;
	}

	/**
	 * The object of a body within its size.
	 *
	 * @return stdClass|DGOS_Refused
	 */
	private static function body( string $body, int $max ) {
		return strlen( $body ) > $max ? DGOS_Codes::refuse( 'TOO_LARGE', "$max bytes a request" ) : DGOS_Json::parse( $body );
	}
}
