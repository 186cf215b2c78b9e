<?php
/**
 * Text of captured bytes: which characters they stand for.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/capture/charset.ts, but for pages that declare nothing: what their words tell stands in the manifest, which
 * a capturer with a detector wrote. Bytes that cannot be read as they claim look odd at worst; nothing is refused.
 */
final class DGOS_Page_Text {

	/** Where documents may name their charset. */
	const PRESCAN_BYTES = 4096;

	/** Labels of the Encoding standard => names of iconv, where they differ. */
	const LABELS = array(
		'utf8'              => 'utf-8',
		'unicode-1-1-utf-8' => 'utf-8',
		'latin1'            => 'windows-1252',
		'l1'                => 'windows-1252',
		'ascii'             => 'windows-1252',
		'us-ascii'          => 'windows-1252',
		'iso8859-1'         => 'windows-1252',
		'iso-8859-1'        => 'windows-1252',
		'cp1252'            => 'windows-1252',
		'x-user-defined'    => 'windows-1252',
		'cp1250'            => 'windows-1250',
		'cp1251'            => 'windows-1251',
		'latin2'            => 'iso-8859-2',
		'iso8859-2'         => 'iso-8859-2',
		'iso-8859-9'        => 'windows-1254',
		'latin5'            => 'windows-1254',
		'iso-8859-11'       => 'windows-874',
		'tis-620'           => 'windows-874',
		'koi8'              => 'koi8-r',
		'sjis'              => 'cp932',
		'x-sjis'            => 'cp932',
		'shift_jis'         => 'cp932',
		'shift-jis'         => 'cp932',
		'windows-31j'       => 'cp932',
		'x-euc-jp'          => 'euc-jp',
		'gb2312'            => 'gb18030',
		'gbk'               => 'gb18030',
		'x-gbk'             => 'gb18030',
		'euc-kr'            => 'cp949',
		'ks_c_5601-1987'    => 'cp949',
		'windows-949'       => 'cp949',
		'big5-hkscs'        => 'big5',
		'x-x-big5'          => 'big5',
	);
	const KNOWN = '/^(?:utf-8|utf-16(?:le|be)?|iso-8859-(?:[2-8]|10|13|14|15|16)|windows-(?:125[0-8]|874)|koi8-[ru]|euc-jp|iso-2022-jp|cp932|cp949|gb18030|big5|macintosh|ibm866)$/D';

	/** The text of a page as a parser of HTML reads it, whatever it was sent as. */
	public static function source( string $bytes, string $type ): string {
		$text = self::utf8( $bytes, $type, 'html' );
		return 0 === strncmp( $type, 'application/xhtml+xml', 21 ) ? DGOS_Page_Tokens::xhtml_as_html( $text ) : $text;
	}

	/** UTF-8 text of a page or sheet of this media type. */
	public static function utf8( string $bytes, string $type, string $kind ): string {
		foreach ( array( "\xef\xbb\xbf" => 'utf-8', "\xfe\xff" => 'utf-16be', "\xff\xfe" => 'utf-16le' ) as $mark => $named ) { // phpcs:ignore WordPress.Arrays -- Three pairs.
			if ( 0 === strncmp( $bytes, $mark, strlen( $mark ) ) ) {
				return self::decoded( substr( $bytes, strlen( $mark ) ), $named );
			}
		}
		$head  = substr( $bytes, 0, self::PRESCAN_BYTES );
		$named = self::known( self::charset_of( $type ) ) ?? self::self_named( 'css' === $kind ? self::at_charset( $head ) : self::meta_charset( $head ) ?? self::prolog( $head ) );
		if ( null === $named ) {
			return 1 === preg_match( '//u', $bytes ) ? $bytes : self::decoded( $bytes, 'windows-1252' );
		}
		return self::decoded( $bytes, $named );
	}

	/** The charset parameter of a media type, or null. */
	private static function charset_of( string $type ): ?string {
		return 1 === preg_match( '/;\s*charset\s*=\s*["\']?([^\s"\';,]{1,40})/i', $type, $match ) ? $match[1] : null;
	}

