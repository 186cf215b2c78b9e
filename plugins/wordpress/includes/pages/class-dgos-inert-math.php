<?php
/**
 * Formulas of strangers: MathML Core without what could hold other markup or act. Elements that hold text hold text alone.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/pages/inert-math.ts. Writes one formula.
 */
final class DGOS_Inert_Math {

	const DEPTH_MAX    = 64;
	const ELEMENTS_MAX = 5000;
	const GROUPS       = ' math mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd mspace ';
	const TOKENS       = ' mi mn mo ms mtext ';
	const ATTRIBUTES   = ' class id dir display displaystyle scriptlevel mathvariant mathcolor mathbackground mathsize linethickness form fence separator stretchy symmetric largeop movablelimits accent accentunder minsize maxsize lspace rspace width height depth voffset columnspan rowspan columnalign rowalign columnspacing rowspacing alttext ';

	/** Elements so far. @var int */
	private $count = 0;

	/** Markup of a `math` element. */
	public static function formula( DOMElement $element ): string {
		return ( new self() )->element( $element, 0 );
	}

	private function element( DOMElement $element, int $depth ): string {
		$name = strtolower( $element->nodeName );
		if ( ++$this->count > self::ELEMENTS_MAX ) {
			return '';
		}
		if ( $depth > self::DEPTH_MAX ) {
			return '<mtext>' . DGOS_Markup::escape( self::text( $element ) ) . '</mtext>';
		}
		if ( 'semantics' === $name || 'maction' === $name ) {
			$first = self::elements( $element )[0] ?? null;
			return null === $first ? '' : $this->element( $first, $depth + 1 );
		}
		if ( DGOS_Inert_Elements::has( self::TOKENS, $name ) ) {
			return self::written( $element, $name, DGOS_Markup::escape( self::text( $element ) ) );
		}
		if ( 'mfenced' === $name ) {
			return $this->fenced( $element, $depth );
		}
		$inside = 'menclose' === $name || DGOS_Inert_Elements::has( self::GROUPS, $name ) ? implode( '', $this->children( $element, $depth ) ) : null;
		if ( null === $inside ) {
			return '';
		}
		return 'menclose' === $name ? "<mrow>$inside</mrow>" : self::written( $element, $name, $inside );
	}

	/** An element of MathML 3 that browsers no longer draw. */
	private function fenced( DOMElement $element, int $depth ): string {
		$told = static fn ( string $name, string $usual ) => $element->hasAttribute( $name ) ? $element->getAttribute( $name ) : $usual;
		$mark = static fn ( string $text ) => '' === $text ? '' : '<mo>' . DGOS_Markup::escape( mb_substr( $text, 0, 4, 'UTF-8' ) ) . '</mo>';
		$sign = mb_substr( trim( $told( 'separators', ',' ) ), 0, 1, 'UTF-8' );
		return '<mrow>' . $mark( $told( 'open', '(' ) ) . implode( $mark( $sign ), $this->children( $element, $depth ) ) . $mark( $told( 'close', ')' ) ) . '</mrow>';
	}

	private function children( DOMElement $element, int $depth ): array {
		$written = array();
		foreach ( self::elements( $element ) as $child ) {
			$written[] = $this->element( $child, $depth + 1 );
		}
		return $written;
	}

	private static function elements( DOMElement $element ): array {
		$found = array();
		foreach ( $element->childNodes as $child ) {
			if ( $child instanceof DOMElement ) {
				$found[] = $child;
			}
		}
		return $found;
	}

	private static function written( DOMElement $element, string $name, string $inside ): string {
		$out = "<$name";
		foreach ( $element->attributes as $attribute ) {
			$key   = strtolower( $attribute->nodeName );
			$value = $attribute->nodeValue;
			$plain = 'alttext' === $key ? strlen( $value ) < 500 : 1 === preg_match( '/^[\w#.%+ -]{0,100}$/D', $value );
			if ( $plain && DGOS_Inert_Elements::has( self::ATTRIBUTES, $key ) ) {
				$out .= " $key=\"" . DGOS_Markup::escape( $value ) . '"';
			}
		}
		return "$out>$inside</$name>";
	}

	/** Text of a token, of markup in it too, without the source that some renderers keep beside it. */
	private static function text( DOMElement $root ): string {
		$text  = '';
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( $node instanceof DOMText ) {
				$text .= $node->nodeValue;
			} elseif ( 1 !== preg_match( '/^(annotation|annotation-xml|script|style|template)$/Di', $node->nodeName ) ) {
				for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
					$stack[] = $child;
				}
			}
		}
		return $text;
	}
}
