<?php
/**
 * Words of our own pages: escaping, times, spans. The same texts as mirror/pages/markup.ts.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure functions on texts.
 */
final class DGOS_Markup {

	/** For element text and quoted attributes of HTML and XML. Characters that XML 1.0 cannot carry are left out. */
	public static function escape( string $text ): string {
		$text = preg_replace( '/[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]/', '', $text );
		return str_replace( array( '&', '<', '>', '"', "'" ), array( '&amp;', '&lt;', '&gt;', '&quot;', '&#39;' ), $text );
	}

	/** "2026-11-20T21:04:00.000Z". */
	public static function iso( int $time_ms ): string {
		return gmdate( 'Y-m-d\TH:i:s', self::seconds( $time_ms ) ) . sprintf( '.%03dZ', $time_ms % 1000 );
	}

	/** "20 Nov 2026, 21:04 UTC", for people everywhere: pages have no script that could ask for the reader's zone. */
	public static function time( int $time_ms ): string {
		return '<time datetime="' . self::iso( $time_ms ) . '">' . gmdate( 'j M Y, H:i', self::seconds( $time_ms ) ) . ' UTC</time>';
	}

	/** Seconds of a time on the wire; what lies beyond the year 9999 is its last moment. */
	private static function seconds( int $time_ms ): int {
		return intdiv( min( max( $time_ms, 0 ), 253402300799000 ), 1000 );
	}

	/** The address as people write it: without scheme and final slash. */
	public static function host( string $url ): string {
		return preg_replace( array( '/^https?:\/\//', '/\/$/D' ), '', $url );
	}

	/** "up" or "down" words of one to many: `1 post`, `3 posts`. */
	public static function count( int $count, string $one, string $many ): string {
		return 1 === $count ? $one : "$count $many";
	}
}
