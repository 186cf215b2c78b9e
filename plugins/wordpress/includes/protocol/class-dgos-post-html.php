<?php
/**
 * The normal form of post html: a tiny language that every door writes and every mirror accepts or refuses, never repairs.
 *
 * One document has one spelling. Images name attachments by hash; links are absolute http(s) or mailto, or point at a
 * footnote. See docs/protocol.md, section 6.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The grammar.
 */
final class DGOS_Post_Html {

	const INLINE = array( 'em', 'strong', 'del', 'code', 'a', 'img', 'br', 'sup' );
	const BLOCK  = array( 'p', 'h2', 'h3', 'h4', 'ul', 'ol', 'blockquote', 'pre', 'hr', 'table' );
	const VOIDS  = array( 'br', 'hr', 'img' );

	/** What each element may hold besides INLINE. '#' stands for text, '*' for INLINE. */
	const HOLDS = array(
		''           => self::BLOCK,
		'p'          => array( '#', '*' ),
		'h2'         => array( '#', '*' ),
		'h3'         => array( '#', '*' ),
		'h4'         => array( '#', '*' ),
		'ul'         => array( 'li' ),
		'ol'         => array( 'li' ),
		'li'         => array( '#', '*', 'p', 'ul', 'ol', 'blockquote', 'pre' ),
		'blockquote' => self::BLOCK,
		'pre'        => array( 'code' ),
		'table'      => array( 'thead', 'tbody' ),
		'thead'      => array( 'tr' ),
		'tbody'      => array( 'tr' ),
		'tr'         => array( 'th', 'td' ),
		'th'         => array( '#', '*' ),
		'td'         => array( '#', '*' ),
		'em'         => array( '#', '*' ),
		'strong'     => array( '#', '*' ),
		'del'        => array( '#', '*' ),
		'sup'        => array( '#', 'a' ),
		'a'          => array( '#', 'em', 'strong', 'del', 'code', 'img' ),
		'code'       => array( '#' ),
	);

	const TEXT = '/\G(?:[^<>&"\x00-\x08\x0b-\x1f\x7f]++|&(?:amp|lt|gt|quot);)/';
	const TAG  = '/\G<(\/?)([a-z][a-z0-9]*+)((?: [a-z]++="[^"<>]*+")*+)>/';
	const LINK = '/^(?:https?:\/\/[!-~\x{a1}-\x{10ffff}]{1,2000}|mailto:[!-~]{1,300}|#f[nr]-[1-9][0-9]{0,2})$/Du';

	/**
	 * Null where the html is in the normal form and shows only the given attachments, else a word for what is wrong.
	 *
	 * @param string $html        Well-formed UTF-8.
	 * @param array  $attachments Objects with `blob`.
	 */
	public static function problem( string $html, array $attachments ): ?string {
		$blobs  = array_map( static fn ( $file ) => $file->blob, $attachments );
		$open   = array();
		$length = strlen( $html );
		$at     = 0;
		while ( $at < $length ) {
			$parent = $open ? $open[ count( $open ) - 1 ] : '';
			if ( 1 === preg_match( self::TEXT, $html, $text, 0, $at ) ) {
				if ( ! self::may_hold( $parent, '#' ) ) {
					return "text in <$parent>";
				}
				$at += strlen( $text[0] );
				continue;
			}
			if ( 1 !== preg_match( self::TAG, $html, $tag, 0, $at ) ) {
				return "malformed at $at";
			}
			$at += strlen( $tag[0] );
			$why = '/' === $tag[1] ? self::close( $open, $tag[2], $tag[3] ) : self::open( $open, $tag[2], $tag[3], $blobs );
			if ( null !== $why ) {
				return $why;
			}
		}
		return $open ? 'an element is not closed' : null;
	}

	private static function may_hold( string $parent, string $name ): bool {
		$held = self::HOLDS[ $parent ];
		return in_array( $name, $held, true ) || ( in_array( '*', $held, true ) && in_array( $name, self::INLINE, true ) );
	}

	private static function close( array &$open, string $name, string $attributes ): ?string {
		return '' === $attributes && array_pop( $open ) === $name ? null : "</$name> closes nothing";
	}

	private static function open( array &$open, string $name, string $attributes, array $blobs ): ?string {
		$parent = $open ? $open[ count( $open ) - 1 ] : '';
		if ( ! self::may_hold( $parent, $name ) ) {
			return "<$name> in <$parent>";
		}
		// HTML parsers close an open link at the next one, so a nested link would have two readings.
		if ( 'a' === $name && in_array( 'a', $open, true ) ) {
			return '<a> in <a>';
		}
		$wrong = self::attributes_problem( $name, $attributes, $blobs );
		if ( null !== $wrong ) {
			return $wrong;
		}
		if ( ! in_array( $name, self::VOIDS, true ) ) {
			$open[] = $name;
		}
		return count( $open ) > DGOS_Limits::HTML_DEPTH_MAX ? 'too deep' : null;
	}

	private static function attributes_problem( string $name, string $text, array $blobs ): ?string {
		preg_match_all( '/ ([a-z]++)="([^"]*+)"/', $text, $pairs );
		foreach ( $pairs[2] as $value ) {
			if ( 0 !== preg_match( '/[\x00-\x1f\x7f]|&(?!(?:amp|lt|gt|quot);)/', $value ) ) {
				return "bad value in <$name>";
			}
		}
		$names  = implode( ' ', $pairs[1] );
		$values = array_combine( $pairs[1], $pairs[2] );
		switch ( $name ) {
			case 'a':
				return 'href' === $names && 1 === preg_match( self::LINK, $values['href'] ) ? null : 'bad link';
			case 'li':
			case 'sup':
				return '' === $names || ( 'id' === $names && self::is_note( 'li' === $name ? 'fn-' : 'fr-', $values['id'] ) ) ? null : "bad <$name>";
			case 'img':
				return self::image_problem( $names, $values, $blobs );
			default:
				return '' === $names ? null : "attributes in <$name>";
		}
	}

	private static function is_note( string $prefix, string $id ): bool {
		return 1 === preg_match( '/^' . $prefix . '[1-9][0-9]{0,2}$/D', $id );
	}

	private static function image_problem( string $names, array $values, array $blobs ): ?string {
		if ( 'src alt' !== $names ) {
			$number = '/^[1-9][0-9]{0,4}$/D';
			if ( 'src alt width height' !== $names || ! preg_match( $number, $values['width'] ) || ! preg_match( $number, $values['height'] ) ) {
				return 'bad <img>';
			}
		}
		$named = 0 === strpos( $values['src'], 'blob:' ) && in_array( substr( $values['src'], 5 ), $blobs, true );
		return $named ? null : 'image without attachment';
	}
}
