<?php
/**
 * Where pages keep the addresses of pictures that a script would put in their place: recognised by the pattern, a made-up
 * attribute that holds the address of a picture, not by a list of names.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/capture/lazy-pictures.ts.
 */
final class DGOS_Lazy_Pictures {

	const PICTURE_END = '/\.(png|jpe?g|gif|webp|avif|svg|bmp)(?:[?#]|$)/Di';
	/** Pictures that are not the one to be seen here: for zooming, sharing, pointing at, or to stand in until then. */
	const OTHER_USE = '/zoom|full|large|hover|pin|share|og|media|flag|avatar-alt|placeholder|orig-file|medium-file|download|link|href|lightbox|popup|caption|title|alt/';
	const SURELY    = '/(^|-)(src|lazy|original|echo|lazyload|ll|nitro|splide|flickity|hi-res)(-|$)/D';
	const BEHIND    = '/(^|-)(bg|background|bgset|backgrounds?-image)(-|$)/D';
	const STAND     = '/placeholder|blank|spacer|loading|loader|lazy|pixel|1x1|transparent|grey|gray/i';
	const VALUE_MAX = 4000;

	/** {sources (they win over `src`, the surest first), sets (in the form of a `srcset`), backgrounds} of an element. */
	public static function of( DOMElement $element ): array {
		$found = array(
			'sources'     => array(),
			'sets'        => array(),
			'backgrounds' => array(),
		);
		$maybe = array();
		$shows = self::shows_picture( $element );
		foreach ( $element->attributes as $attribute ) {
			$name  = strtolower( $attribute->nodeName );
			$value = $attribute->nodeValue;
			if ( false === strpos( $name, '-' ) || 0 === strpos( $name, 'aria-' ) || 0 === strpos( $name, 'xml' ) || '' === $value || strlen( $value ) > self::VALUE_MAX ) {
				continue;
			}
			$text = DGOS_Inert_Pictures::unwrapped( trim( $value ) );
			if ( 1 === preg_match( '/set(-|$)/D', $name ) && self::is_set( $value ) ) {
				$behind = ! $shows || 1 === preg_match( self::BEHIND, $name );

				$found[ $behind ? 'backgrounds' : 'sets' ][] = $behind ? preg_split( '/\s+/', trim( $value ), 2 )[0] : $value;
			} elseif ( 1 !== preg_match( self::OTHER_USE, $name ) && self::is_address( $text ) ) {
				self::add( $found, $maybe, $element, $name, $text, $shows );
			}
		}
		$found['sources'] = self::stands_in( $element->getAttribute( 'src' ) ) ? array_merge( $found['sources'], $maybe ) : $found['sources'];
		return $found;
	}

	private static function add( array &$found, array &$maybe, DOMElement $element, string $name, string $text, bool $shows ): void {
		$surely  = 1 === preg_match( self::SURELY, $name );
		$picture = 1 === preg_match( self::PICTURE_END, $text );
		if ( 1 === preg_match( self::BEHIND, $name ) || ( ! $shows && $picture && ( $surely || ! $element->hasChildNodes() ) ) ) {
			$found['backgrounds'][] = $text;
		} elseif ( $shows && $surely ) {
			$found['sources'][] = $text;
		} elseif ( $shows && $picture ) {
			$maybe[] = $text;
		}
	}

	/** `img`, `source`, and elements of a program's own that are called so. */
	public static function shows_picture( DOMElement $element ): bool {
		return 1 === preg_match( '/^(?:img|source|[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:img|image|picture))$/D', strtolower( $element->nodeName ) );
	}

	/** A picture that only holds the place of another, by its name. */
	public static function stands_in( string $src ): bool {
		if ( 1 === preg_match( '/^\s*(data:|about:|$)/Di', $src ) ) {
			return true;
		}
		foreach ( explode( '/', $src ) as $name ) {
			if ( 1 === preg_match( self::STAND, $name ) && 1 === preg_match( '/\.(png|gif|svg|jpe?g|webp)/i', $name ) ) {
				return true;
			}
		}
		return false;
	}

	private static function is_address( string $text ): bool {
		return 1 === preg_match( '/^[^\s<>"{}|\\\\]{1,2000}$/D', $text ) && 1 === preg_match( '/[.\/]/', $text ) && 1 !== preg_match( '/^(javascript|data|blob|about):/i', $text );
	}

	/** At least one address with a width or density. */
	private static function is_set( string $value ): bool {
		foreach ( DGOS_Inert_Pictures::candidates( $value ) as $candidate ) {
			if ( 1 === preg_match( '/^[0-9.]+[wx]$/D', $candidate[1] ) ) {
				return true;
			}
		}
		return false;
	}
}
