<?php
/**
 * Parts of a page that a reader opens by clicking something that a script answers: accordions, tabs, burger menus, boxes. In
 * a copy each becomes `<details>`, so that every word of it is reached, with the keyboard too.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/pages/disclosures.ts, as far as DGOS_Style_Cascade reads the styles. Pure.
 */
final class DGOS_Disclosures {

	const DISCLOSURES_MAX = 200;
	const LABEL_MAX       = 100;
	const TEXT_MAX        = 4000;
	/** Elements that take no `details` around them. */
	const TABLE_PARTS = ' table thead tbody tfoot tr td th caption col colgroup li dt dd option html body head ';
	/** What is open stands in the page where its summary does. */
	const OPENED = 'display:block!important;visibility:visible!important;opacity:1!important;position:static!important;height:auto!important;max-height:none!important;width:auto!important;transform:none!important;overflow:visible!important';

	/**
	 * What becomes `details`: id of the element at which it begins => {target, label, heading (or null)}.
	 *
	 * @param DOMElement[]       $elements All of the page.
	 * @param DGOS_Style_Cascade $cascade  What the styles say.
	 */
	public static function of( array $elements, DGOS_Style_Cascade $cascade ): array {
		$by_id = array();
		foreach ( $elements as $element ) {
			$id     = $element->getAttribute( 'id' );
			$by_id += '' === $id ? array() : array( "#$id" => $element );
		}
		$found = array();
		$taken = array();
		foreach ( $elements as $trigger ) {
			foreach ( self::targets( $trigger ) as $id ) {
				$target = $by_id[ "#$id" ] ?? null;
				if ( null === $target || isset( $taken[ spl_object_id( $target ) ] ) || count( $found ) >= self::DISCLOSURES_MAX || self::is_inside( $trigger, $target ) || ! self::is_closed( $target, $cascade ) ) {
					continue;
				}
				$heading = self::heading( $trigger, $target );
				$begins  = null === $heading || isset( $found[ spl_object_id( $heading ) ] ) ? $target : $heading;

				$taken[ spl_object_id( $target ) ] = $target;
				$found[ spl_object_id( $begins ) ] = array(
					'target'  => $target,
					'label'   => self::label( $trigger, $target ),
					'heading' => $begins === $target ? null : $heading,
				);
			}
		}
		return $found;
	}

	/** Ids that an element says it shows, in the ways that scripts read. */
	private static function targets( DOMElement $element ): array {
		$ids  = array();
		$acts = false;
		foreach ( $element->attributes as $attribute ) {
			$name = strtolower( $attribute->nodeName );
			$acts = $acts || 'role' === $name || 'aria-expanded' === $name || 1 === preg_match( '/^data-(?:[a-z]{1,20}-)?toggle$/D', $name );
			if ( 'aria-controls' === $name ) {
				$ids = array_merge( $ids, preg_split( '/\s+/', $attribute->nodeValue ) );
			} elseif ( 'commandfor' === $name || 1 === preg_match( '/^data-(?:[a-z]{1,20}-)?(?:target|toggle|controls|tab|open|modal|collapse)$/D', $name ) ) {
				$ids[] = (string) preg_replace( '/^#/', '', $attribute->nodeValue );
			}
		}
		$href = 'a' === strtolower( $element->nodeName ) ? $element->getAttribute( 'href' ) : '';
		if ( $acts && 0 === strpos( $href, '#' ) ) {
			$ids[] = substr( $href, 1 );
		}
		return array_slice( array_values( array_filter( $ids, static fn ( $id ) => '' !== $id ) ), 0, 4 );
	}

	/** Not to be seen, with something to see, and nothing that a reader does would show it. */
	private static function is_closed( DOMElement $target, DGOS_Style_Cascade $cascade ): bool {
		$name = strtolower( $target->nodeName );
		if ( 'details' === $name || DGOS_Inert_Elements::has( self::TABLE_PARTS, $name ) || 'tooltip' === $target->getAttribute( 'role' ) || $target->hasAttribute( 'popover' ) ) {
			return false;
		}
		$styles = $cascade->at( $target );
		$shut   = ( 'dialog' === $name && ! $target->hasAttribute( 'open' ) ) || ( $target->hasAttribute( 'hidden' ) && ! isset( $styles['display'] ) );
		if ( ! ( $shut || self::is_hidden( $styles ) ) || '' === self::words( $target ) ) {
			return false;
		}
		foreach ( $cascade->moved( $target ) as list( $property, $value ) ) {
			$styles[ $property ] = $value;
		}
		return $shut || ( ! $cascade->is_unsure( $target ) && self::is_hidden( $styles ) );
	}

	private static function is_hidden( array $styles ): bool {
		$nil  = static fn ( string $name ) => 1 === preg_match( '/^0(px|%|em|rem|fr)?$/D', $styles[ $name ] ?? '' );
		$away = 1 === preg_match( '/^(absolute|fixed)$/D', $styles['position'] ?? '' );
		if ( 'none' === ( $styles['display'] ?? '' ) || 'hidden' === ( $styles['visibility'] ?? '' ) ) {
			return true;
		}
		if ( ( $nil( 'height' ) || $nil( 'max-height' ) ) && 1 === preg_match( '/hidden|clip/', $styles['overflow'] ?? '' ) ) {
			return true;
		}
		return $away && ( $nil( 'opacity' ) || 1 === preg_match( '/translate[xy3d]{0,2}\([^)]{0,40}-?1\d\d(%|vw|vh)/', $styles['transform'] ?? '' ) );
	}

	/** The trigger, or the element around it, where it stands right before what it opens. */
	private static function heading( DOMElement $trigger, DOMElement $target ): ?DOMElement {
		$before = $target->previousSibling;
		while ( null !== $before && ! $before instanceof DOMElement ) {
			$before = $before->previousSibling;
		}
		$parent = strtolower( $target->parentNode->nodeName );
		if ( null === $before || DGOS_Inert_Elements::has( self::TABLE_PARTS, $parent ) || DGOS_Inert_Elements::has( self::TABLE_PARTS, strtolower( $before->nodeName ) ) || ! self::is_inside( $trigger, $before ) ) {
			return null;
		}
		return self::words( $before ) === self::words( $trigger ) ? $before : null;
	}

	private static function is_inside( DOMElement $element, DOMElement $outer ): bool {
		for ( $node = $element; null !== $node; $node = $node->parentNode ) {
			if ( $node === $outer ) {
				return true;
			}
		}
		return false;
	}

	private static function label( DOMElement $trigger, DOMElement $target ): string {
		foreach ( array( self::words( $trigger ), $trigger->getAttribute( 'aria-label' ), $trigger->getAttribute( 'title' ), $target->getAttribute( 'aria-label' ) ) as $told ) {
			if ( '' !== trim( $told ) ) {
				return mb_substr( trim( $told ), 0, self::LABEL_MAX, 'UTF-8' );
			}
		}
		return '…';
	}

	/** The first of its words, or of a picture's being. */
	private static function words( DOMElement $root ): string {
		$text  = '';
		$stack = array( $root );
		while ( $stack && strlen( $text ) < self::TEXT_MAX ) {
			$node = array_pop( $stack );
			if ( $node instanceof DOMText ) {
				$text .= $node->nodeValue;
			} elseif ( 1 !== preg_match( '/^(script|style|template|noscript|svg)$/Di', $node->nodeName ) ) {
				for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
					$stack[] = $child;
				}
			}
		}
		return trim( (string) preg_replace( '/\s+/u', ' ', $text ) );
	}
}
