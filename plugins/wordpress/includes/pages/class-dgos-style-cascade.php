<?php
/**
 * What a document's styles say of its elements while nothing is pointed at, and what they would say if it were.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/pages/style-cascade.ts, over DGOS_Style_Rules. Of elements that rules are about which were not read, nothing is
 * told.
 */
final class DGOS_Style_Cascade {

	/** Compounds that are looked at for one document. A page that needs more is shown as its styles have it. */
	const LOOKS_MAX = 300000;

	/** The rules. @var DGOS_Style_Rules */
	private $sheet;

	/** Rules by the most telling name of their subject. @var array */
	private $by_key = array();

	/** Compounds looked at. @var int */
	private $looks = 0;

	/** Styles of elements that were asked about, with the element, so that its id stays its own. @var array */
	private $known = array();

	/** Classes of elements that were asked about. @var array */
	private $classes = array();

	/** Over the rules of a document. */
	public function __construct( DGOS_Style_Rules $sheet ) {
		$this->sheet = $sheet;
		foreach ( $sheet->rules as $rule ) {
			$this->by_key[ self::key( $rule['path'][0][0] ) ][] = $rule;
		}
	}

	/** Whether the page asks for too much: then nothing is to be believed of what was told. */
	public function is_too_costly(): bool {
		return $this->looks > self::LOOKS_MAX;
	}

	/** Names of animations that the sheets define. */
	public function animates( string $name ): bool {
		return isset( $this->sheet->animations[ $name ] );
	}

	/** Whether a rule that is about the element could not be read. */
	public function is_unsure( DOMElement $element ): bool {
		foreach ( self::keys( $element ) as $key ) {
			if ( isset( $this->sheet->unread[ $key ] ) && '*' !== $key ) {
				return true;
			}
		}
		return false;
	}

	/** What holds for the element at rest, by property. */
	public function at( DOMElement $element ): array {
		$id = spl_object_id( $element );
		if ( isset( $this->known[ $id ] ) ) {
			return $this->known[ $id ]['styles'];
		}
		$won = array();
		foreach ( $this->candidates( $element ) as $rule ) {
			if ( ! $rule['moved'] && $this->matches( $rule['path'], $element ) ) {
				self::put( $won, $rule['declarations'], $rule['rank'] );
			}
		}
		self::put( $won, DGOS_Style_Rules::declarations( $element->getAttribute( 'style' ) ), PHP_INT_MAX >> 2 );
		$styles             = array_map( static fn ( $entry ) => $entry[0], $won );
		$this->known[ $id ] = compact( 'styles', 'element' );
		return $styles;
	}

	/** What would hold besides if a reader pointed, focused or ticked something. */
	public function moved( DOMElement $element ): array {
		$found = array();
		foreach ( $this->candidates( $element ) as $rule ) {
			if ( $rule['moved'] && $this->matches( $rule['path'], $element ) ) {
				foreach ( $rule['declarations'] as $name => $declaration ) {
					$found[] = array( $name, $declaration[0] );
				}
			}
		}
		return $found;
	}

	private static function put( array &$won, array $declarations, int $rank ): void {
		foreach ( $declarations as $name => list( $value, $important ) ) {
			$full = $rank + ( $important ? PHP_INT_MAX >> 1 : 0 );
			if ( ! isset( $won[ $name ] ) || $full >= $won[ $name ][1] ) {
				$won[ $name ] = array( $value, $full );
			}
		}
	}

	private function candidates( DOMElement $element ): array {
		$found = array();
		foreach ( self::keys( $element ) as $key ) {
			foreach ( $this->by_key[ $key ] ?? array() as $rule ) {
				$found[] = $rule;
			}
		}
		return $found;
	}

	private static function keys( DOMElement $element ): array {
		$keys = array( '#' . $element->getAttribute( 'id' ), strtolower( $element->nodeName ), '*' );
		foreach ( self::classes( $element ) as $name ) {
			$keys[] = ".$name";
		}
		return $keys;
	}

	/** Classes of an element, each once. */
	public static function classes( DOMElement $element ): array {
		return array_unique( preg_split( '/\s+/', $element->getAttribute( 'class' ), -1, PREG_SPLIT_NO_EMPTY ) );
	}

	/** "#id", ".class", "tag" or "*". */
	private static function key( string $compound ): string {
		$plain = (string) preg_replace( '/:not\([^()]*\)|\[[^\[\]]*\]/', '', $compound );
		if ( 1 === preg_match( '/#[\w\x80-\xff-]+/', $plain, $match ) || 1 === preg_match( '/\.[\w\x80-\xff-]+/', $plain, $match ) ) {
			return $match[0];
		}
		return 1 === preg_match( '/^[a-z][a-z0-9-]*/i', $plain, $match ) ? strtolower( $match[0] ) : '*';
	}

	/** Greedy, outwards. */
	private function matches( array $path, DOMElement $element ): bool {
		if ( $this->is_too_costly() || ! $this->fits( $path[0][2], $element ) ) {
			return false;
		}
		$node = $element->parentNode;
		for ( $i = 1, $end = count( $path ); $i < $end; $i++ ) {
			$child = $path[ $i ][1];
			while ( $node instanceof DOMElement && ! $this->fits( $path[ $i ][2], $node ) ) {
				$node = $child ? null : $node->parentNode;
			}
			if ( ! $node instanceof DOMElement ) {
				return false;
			}
			$node = $node->parentNode;
		}
		return true;
	}

	private function fits( array $parts, DOMElement $element ): bool {
		++$this->looks;
		foreach ( $parts as list( $sign, $name, $comparison, $value, $not ) ) {
			if ( $this->has( $element, $sign, $name, $comparison, $value ) === $not ) {
				return false;
			}
		}
		return true;
	}

	private function has( DOMElement $element, string $sign, string $name, string $comparison, ?string $value ): bool {
		if ( '' === $sign ) {
			return strtolower( $element->nodeName ) === $name;
		}
		if ( '.' === $sign ) {
			return isset( $this->classes_of( $element )[ $name ] );
		}
		if ( '#' === $sign ) {
			return $element->getAttribute( 'id' ) === $name;
		}
		if ( ':' === $sign ) {
			return 'html' === strtolower( $element->nodeName );
		}
		return $element->hasAttribute( $name ) && ( null === $value || self::says( $element->getAttribute( $name ), $comparison, $value ) );
	}

	/** Class => anything, remembered with the element, so that its id stays its own. */
	private function classes_of( DOMElement $element ): array {
		$id = spl_object_id( $element );
		if ( ! isset( $this->classes[ $id ] ) ) {
			$this->classes[ $id ] = array( array_flip( self::classes( $element ) ), $element );
		}
		return $this->classes[ $id ][0];
	}

	private static function says( string $value, string $sign, string $wanted ): bool {
		$length = strlen( $wanted );
		switch ( $sign ) {
			case '*':
				return $length > 0 && false !== strpos( $value, $wanted );
			case '^':
				return $length > 0 && 0 === strncmp( $value, $wanted, $length );
			case '$':
				return $length > 0 && substr( $value, -$length ) === $wanted;
			case '~':
				return in_array( $wanted, preg_split( '/\s+/', $value ), true );
			case '|':
				return $value === $wanted || 0 === strncmp( $value, "$wanted-", $length + 1 );
			default:
				return $value === $wanted;
		}
	}
}