	/** A label as iconv names it; null where nobody knows it: then it says nothing. */
	private static function known( ?string $label ): ?string {
		$lower = strtolower( trim( (string) $label ) );
		$named = self::LABELS[ $lower ] ?? $lower;
		return 1 === preg_match( self::KNOWN, $named ) ? $named : null;
	}

	/** A document that could be read far enough to find the label is not UTF-16. */
	private static function self_named( ?string $label ): ?string {
		return 0 === stripos( trim( (string) $label ), 'utf-16' ) ? 'utf-8' : self::known( $label );
	}

	private static function at_charset( string $head ): ?string {
		return 1 === preg_match( '/^@charset "([^"]{1,40})";/', $head, $match ) ? $match[1] : null;
	}

	private static function prolog( string $head ): ?string {
		return 1 === preg_match( '/^\s*<\?xml\s[^>]{0,300}?encoding\s*=\s*["\']([A-Za-z0-9._:-]{1,40})["\']/', $head, $match ) ? $match[1] : null;
	}

	private static function meta_charset( string $head ): ?string {
		preg_match_all( '/<meta[\s\/][^<>]*>/i', self::without_comments( $head ), $tags );
		foreach ( $tags[0] as $tag ) {
			$typed = 1 === preg_match( '/http-equiv/i', $tag );
			if ( ! $typed && 1 === preg_match( '/[\s"\'\/]charset\s*=\s*(?:["\']\s*)?([^\s"\'\/>;]+)/i', $tag, $match ) ) {
				return substr( $match[1], 0, 40 );
			}
			if ( 1 === preg_match( '/http-equiv\s*=\s*["\']?content-type/i', $tag ) && 1 === preg_match( '/content\s*=\s*(?:"([^"]*)"|\'([^\']*)\')/i', $tag, $match ) ) {
				$named = self::charset_of( $match[1] . ( $match[2] ?? '' ) );
				if ( null !== $named ) {
					return $named;
				}
			}
		}
		return null;
	}

	private static function without_comments( string $text ): string {
		$out = '';
		$at  = 0;
		for ( $start = strpos( $text, '<!--' ); false !== $start; $start = strpos( $text, '<!--', $at ) ) {
			$end = strpos( $text, '-->', $start + 4 );
			if ( false === $end ) {
				break;
			}
			$out .= substr( $text, $at, $start - $at );
			$at   = $end + 3;
		}
		return $out . substr( $text, $at );
	}

	private static function decoded( string $bytes, string $named ): string {
		if ( 'utf-8' === $named ) {
			return 1 === preg_match( '//u', $bytes ) ? $bytes : self::mended( $bytes );
		}
		$text = function_exists( 'iconv' ) ? self::iconv( $bytes, $named ) : null;
		if ( null === $text && function_exists( 'mb_convert_encoding' ) && in_array( strtolower( $named ), array_map( 'strtolower', mb_list_encodings() ), true ) ) {
			$text = mb_convert_encoding( $bytes, 'UTF-8', $named );
		}
		if ( is_string( $text ) && 1 === preg_match( '//u', $text ) ) {
			return $text;
		}
		return (string) preg_replace_callback( '/[\x80-\xff]/', static fn ( $byte ) => chr( 0xc0 | ( ord( $byte[0] ) >> 6 ) ) . chr( 0x80 | ( ord( $byte[0] ) & 0x3f ) ), $bytes );
	}

	/** Null where iconv gives up; its notices about single bytes are no errors of ours. */
	private static function iconv( string $bytes, string $named ): ?string {
		set_error_handler( static fn () => true ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- Restored at once.
		$text = iconv( $named, 'UTF-8//IGNORE', $bytes );
		restore_error_handler();
		return false === $text || '' === $text ? null : $text;
	}

	/** Lone wrong bytes in a page of UTF-8. */
	private static function mended( string $bytes ): string {
		return (string) preg_replace_callback(
			'/((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})++)|[\x80-\xff]/',
			static fn ( $found ) => $found[1] ?? "\u{fffd}",
			$bytes
		);
	}
}
