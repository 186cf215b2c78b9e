<?php
/**
 * Text of captured bytes: which characters they stand for.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. Bytes that cannot be read as they claim are read as Latin-1: nothing is refused, at worst it looks odd.
 */
final class DGOS_Page_Text {

	/** The text of a page as a parser of HTML reads it, whatever it was sent as. */
	public static function source( string $bytes, string $type ): string {
		$text = self::utf8( $bytes, $type, 'html' );
		return 0 === strncmp( $type, 'application/xhtml+xml', 21 ) ? DGOS_Page_Tokens::xhtml_as_html( $text ) : $text;
	}

	/** UTF-8 text of a page or sheet of this media type. */
	public static function utf8( string $bytes, string $type, string $kind ): string {
		if ( 0 === strncmp( $bytes, "\xef\xbb\xbf", 3 ) ) {
			$bytes = substr( $bytes, 3 );
		}
		if ( 1 === preg_match( '//u', $bytes ) ) {
			return $bytes;
		}
		$named = self::charset( $bytes, $type, $kind );
		if ( 'utf-8' !== $named && function_exists( 'iconv' ) && 1 === preg_match( '/^(?:iso-8859-\d{1,2}|windows-\d{3,4}|koi8-[ru]|euc-(?:jp|kr)|shift_jis|gb(?:k|2312|18030)|big5|macintosh)$/D', $named ) ) {
			$text = iconv( 'iso-8859-1' === $named ? 'windows-1252' : $named, 'UTF-8//IGNORE', $bytes );
			if ( false !== $text && 1 === preg_match( '//u', $text ) ) {
				return $text;
			}
		}
		if ( 'utf-8' === $named ) {
			// Lone wrong bytes in a page of UTF-8.
			return (string) preg_replace_callback(
				'/((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})++)|[\x80-\xff]/',
				static fn ( $found ) => $found[1] ?? "\u{fffd}",
				$bytes
			);
		}
		return (string) preg_replace_callback( '/[\x80-\xff]/', static fn ( $byte ) => chr( 0xc0 | ( ord( $byte[0] ) >> 6 ) ) . chr( 0x80 | ( ord( $byte[0] ) & 0x3f ) ), $bytes );
	}

	private static function charset( string $bytes, string $type, string $kind ): string {
		$inside = 'css' === $kind ? '/^@charset "([\w-]+)"/' : '/<meta[^<>]*charset\s*=\s*["\']?([\w-]+)/i';
		if ( 1 === preg_match( '/charset\s*=\s*"?([\w-]+)/i', $type, $match ) || 1 === preg_match( $inside, substr( $bytes, 0, 4096 ), $match ) ) {
			return strtolower( $match[1] );
		}
		return 'html' === $kind ? 'windows-1252' : 'utf-8';
	}
}
