<?php
/**
 * Base64 of RFC 4648 section 4, read strictly.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Decode, encode again, compare, refuse on difference: lenient decoders would give one object many texts.
 */
final class DGOS_Base64 {

	/** Standard alphabet, padded. */
	public static function encode( string $bytes ): string {
		return base64_encode( $bytes ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- The wire format is base64.
	}

	/** The bytes, or null where the text is not the one canonical encoding of them. */
	public static function decode( string $text ): ?string {
		$bytes = base64_decode( $text, true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- The wire format is base64.
		return false !== $bytes && self::encode( $bytes ) === $text ? $bytes : null;
	}

	/** Base64url without padding, as outage lists have it. */
	public static function encode_url( string $bytes ): string {
		return rtrim( strtr( self::encode( $bytes ), '+/', '-_' ), '=' );
	}

	/** The bytes of base64url without padding. The caller has checked the grammar, so that it always decodes. */
	public static function decode_url( string $text ): string {
		$padded = strtr( $text, '-_', '+/' ) . str_repeat( '=', ( 4 - strlen( $text ) % 4 ) % 4 );
		return (string) self::decode( $padded );
	}
}
