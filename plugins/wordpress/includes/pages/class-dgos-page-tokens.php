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
		'plaintext' => 'as text',
		'script'   => '',
		'iframe'   => '',
		'noembed'  => '',
		'noframes' => '',
	);
	const SPACE = " \t\n\r\f";
	/** What may stand before the body. libxml knows no others of this century, and would leave a page that begins with one without a body. */
	const HEAD = ' html head title meta link style script base noscript template bgsound ';
	/** Elements that have no end in HTML. */
	const VOID = ' area base br col embed hr img input link meta param source track wbr ';

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

	/**
	 * Whether the page is XML: an element may end in its own tag.
	 *
	 * @var bool
	 */
	private $is_xml;

	/**
	 * Whether the body has begun.
	 *
	 * @var bool
	 */
	private $has_begun = false;

	private function __construct( string $html, bool $is_xml = false ) {
		$this->html   = $html;
		$this->is_xml = $is_xml;
	}

	/** The words of a page that is not to be read as a tree. */
	public static function words( string $html ): string {
		$plain = self::plain( $html );
		foreach ( array( 'style', 'noscript', 'svg', 'title' ) as $name ) {
			$plain = self::without( $plain, $name );
		}
		return trim( html_entity_decode( (string) preg_replace( '/<[^<>]*>/', ' ', $plain ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
	}

	/** A page in plain spelling without its elements of a name, nor what stands in them. One pass. */
	private static function without( string $plain, string $name ): string {
		$out = '';
		$at  = 0;
		for ( $from = stripos( $plain, "<$name" ); false !== $from; $from = stripos( $plain, "<$name", $at ) ) {
			$out .= substr( $plain, $at, $from - $at ) . ' ';
			$to   = stripos( $plain, "</$name>", $from );
			if ( false === $to ) {
				return $out;
			}
			$at = $to + strlen( $name ) + 3;
		}
		return $out . substr( $plain, $at );
	}

	/** A page that is XML, in the spelling of HTML: its empty elements would swallow what follows them. */
	public static function xhtml_as_html( string $xhtml ): string {
		return ( new self( str_replace( "\0", '', $xhtml ), true ) )->written();
	}

	/** The page in plain spelling. */
	public static function plain( string $html ): string {
		return ( new self( str_replace( "\0", '', $html ) ) )->written();
	}

	private function written(): string {
		$out = '';
		while ( false !== ( $lt = strpos( $this->html, '<', $this->at ) ) ) { // phpcs:ignore -- Reads until the end.
			$text     = substr( $this->html, $this->at, $lt - $this->at );
			$out     .= $this->beginning( '', $text ) . $text;
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
		$text = substr( $this->html, $this->at );
		return $out . $this->beginning( '', $text ) . $text;
	}

	/** The start of the body, where the page leaves it out and this is the first that stands in it. */
	private function beginning( string $name, string $text ): string {
		$begins = '' === $name ? strspn( $text, self::SPACE ) < strlen( $text ) : ! DGOS_Inert_Elements::has( self::HEAD, $name );
		if ( $this->has_begun || ! $begins ) {
			return '';
		}
		$this->has_begun = true;
		return in_array( $name, array( 'body', 'frameset' ), true ) ? '' : '<body>';
	}

	private function end(): string {
		$this->at = strlen( $this->html );
		return '';
	}

	/** An end tag; comments, document types and their like are dropped. */
	private function closed_or_dropped( string $mark ): string {
		if ( $this->is_xml && 0 === substr_compare( $this->html, '![CDATA[', $this->at, 8 ) ) {
			return $this->character_data();
		}
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

	/** Text that XML marks as such. */
	private function character_data(): string {
		$from = $this->at + 8;
		$end  = strpos( $this->html, ']]>', $from );
		$text = false === $end ? substr( $this->html, $from ) : substr( $this->html, $from, $end - $from );

		$this->at = false === $end ? strlen( $this->html ) : $end + 3;
		return htmlspecialchars( $text, ENT_NOQUOTES, 'UTF-8' );
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
		$out = $this->beginning( strtolower( $name ), '' ) . "<$name";
		foreach ( $attributes as $key => $value ) {
			$out .= " $key=\"" . str_replace( array( '"', '<', '>' ), array( '&quot;', '&lt;', '&gt;' ), $value ) . '"';
		}
		if ( $this->is_xml && '/' === $this->html[ $this->at - 2 ] ) {
			return DGOS_Inert_Elements::has( self::VOID, strtolower( $name ) ) ? "$out>" : "$out></$name>";
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
