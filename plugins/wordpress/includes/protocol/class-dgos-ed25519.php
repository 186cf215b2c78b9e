<?php
/**
 * Strict Ed25519: byte checks first, then the platform's verifier (ext-sodium, or sodium_compat as WordPress ships it).
 *
 * Libraries disagree: some take S + L, some take keys and R of small order or non-canonical encodings. With these checks
 * all of them agree. Source: RFC 8032 section 5.1.7; "Taming the many EdDSAs" (2020).
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Keys and signatures are raw bytes here.
 */
final class DGOS_Ed25519 {

	/** The order of the group, little-endian. */
	const ORDER_L = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';

	/** The prime of the field, little-endian. */
	const FIELD_P = 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f';

	/** The y of the eight points of small order, sign bit cleared: 0, 1, -1 and the two of order 8. */
	const SMALL_ORDER_Y = array(
		'0000000000000000000000000000000000000000000000000000000000000000',
		'0100000000000000000000000000000000000000000000000000000000000000',
		'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
		'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
		'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
	);

	/** Whether PHP itself does the arithmetic; sodium_compat takes some hundred times as long. */
	public static function is_fast(): bool {
		static $fast = null;
		if ( null === $fast ) {
			$fast = ! ( new ReflectionFunction( 'sodium_crypto_sign_verify_detached' ) )->isUserDefined();
		}
		return $fast;
	}

	private static function is_below( string $little_endian, string $limit_hex ): bool {
		return strcmp( strrev( $little_endian ), strrev( hex2bin( $limit_hex ) ) ) < 0;
	}

	/** True for a 32-byte point with y < p that is not of small order. Says nothing about being on the curve. */
	public static function is_strict_point( string $bytes ): bool {
		if ( 32 !== strlen( $bytes ) ) {
			return false;
		}
		$bytes[31] = chr( ord( $bytes[31] ) & 0x7f );
		return self::is_below( $bytes, self::FIELD_P ) && ! in_array( bin2hex( $bytes ), self::SMALL_ORDER_Y, true );
	}

	/** Every check that needs no curve: lengths, S < L, strict key, strict R. */
	public static function is_strict_signature( string $key, string $signature ): bool {
		return 64 === strlen( $signature )
			&& self::is_strict_point( $key )
			&& self::is_strict_point( substr( $signature, 0, 32 ) )
			&& self::is_below( substr( $signature, 32 ), self::ORDER_L );
	}

	/** Whether the signature is good. Never throws: sodium throws on keys that are no point. */
	public static function verify( string $key, string $message, string $signature ): bool {
		if ( ! self::is_strict_signature( $key, $signature ) ) {
			return false;
		}
		try {
			return sodium_crypto_sign_verify_detached( $signature, $message, $key );
		} catch ( SodiumException | RangeException $refused ) {
			return false; // No point of the curve: ext-sodium says false, sodium_compat throws one or the other.
		}
	}
}
