<?php
/**
 * JSON as payloads and request bodies may use it.
 *
 * PHP and JavaScript agree on every document this accepts: whole numbers within 2^53 - 1, no name twice, names that start
 * with a letter, depth of at most 8, no lone surrogate, no NUL, one object at the top. The text is scanned first and only
 * then given to json_decode, in object mode.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * One scan of one text.
 */
final class DGOS_Json {

	/** Bytes that end a run of plain characters in a string. */
	const STOPS = "\"\\\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

	/**
	 * Members and items of one text. PHP takes some 200 bytes for each, and cannot interrupt its parser: a text of small objects
	 * becomes fifty times as large. The honest stay below a tenth of this.
	 */
	const VALUES_MAX = 65536;

	/**
	 * The whole text.
	 *
	 * @var string
	 */
	private $text;

	/**
	 * Where the scan stands.
	 *
	 * @var int
	 */
	private $at = 0;

	/**
	 * Members and items so far.
	 *
	 * @var int
	 */
	private $values = 0;

	private function __construct( string $text ) {
		$this->text = $text;
	}

	/**
	 * The decoded object, or a refusal that says what is wrong with the text.
	 *
	 * @return stdClass|DGOS_Refused
	 */
	public static function parse( string $bytes ) {
		if ( ! DGOS_Bytes::is_utf8( $bytes ) ) {
			return DGOS_Codes::refuse( 'BAD_JSON', 'not UTF-8' );
		}
		$scan = new self( $bytes );
		$why  = $scan->document();
		return null === $why ? json_decode( $bytes, false, 32 ) : DGOS_Codes::refuse( 'BAD_JSON', $why );
	}

	/**
	 * The document of a text from elsewhere that need not keep to these rules; null where it is none, or would take too much
	 * memory. In object mode.
	 *
	 * @param string $text  JSON, of whatever form.
	 * @param int    $depth How deep it may be.
	 * @return mixed
	 */
	public static function read( string $text, int $depth = 64 ) {
		return substr_count( $text, ',' ) + substr_count( $text, '{' ) + substr_count( $text, '[' ) > 2 * self::VALUES_MAX ? null : json_decode( $text, false, $depth );
	}

	/** Null where the whole text is one acceptable object. */
	private function document(): ?string {
		$this->skip_space();
		if ( '{' !== $this->peek() ) {
			return 'not an object';
		}
		$why = $this->value( 0 );
		if ( null !== $why ) {
			return $why;
		}
		$this->skip_space();
		return strlen( $this->text ) === $this->at ? null : 'text after the object';
	}

	private function peek(): string {
		return $this->text[ $this->at ] ?? '';
	}

	private function skip_space(): void {
		$this->at += strspn( $this->text, " \t\r\n", $this->at );
	}

	private function value( int $depth ): ?string {
		$first = $this->peek();
		if ( '' === $first ) {
			return 'ends too early';
		}
		if ( '{' === $first ) {
			return $this->members( '}', $depth + 1 );
		}
		if ( '[' === $first ) {
			return $this->members( ']', $depth + 1 );
		}
		if ( '"' === $first ) {
			return null === $this->token() ? 'bad string' : null;
		}
		foreach ( array( 'true', 'false', 'null' ) as $word ) {
			if ( '' !== $first && 0 === substr_compare( $this->text, $word, $this->at, strlen( $word ) ) ) {
				$this->at += strlen( $word );
				return null;
			}
		}
		return $this->number();
	}

	private function number(): ?string {
		if ( 1 !== preg_match( '/\G-?(?:0|[1-9][0-9]*+)/', $this->text, $match, 0, $this->at ) || '-0' === $match[0] ) {
			return 'bad value';
		}
		$this->at += strlen( $match[0] );
		$digits    = ltrim( $match[0], '-' );
		if ( strlen( $digits ) > 16 || (int) $digits > DGOS_Limits::INTEGER_MAX ) {
			return 'number out of range';
		}
		return 1 === strspn( $this->peek(), '.eE0123456789' ) ? 'not a whole number' : null;
	}

	/** The string's text with its quotes, or null where it is malformed, holds NUL or a lone surrogate. */
	private function token(): ?string {
		$start = $this->at++;
		for (;;) {
			$this->at += strcspn( $this->text, self::STOPS, $this->at );
			$stop      = $this->peek();
			++$this->at;
			if ( '"' === $stop ) {
				return substr( $this->text, $start, $this->at - $start );
			}
			if ( '\\' !== $stop || ! $this->escape() ) {
				return null;
			}
		}
	}

	/** Reads what follows a backslash: one letter, or a code point of one or two \u escapes. */
	private function escape(): bool {
		$letter = $this->peek();
		++$this->at;
		if ( 'u' !== $letter ) {
			return '' !== $letter && false !== strpos( '"\\/bfnrt', $letter );
		}
		$unit = $this->unit();
		if ( null === $unit || 0 === $unit || ( $unit >= 0xdc00 && $unit <= 0xdfff ) ) {
			return false;
		}
		if ( $unit < 0xd800 || $unit > 0xdbff ) {
			return true;
		}
		if ( '\\u' !== substr( $this->text, $this->at, 2 ) ) {
			return false;
		}
		$this->at += 2;
		$low       = $this->unit();
		return null !== $low && $low >= 0xdc00 && $low <= 0xdfff;
	}

	/** Four hex digits as a number, or null. */
	private function unit(): ?int {
		$digits = (string) substr( $this->text, $this->at, 4 );
		if ( 4 !== strlen( $digits ) || 4 !== strspn( $digits, '0123456789abcdefABCDEF' ) ) {
			return null;
		}
		$this->at += 4;
		return (int) hexdec( $digits );
	}

	/** The members of an object or the items of a list. */
	private function members( string $close, int $depth ): ?string {
		if ( $depth > DGOS_Limits::JSON_DEPTH_MAX ) {
			return 'too deep';
		}
		$names = array();
		++$this->at;
		$this->skip_space();
		if ( $close === $this->peek() ) {
			++$this->at;
			return null;
		}
		for (;;) {
			if ( ++$this->values > self::VALUES_MAX ) {
				return 'too many values';
			}
			$why = '}' === $close ? $this->name( $names ) : null;
			$why = null === $why ? $this->value( $depth ) : $why;
			if ( null !== $why ) {
				return $why;
			}
			$this->skip_space();
			$mark = $this->peek();
			++$this->at;
			if ( $mark === $close ) {
				return null;
			}
			if ( '' === $mark ) {
				return 'ends too early';
			}
			if ( ',' !== $mark ) {
				return 'bad separator';
			}
			$this->skip_space();
		}
	}

	private function name( array &$names ): ?string {
		if ( '' === $this->peek() ) {
			return 'ends too early';
		}
		$token = '"' === $this->peek() ? $this->token() : null;
		$name  = null === $token ? null : json_decode( $token );
		if ( ! is_string( $name ) || 1 !== preg_match( '/^[A-Za-z][A-Za-z0-9_-]{0,63}$/D', $name ) ) {
			return 'bad name';
		}
		if ( isset( $names[ $name ] ) ) {
			return 'name twice';
		}
		$names[ $name ] = true;
		$this->skip_space();
		$mark = $this->peek();
		++$this->at;
		if ( ':' !== $mark ) {
			return 'bad separator';
		}
		$this->skip_space();
		return null;
	}
}
