<?php
/**
 * What bytes are, by their first bytes; the `data:` URLs that may stay; and which files may be handed out at all.
 *
 * A declared type is only a claim. wp-admin shares this origin and page caches may drop or rewrite headers, so a picture
 * that would be a page with code, were it called one, is not handed out.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Raster pictures and nothing else.
 */
final class DGOS_Inert_Bytes {

	/** Placeholders and icons. Larger pictures belong in files, where they are counted. */
	const DATA_URL_BYTES_MAX = 49152;

	const SIGNATURES = array(
		'image/png'    => '/^\x89PNG\r\n\x1a\n/',
		'image/jpeg'   => '/^\xff\xd8\xff/',
		'image/gif'    => '/^GIF8[79]a/',
		'image/webp'   => '/^RIFF....WEBP/s',
		'image/avif'   => '/^....ftyp(?:avif|avis|mif1|heic)/s',
		'image/x-icon' => '/^\0\0[\x01\x02]\0/',
		'image/bmp'    => '/^BM.{4}\0\0\0\0/s',
	);

	/**
	 * What a browser would act on in a file that some cache calls a page: elements that run or load, any event, any
	 * script address. By chance these bytes stand in about one of a thousand pictures of 10 MB.
	 */
	const ACTIVE = array(
		'/<(?:script|iframe|frame|object|embed|svg|math|base|meta|link|form|template|style|portal|isindex)[\s\/>]/i',
		'/[\s\/"\'\x0c](?:on[a-z]{3}[a-z]*|href)[\s\x0c]*=/i',
		'/javascript:/i',
	);

	/** The type of a raster picture, or null for anything else: scripts, documents, drawings, fonts. */
	public static function picture_type( string $bytes ): ?string {
		$head = substr( $bytes, 0, 32 );
		foreach ( self::SIGNATURES as $type => $signature ) {
			if ( 1 === preg_match( $signature, $head ) ) {
				return $type;
			}
		}
		return null;
	}

	/** The type under which the bytes may be handed out on this origin, or null where they may not. */
	public static function servable_type( string $bytes ): ?string {
		$type = self::picture_type( $bytes );
		foreach ( null === $type ? array() : self::ACTIVE as $pattern ) {
			if ( 0 !== preg_match( $pattern, $bytes ) ) {
				return null;
			}
		}
		return $type;
	}

	/** The URL again, in one spelling, where it holds a small raster picture; else null. */
	public static function data_url( string $reference ): ?string {
		$reference = trim( $reference );
		if ( strlen( $reference ) > self::DATA_URL_BYTES_MAX || 1 !== preg_match( '/^data:[^,]{0,200};\s*base64\s*,([A-Za-z0-9+\/=\s%]*)$/Di', $reference, $match ) ) {
			return null;
		}
		$bytes = base64_decode( str_ireplace( array( '%2b', '%2f', '%3d' ), array( '+', '/', '=' ), $match[1] ), false ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- A data: URL is base64.
		$type  = false === $bytes ? null : self::picture_type( $bytes );
		return null === $type ? null : "data:$type;base64," . base64_encode( $bytes ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- A data: URL is base64.
	}
}
