<?php
/**
 * Stylesheets of strangers, rebuilt so that they can load nothing but what the mirror keeps.
 *
 * The sheet is taken apart into tokens and written again: escapes of plain letters undone first, every reference in the
 * spelling of ours, every string re-encoded, everything that only may name a URL left out. What was written is read once
 * more by another rule: a sheet that fails that test is dropped whole.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The rebuilding of one sheet or one `style` attribute.
 */
final class DGOS_Inert_Css {

	/** A sheet of more bytes is not shown: real themes stay far below. */
	const SHEET_BYTES_MAX = 1000000;

	const TOKEN = '~\G(?:
		(?<comment>/\*.*?(?:\*/|\z))
		|(?<string>"(?:[^"\\\\\n\r\f]|\\\\.)*+"|\'(?:[^\'\\\\\n\r\f]|\\\\.)*+\')
		|@(?<at>[-\w\x80-\xff]++)
		|(?<function>[-\w\x80-\xff]++)\(
		|(?<word>(?:[-\w\x80-\xff]|\\\\[^\n\r\f])++)
		|(?<space>[ \t\n\r\f]++)
		|(?<other>.)
	)~xs';

	/** Functions that browsers once used, or may use, to run or load something named in text. */
	const REFUSED = array( 'expression', 'alphaimageloader', 'src', 'image', 'paint', 'element', '-moz-element', 'image-set', '-webkit-image-set', 'type', 'url-prefix', 'domain', 'regexp', '-moz-document' );

	/** An address that loads nothing and is valid wherever a URL is. */
	const NOTHING = 'data:,';

	/** Names a captured file: fn( string $reference ): ?string. @var callable */
	private $file;

	/** Text of an imported sheet, rebuilt: fn( string $reference ): ?string. @var callable */
	private $sheet;

	/** The css that is read, and how far. @var string */
	private $css;

	/** Bytes read so far. @var int */
	private $at = 0;

	private function __construct( string $css, callable $file, callable $sheet ) {
		$this->css   = $css;
		$this->file  = $file;
		$this->sheet = $sheet;
	}

	/** The sheet, inert. Nothing where it cannot be made so. */
	public static function sheet( string $css, callable $file, callable $sheet ): string {
		if ( strlen( $css ) > self::SHEET_BYTES_MAX ) {
			return '';
		}
		$out = ( new self( self::plain( $css ), $file, $sheet ) )->rebuilt();
		return null === self::problem( $out ) ? $out : '';
	}

	/** The value of a `style` attribute, inert. Braces cannot stand in one. */
	public static function style( string $declarations, callable $file ): string {
		return '' === $declarations || false !== strpbrk( $declarations, '{}' ) ? '' : self::sheet( $declarations, $file, static fn () => null );
	}

	/** Null where a rebuilt sheet keeps its promise, else what breaks it. */
	public static function problem( string $css ): ?string {
		if ( 1 === preg_match( '/<(?![= ])/', $css ) ) {
			return 'could end its element';
		}
		$bare = preg_replace( '/"[^"\n]*"/', '""', preg_replace( '/url\("(?:#|data:,(?=")|data:image\/|https?:\/\/|\/)/i', 'kept("', $css ) );
		if ( 1 === preg_match( '/url\s*\(|@import|image-set\s*\(|expression\s*\(|\\\\[0-9a-zA-Z]/i', $bare, $found ) ) {
			return $found[0];
		}
		return null;
	}

	/** Escapes outside strings undone where they stand for a letter, digit, "-" or "_"; NUL and strange line ends gone. */
	private static function plain( string $css ): string {
		$css = str_replace( array( "\0", "\r\n", "\r", "\f" ), array( '', "\n", "\n", "\n" ), $css );
		return (string) preg_replace_callback(
			'~/\*.*?(?:\*/|\z)|"(?:[^"\\\\\n]|\\\\.)*+"|\'(?:[^\'\\\\\n]|\\\\.)*+\'|\\\\([0-9a-fA-F]{1,6})[ \t\n]?|\\\\([^\n])~s',
			static function ( $match ) {
				if ( isset( $match[2] ) ) {
					return 1 === preg_match( '/[\w-]/', $match[2] ) ? $match[2] : ( false !== strpos( '<"\'', $match[2] ) ? ' ' : $match[0] );
				}
				if ( ! isset( $match[1] ) ) {
					return $match[0];
				}
				$letter = self::letter( hexdec( $match[1] ) );
				return 1 === preg_match( '/^(?:[\w-]|[\x80-\xff]+)$/D', $letter ) ? $letter : ( 1 === preg_match( '/^[!-\/:-@\[-`{-~]$/D', $letter ) && false === strpos( '<"\'', $letter ) ? "\\$letter" : ' ' );
			},
			$css
		);
	}

	private static function letter( int $code ): string {
		if ( 0 === $code || $code > 0x10ffff || ( $code >= 0xd800 && $code <= 0xdfff ) ) {
			return "\u{fffd}";
		}
		return html_entity_decode( "&#$code;", ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	}

	private function next(): ?array {
		if ( 1 !== preg_match( self::TOKEN, $this->css, $match, PREG_UNMATCHED_AS_NULL, $this->at ) ) {
			return null;
		}
		$this->at += strlen( $match[0] );
		return $match;
	}

	private function rebuilt(): string {
		$out = '';
		while ( null !== ( $token = $this->next() ) ) { // phpcs:ignore -- Reads until the end.
			$out .= $this->written( $token );
		}
		return $out;
	}

	private function written( array $token ): string {
		if ( null !== $token['comment'] ) {
			return '/**/';
		}
		if ( null !== $token['string'] ) {
			return self::quoted( self::unquoted( $token['string'] ) );
		}
		if ( null !== $token['at'] ) {
			return $this->at_rule( strtolower( $token['at'] ) );
		}
		if ( null !== $token['function'] ) {
			return $this->call( $token['function'] );
		}
		if ( null === $token['other'] ) {
			return $token[0];
		}
		if ( '<' === $token['other'] ) {
			return '=' === substr( $this->css, $this->at, 1 ) ? '<' : '< ';
		}
		return false !== strpbrk( $token['other'], "\"'\\" ) ? ' ' : $token['other'];
	}

	private function at_rule( string $name ): string {
		if ( 'import' === $name ) {
			return $this->import();
		}
		if ( 'charset' === $name || 'namespace' === $name ) {
			$this->skip( '/\G[^;{}]*;?/' );
			return '';
		}
		return 1 === preg_match( '/^-?[a-z][a-z-]*$/D', $name ) ? "@$name" : '@unknown';
	}

	/** An imported sheet stands where it was imported, under its media words. */
	private function import(): string {
		$statement = $this->skip( '/\G(?:[^;{}"\']|"[^"\n]*"|\'[^\'\n]*\')*;?/' );
		if ( 1 !== preg_match( '/^\s*(?:url\(\s*)?("[^"\n]*"|\'[^\'\n]*\'|[^\s"\')]+)\s*\)?([^;]*)/i', $statement, $match ) ) {
			return '';
		}
		$name  = false !== strpos( '"\'', $match[1][0] ) ? self::unquoted( $match[1] ) : $match[1];
		$inner = ( $this->sheet )( $name );
		$media = trim( $match[2] );
		if ( 1 === preg_match( '/^layer(?:\([\w.-]*\))?$/Di', $media ) ) {
			$media = '';
		}
		if ( null === $inner || '' === $inner || 1 !== preg_match( '/^(?:[a-zA-Z0-9\s),:.>=-]|(?<![\w-])\()*$/D', $media ) ) {
			return '';
		}
		return '' === $media ? $inner : "@media $media{" . $inner . '}';
	}

	private function call( string $name ): string {
		$lower = strtolower( $name );
		if ( 'url' === $lower ) {
			$inside = trim( $this->skip( '/\G\s*(?:"(?:[^"\\\\\n]|\\\\.)*+"|\'(?:[^\'\\\\\n]|\\\\.)*+\'|(?:[^)"\'\\\\]|\\\\.)*+)[^)]*+\)?/s' ) );
			$inside = 1 === preg_match( '/^("(?:[^"\\\\\n]|\\\\.)*+"|\'(?:[^\'\\\\\n]|\\\\.)*+\')/s', $inside, $match ) ? self::unquoted( $match[1] ) : rtrim( $inside, " \t\n)" );
			return 'url(' . self::quoted( $this->reference( trim( $inside ) ) ) . ')';
		}
		if ( in_array( $lower, self::REFUSED, true ) || 1 !== preg_match( '/^-{0,2}[a-z_\x80-\xff][\w\x80-\xff-]*$/Di', $name ) ) {
			$this->skip_arguments();
			return 'none';
		}
		return "$name(";
	}

	private function reference( string $reference ): string {
		if ( 1 === preg_match( '/^#[\w.:-]{1,200}$/D', $reference ) ) {
			return $reference;
		}
		if ( 0 === stripos( $reference, 'data:' ) ) {
			return DGOS_Inert_Bytes::data_url( $reference ) ?? self::NOTHING;
		}
		return ( $this->file )( $reference ) ?? self::NOTHING;
	}

	private function skip( string $pattern ): string {
		if ( 1 !== preg_match( $pattern, $this->css, $match, 0, $this->at ) ) {
			return '';
		}
		$this->at += strlen( $match[0] );
		return $match[0];
	}

	private function skip_arguments(): void {
		for ( $depth = 1; $depth > 0; ) {
			$token = $this->next();
			if ( null === $token ) {
				return;
			}
			$depth += ( null !== $token['function'] || '(' === $token['other'] ) ? 1 : ( ')' === $token['other'] ? -1 : 0 );
		}
	}

	/** What a string of CSS says. */
	private static function unquoted( string $text ): string {
		return (string) preg_replace_callback(
			'/\\\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|\n|(.))/s',
			static fn ( $match ) => isset( $match[2] ) ? $match[2] : ( isset( $match[1] ) ? self::letter( hexdec( $match[1] ) ) : '' ),
			substr( $text, 1, -1 )
		);
	}

	/** A CSS string that holds neither quotes nor line ends nor a "<", whatever the text. */
	private static function quoted( string $text ): string {
		return '"' . preg_replace_callback( '/["\\\\<\x00-\x1f\x7f]/', static fn ( $match ) => sprintf( '\\%x ', ord( $match[0] ) ?: 0xfffd ), $text ) . '"';
	}
}
