<?php
/**
 * Byte strings and hex: the few operations that every other file of the contract needs.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Texts of the protocol are PHP byte strings in UTF-8. Lengths are counted in bytes unless a name says otherwise.
 */
final class DGOS_Bytes {

	/** Whether the bytes are well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. */
	public static function is_utf8( string $bytes ): bool {
		return 1 === preg_match( '//u', $bytes );
	}

	/**
	 * Length of a well-formed text in UTF-16 units, as JavaScript counts the shape of an envelope. Elsewhere the
	 * contract counts bytes; only envelopes that must be refused anyway can tell the difference.
	 */
	public static function utf16_length( string $text ): int {
		$continuations = preg_match_all( '/[\x80-\xbf]/', $text );
		$pairs         = preg_match_all( '/[\xf0-\xf4]/', $text );
		return strlen( $text ) - $continuations + $pairs;
	}

	/**
	 * Whether a value is the lower-case hex of 32 bytes: a hash, an id or a key.
	 *
	 * @param mixed $value Anything.
	 */
	public static function is_hash( $value ): bool {
		return is_string( $value ) && 64 === strlen( $value ) && 64 === strspn( $value, '0123456789abcdef' );
	}

	/** SHA-256 of the bytes, in hex. */
	public static function sha256( string $bytes ): string {
		return hash( 'sha256', $bytes );
	}

	/**
	 * A field of a decoded JSON object, or null where it has none.
	 *
	 * @param mixed  $value Any decoded JSON value.
	 * @param string $name  Name of the field.
	 * @return mixed
	 */
	public static function field( $value, string $name ) {
		return is_object( $value ) && property_exists( $value, $name ) ? $value->$name : null;
	}

	/**
	 * Ids of objects, in their order.
	 *
	 * @param array $objects Signed objects.
	 */
	public static function ids( array $objects ): array {
		return array_map(
			static function ( $object ) {
				return $object->id;
			},
			array_values( $objects )
		);
	}

	/** The order of two signed objects by (time, id): -1, 0 or 1. */
	public static function by_time( object $a, object $b ): int {
		$order = $a->payload->time <=> $b->payload->time;
		return 0 !== $order ? $order : self::compare( $a->id, $b->id );
	}

	/** The order of two texts byte by byte: -1, 0 or 1. Never `<`, which reads digits as numbers. */
	public static function compare( string $a, string $b ): int {
		return strcmp( $a, $b ) <=> 0;
	}
}
