<?php
/**
 * What a guest types, as html in the normal form of posts: paragraphs, headings, lists, links, and nothing that can run.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. The result passes DGOS_Post_Html::problem(), whatever was typed.
 */
final class DGOS_Guest_Text {

	/** As the text of a post that spreads while a blog is down. */
	const BYTES_MAX = 65536;

	/** The text's html. Blank lines part paragraphs; "# " makes a heading, "- " a list, an address a link. */
	public static function html( string $text ): string {
		$text = substr( preg_replace( '/[\x00-\x08\x0b-\x1f\x7f]/', '', str_replace( array( "\r\n", "\r" ), "\n", self::utf8( $text ) ) ), 0, self::BYTES_MAX );
		$out  = '';
		foreach ( preg_split( '/\n[ \t]*\n/', self::utf8( $text ) ) as $block ) {
			$block = trim( $block );
			if ( '' !== $block ) {
				$out .= self::block( explode( "\n", $block ) );
			}
		}
		return null === DGOS_Post_Html::problem( $out, array() ) ? $out : '<p>' . self::escaped( trim( preg_replace( '/\s+/', ' ', $text ) ) ) . '</p>';
	}

	private static function block( array $lines ): string {
		if ( 1 === count( $lines ) && 1 === preg_match( '/^(#{1,3}) (.+)$/D', $lines[0], $match ) ) {
			$name = 'h' . ( strlen( $match[1] ) + 1 );
			return "<$name>" . self::inline( $match[2] ) . "</$name>";
		}
		if ( count( preg_grep( '/^[-*] ./', $lines ) ) === count( $lines ) ) {
			return '<ul>' . implode( '', array_map( static fn ( $line ) => '<li>' . self::inline( substr( $line, 2 ) ) . '</li>', $lines ) ) . '</ul>';
		}
		return '<p>' . implode( '<br>', array_map( array( self::class, 'inline' ), $lines ) ) . '</p>';
	}

	/** Text with its addresses made links. */
	private static function inline( string $text ): string {
		$parts = preg_split( '/(https?:\/\/[^\s<>"\']{1,1000}[^\s<>"\'.,;:!?)\]])/i', $text, -1, PREG_SPLIT_DELIM_CAPTURE );
		$out   = '';
		foreach ( $parts as $i => $part ) {
			$plain = self::escaped( $part );
			$out  .= 1 === $i % 2 ? "<a href=\"$plain\">$plain</a>" : $plain;
		}
		return $out;
	}

	private static function escaped( string $text ): string {
		return str_replace( array( '&', '<', '>', '"' ), array( '&amp;', '&lt;', '&gt;', '&quot;' ), $text );
	}

	/** Bytes that are no UTF-8, and the half of a letter at a cut, are left out. */
	private static function utf8( string $text ): string {
		return 1 === preg_match( '//u', $text ) ? $text : (string) preg_replace( '/[\x80-\xff]/', '', $text );
	}
}
