<?php
/**
 * Which blog a signed file speaks of, seen from its beginning: files are large, and objects stand before images.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as activation/doors/upload-beginning.ts. Nothing is verified here.
 */
final class DGOS_Upload_Beginning {

	/** Enough for the blog's name in the first object of a file. */
	const BYTES = 131072;

	/** The blog that the first object names, or that it is the root of; null where that cannot be seen. */
	public static function blog( string $beginning ): ?string {
		$objects = strpos( $beginning, '"objects"' );
		$start   = false === $objects ? false : strpos( $beginning, '"payload":"', $objects );
		if ( false === $start ) {
			return null;
		}
		$from = $start + strlen( '"payload":"' );
		$text = substr( $beginning, $from, strcspn( $beginning, '"', $from ) );
		$json = (string) base64_decode( substr( $text, 0, strlen( $text ) - strlen( $text ) % 4 ), true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- The file's form.
		if ( 1 === preg_match( '/"blog":"([0-9a-f]{64})"/', $json, $match ) ) {
			return $match[1];
		}
		$opening = strrpos( substr( $beginning, 0, $start ), '{' );
		$end     = strpos( $beginning, '}]}', $start );
		return false === $opening || false === $end ? null : DGOS_Envelope::id_of( DGOS_Json::read( substr( $beginning, $opening, $end + 3 - $opening ), 8 ) );
	}
}
