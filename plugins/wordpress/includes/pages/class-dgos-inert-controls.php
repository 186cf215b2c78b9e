<?php
/**
 * Controls without their doing: words stay, ticks stay, nothing can be typed or sent.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/pages/inert-controls.ts.
 */
final class DGOS_Inert_Controls {

	const WORDS_MAX   = 200;
	const OPTIONS_MAX = 500;

	/**
	 * What is left of an `input`: a tick or choice that a style may hold on to, the words of a button, or nothing.
	 *
	 * @param DOMElement $element    The control.
	 * @param int        $form       Choices of two forms may share a name: without forms they would be one group.
	 * @param string     $attributes Rebuilt.
	 */
	public static function input( DOMElement $element, int $form, string $attributes ): string {
		$type = $element->hasAttribute( 'type' ) ? strtolower( $element->getAttribute( 'type' ) ) : 'text';
		if ( in_array( $type, array( 'submit', 'button', 'reset' ), true ) ) {
			$words = $element->hasAttribute( 'value' ) ? $element->getAttribute( 'value' ) : ( 'submit' === $type ? 'Submit' : '' );
			return '' === trim( $words ) ? '' : "<button type=\"button\"$attributes>" . DGOS_Markup::escape( mb_substr( $words, 0, self::WORDS_MAX, 'UTF-8' ) ) . '</button>';
		}
		if ( 'radio' !== $type && 'checkbox' !== $type ) {
			return '';
		}
		$has   = static fn ( string $name ) => $element->hasAttribute( $name ) ? " $name" : '';
		$group = 'radio' === $type ? $element->getAttribute( 'name' ) : '';
		$name  = '' === $group || strlen( $group ) > self::WORDS_MAX ? '' : " name=\"f$form-" . DGOS_Markup::escape( $group ) . '"';
		return "<input type=\"$type\"$name" . $has( 'checked' ) . $has( 'disabled' ) . "$attributes>";
	}

	/** A list to choose from: its words, and which is chosen. Without name and values choosing tells nobody anything. */
	public static function select( DOMElement $element, string $attributes ): string {
		$has     = static fn ( DOMElement $of, string $name ) => $of->hasAttribute( $name ) ? " $name" : '';
		$size    = 1 === preg_match( '/^[0-9]{1,2}$/D', $element->getAttribute( 'size' ) ) ? ' size="' . $element->getAttribute( 'size' ) . '"' : '';
		$out     = '<select' . $has( $element, 'multiple' ) . $has( $element, 'disabled' ) . "$size$attributes>";
		$options = 0;
		$group   = null;
		foreach ( ( new DOMXPath( $element->ownerDocument ) )->query( './/option', $element ) as $option ) {
			if ( ++$options > self::OPTIONS_MAX ) {
				break;
			}
			$around = 'optgroup' === strtolower( $option->parentNode->nodeName ) ? $option->parentNode : null;
			if ( $around !== $group ) {
				$out  .= null === $group ? '' : '</optgroup>';
				$out  .= null === $around ? '' : '<optgroup label="' . self::words( $around->getAttribute( 'label' ) ) . '">';
				$group = $around;
			}
			$words = $option->hasAttribute( 'label' ) ? $option->getAttribute( 'label' ) : $option->textContent;
			$out  .= '<option' . $has( $option, 'selected' ) . $has( $option, 'disabled' ) . '>' . self::words( $words ) . '</option>';
		}
		return $out . ( null === $group ? '' : '</optgroup>' ) . '</select>';
	}

	private static function words( string $text ): string {
		return DGOS_Markup::escape( mb_substr( trim( (string) preg_replace( '/\s+/u', ' ', $text ) ), 0, self::WORDS_MAX, 'UTF-8' ) );
	}
}
