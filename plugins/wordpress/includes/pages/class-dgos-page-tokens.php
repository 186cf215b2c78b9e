<?php
/**
 * A stranger's page before libxml reads it: the same tags in one plain spelling, and not more than a shared host can afford.
 *
 * PHP cannot interrupt libxml, and libxml compares each attribute of a tag with all before it: one tag of a hundred thousand
 * takes minutes. So the page is taken apart here in one walk, as browsers do it (HTML, 13.2.5), and written again with few
 * attributes a tag. DGOS_Inert_Source has counted the tags before. What is written here is no promise to anybody: DGOS_Inert_Html makes that.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. One walk over one page.
 */
final class DGOS_Page_Tokens {

	/** Attributes of a tag; the rest is left out. */
	const ATTRIBUTES_MAX = 64;
	/** Elements whose text is no markup; what is not wanted of it is left out. */
	const RAW = array(
		'style'    => 'as it is',
		'title'    => 'as text',
		'textarea' => 'as text',
		'xmp'      => 'as text',
		'script'   => '',
		'iframe'   => '',
		'noembed'  => '',
		'noframes' => '',
	);
	const SPACE = " \t\n\r\f";

	/**
	 * The page.
	 *
	 * @var string
	 */
	private $html;

	/**
	 * Bytes read so far.
	 *
	 * @var int
	 */
	private $at = 0;

	private function __construct( string $html ) {
		$this->html = $html;
	}

	/** The page in plain spelling. */
	public static function plain( string $html ): string {
		return ( new self( str_replace( "\0", '', $html ) ) )->written();
	}

	private function written(): string {
		$out = '';
		while ( false !== ( $lt = strpos( $this->html, '<', $this->at ) ) ) { // phpcs:ignore -- Reads until the end.
			$out     .= substr( $this->html, $this->at, $lt - $this->at );
			$this->at = $lt + 1;
			$next     = $this->html[ $this->at ] ?? '';
			if ( ctype_alpha( $next ) ) {
				$out .= $this->opened();
			} elseif ( '/' === $next || '!' === $next || '?' === $next ) {
				$out .= $this->closed_or_dropped( $next );
			} else {
				$out .= '&lt;';
			}
		}
		return $out . substr( $this->html, $this->at );
	}

	private function end(): string {
		$this->at = strlen( $this->html );
		return '';
	}

	/** An end tag; comments, document types and their like are dropped. */
	private function closed_or_dropped( string $mark ): string {
		$end = 0 === substr_compare( $this->html, '!--', $this->at, 3 ) ? strpos( $this->html, '-->', $this->at + 1 ) : false;
		if ( false !== $end ) {
			$this->at = $end + 3;
			return '';
		}
		$from = $this->at + 1;
		$end  = strpos( $this->html, '>', $from );
		if ( false === $end || 0 === substr_compare( $this->html, '!--', $this->at, 3 ) ) {
			return $this->end();
		}
		$this->at = $end + 1;
		$name     = substr( $this->html, $from, strcspn( $this->html, self::SPACE . '/>', $from ) );
		return '/' === $mark && self::is_name( $name ) ? "</$name>" : '';
	}

	/** A start tag, and where it holds no markup its text. */
	private function opened(): string {
		$name       = $this->until( '/>' );
		$attributes = $this->attributes();
		if ( null === $attributes ) {
			return $this->end();
		}
		if ( ! self::is_name( $name ) ) {
			return '';
		}
		$out = "<$name";
		foreach ( $attributes as $key => $value ) {
			$out .= " $key=\"" . str_replace( array( '"', '<', '>' ), array( '&quot;', '&lt;', '&gt;' ), $value ) . '"';
		}
		return "$out>" . $this->raw_text( strtolower( $name ) );
	}

	private function raw_text( string $name ): string {
		if ( ! isset( self::RAW[ $name ] ) ) {
			return '';
		}
		$found = preg_match( "~</$name(?=[\\s/>])~i", $this->html, $match, PREG_OFFSET_CAPTURE, $this->at );
		$end   = 1 === $found ? $match[0][1] : strlen( $this->html );
		$text  = substr( $this->html, $this->at, $end - $this->at );

		$this->at = $end;
		if ( 'as text' === self::RAW[ $name ] ) {
			return str_replace( '<', '&lt;', $text );
		}
		return '' === self::RAW[ $name ] ? '' : $text;
	}

	/** Name => value, of a name the first; null where the page ends before the tag does. */
	private function attributes(): ?array {
		$found = array();
		for ( ;; ) {
			$this->at += strspn( $this->html, self::SPACE . '/', $this->at );
			$first     = $this->html[ $this->at ] ?? '';
			if ( '' === $first ) {
				return null;
			}
			if ( '>' === $first ) {
				++$this->at;
				return $found;
			}
			$name  = strtolower( ( '=' === $first ? $this->html[ $this->at++ ] : '' ) . $this->until( '/>=' ) );
			$value = $this->value();
			if ( null === $value ) {
				return null;
			}
			if ( count( $found ) < self::ATTRIBUTES_MAX && ! isset( $found[ $name ] ) && 1 === preg_match( '/^[a-z_][a-z0-9_:.-]{0,60}$/D', $name ) ) {
				$found[ $name ] = $value;
			}
		}
	}

	/** What follows the name of an attribute, '' where nothing does; null where the page ends within. */
	private function value(): ?string {
		$sign = $this->at + strspn( $this->html, self::SPACE, $this->at );
		if ( '=' !== ( $this->html[ $sign ] ?? '' ) ) {
			return '';
		}
		$this->at = $sign + 1 + strspn( $this->html, self::SPACE, $sign + 1 );
		$quote    = $this->html[ $this->at ] ?? '';
		if ( '"' !== $quote && "'" !== $quote ) {
			return $this->until( '>' );
		}
		$from = $this->at + 1;
		$end  = strpos( $this->html, $quote, $from );
		if ( false === $end ) {
			return null;
		}
		$this->at = $end + 1;
		return substr( $this->html, $from, $end - $from );
	}

	/** Bytes before a blank or one of these. */
	private function until( string $stops ): string {
		$text = substr( $this->html, $this->at, strcspn( $this->html, self::SPACE . $stops, $this->at ) );

		$this->at += strlen( $text );
		return $text;
	}

	private static function is_name( string $name ): bool {
		return 1 === preg_match( '/^[a-z][a-z0-9_:-]{0,60}$/Di', $name );
	}
}
