<?php
/**
 * The files that a page or a stylesheet needs to look complete without scripts.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/capture/html-resources.ts and css-resources.ts. Pure. Files are url => kind (style, font, image, icon).
 */
final class DGOS_Page_Files {

	/** Wide enough for a phone at double density and for a text column on a desk. */
	const WIDTH = 1200;
	/** Best first, as browsers choose. */
	const FONTS = array( 'woff2', 'woff', 'truetype', 'opentype', 'collection', '' );
	const NAMES = array(
		'ttf' => 'truetype',
		'otf' => 'opentype',
	);

	/** Of a page: stylesheets first, without them nothing else looks right. */
	public static function of_page( DOMDocument $document, string $url ): array {
		$base  = $url;
		$later = DGOS_Inert_Source::base_of( $document, $url );
		$found = array();
		// Not by getElementsByTagName(): it goes through the page anew for each element that it finds.
		foreach ( ( new DOMXPath( $document ) )->query( '//*' ) as $element ) {
			$base = 'base' === strtolower( $element->nodeName ) && $element->hasAttribute( 'href' ) ? $later : $base;
			foreach ( self::named( $element ) as list( $reference, $kind ) ) {
				$at = DGOS_Page_Url::resolve( $reference, $base );
				if ( null !== $at ) {
					$found += array( $at => $kind );
				}
			}
			$style  = 'style' === $element->nodeName;
			$css    = $style && ! DGOS_Inert_Html::is_css( $element ) ? '' : ( $style ? $element->textContent : $element->getAttribute( 'style' ) );
			$found += '' === $css ? array() : self::of_css( $css, $base );
		}
		$order = array_flip( array( 'style', 'font', 'image', 'icon' ) );
		$ranks = array();
		foreach ( array_keys( $found ) as $at => $file_url ) {
			$ranks[ $file_url ] = array( $order[ $found[ $file_url ] ], $at );
		}
		uksort( $found, static fn ( $a, $b ) => $ranks[ $a ] <=> $ranks[ $b ] );
		return $found;
	}

	/** Of a stylesheet: imports, images, and the best format of each font face. */
	public static function of_css( string $css, string $base ): array {
		$css   = (string) preg_replace( '~/\*.*?(?:\*/|\z)~s', ' ', $css );
		$found = array();
		$add   = static function ( string $reference, string $kind ) use ( &$found, $base ): void {
			$at = 0 === stripos( ltrim( $reference ), 'data:' ) ? null : DGOS_Page_Url::resolve( stripslashes( $reference ), $base );
			if ( null !== $at ) {
				$found += array( $at => $kind );
			}
		};
		$css = (string) preg_replace_callback(
			'~@font-face\s*\{[^{}]*\}~i',
			static function ( array $face ) use ( $add ): string {
				$source = self::font( $face[0] );
				if ( null !== $source ) {
					$add( $source, 'font' );
				}
				return ' ';
			},
			$css
		);
		$css = (string) preg_replace_callback(
			'~@import\s+(?:url\(\s*)?(?:"([^"]*)"|\'([^\']*)\'|([^\s"\');]+))~i',
			static function ( array $import ) use ( $add ): string {
				$add( implode( '', array_slice( $import, 1 ) ), 'style' );
				return ' ';
			},
			$css
		);
		preg_match_all( '~(?:\burl|\bsrc)\(\s*(?:"([^"]*)"|\'([^\']*)\'|([^\s"\'()]+))\s*\)~i', $css, $urls, PREG_SET_ORDER );
		foreach ( $urls as $url ) {
			$add( implode( '', array_slice( $url, 1 ) ), 'image' );
		}
		return $found;
	}

	/** The one candidate of a `srcset` that is captured: the narrowest of at least 1200 pixels (or the widest). */
	public static function candidate( string $value ): ?string {
		$best = null;
		foreach ( DGOS_Inert_Pictures::candidates( $value ) as $found ) {
			$sized  = 1 === preg_match( '/^([0-9.]{1,12})([wx])$/D', $found[1], $size );
			$size   = $sized ? (float) $size[1] * ( 'w' === $size[2] ? 1 : self::WIDTH / 2 ) : self::WIDTH / 2;
			$enough = $size >= self::WIDTH;
			$better = null === $best || ( $enough === $best[2] ? ( $enough ? $size < $best[1] : $size > $best[1] ) : $enough );
			$best   = $better ? array( $found[0], $size, $enough ) : $best;
		}
		return $best[0] ?? null;
	}

	/** References of an element, as [reference, kind]. */
	private static function named( DOMElement $element ): array {
		$name  = strtolower( $element->nodeName );
		$found = array();
		$plain = static function ( string $kind, array $names ) use ( $element, &$found ): void {
			foreach ( $names as $reference ) {
				$value = trim( $element->getAttribute( $reference ) );
				if ( '' !== $value ) {
					$found[] = array( DGOS_Inert_Pictures::unwrapped( $value ), $kind );
				}
			}
		};
		$late  = DGOS_Lazy_Pictures::of( $element );
		$shows = DGOS_Lazy_Pictures::shows_picture( $element );
		if ( 'link' === $name ) {
			return self::link( $element );
		}
		if ( $shows && 'source' !== $name ) {
			$plain( 'image', array( 'src' ) );
			$found = array_merge( $found, self::images( $late['sources'] ) );
		}
		if ( $shows ) {
			$found = array_merge( $found, self::images( array_filter( array_map( array( self::class, 'candidate' ), array_merge( array( $element->getAttribute( 'srcset' ) ), $late['sets'] ) ) ) ) );
		}
		if ( 'input' === $name && 'image' === strtolower( $element->getAttribute( 'type' ) ) ) {
			$plain( 'image', array( 'src' ) );
		}
		if ( in_array( $name, array( 'image', 'use' ), true ) ) {
			$plain( 'image', array( 'href', 'xlink:href' ) );
		}
		if ( 'object' === $name && DGOS_Inert_Frames::is_picture( $element ) ) {
			$plain( 'image', array( 'data' ) );
		}
		$plain( 'image', 'video' === $name ? array( 'poster', 'data-poster' ) : array( 'background' ) );
		return array_merge( $found, self::images( $late['backgrounds'] ) );
	}

	private static function images( array $references ): array {
		return array_map( static fn ( $reference ) => array( $reference, 'image' ), array_values( $references ) );
	}

	private static function link( DOMElement $element ): array {
		$href = $element->getAttribute( 'href' );
		$rel  = preg_split( '/\s+/', strtolower( $element->getAttribute( 'rel' ) ) );
		$as   = strtolower( $element->getAttribute( 'as' ) );
		$of   = static fn ( string $base ) => in_array( $base, $rel, true );
		if ( '' === $href ) {
			return array();
		}
		if ( $of( 'stylesheet' ) ) {
			return DGOS_Inert_Html::is_sheet( $element ) ? array( array( $href, 'style' ) ) : array();
		}
		if ( $of( 'preload' ) && in_array( $as, array( 'style', 'image', 'font' ), true ) ) {
			return array( array( 'image' === $as ? self::candidate( $element->getAttribute( 'imagesrcset' ) ) ?? $href : $href, $as ) );
		}
		return $of( 'icon' ) || $of( 'apple-touch-icon' ) ? array( array( $href, 'icon' ) ) : array();
	}

	/** The wanted source of one font face. */
	private static function font( string $face ): ?string {
		preg_match_all( '~url\(\s*(?:"([^"]*)"|\'([^\']*)\'|([^\s"\'()]+))\s*\)(?:\s*format\(\s*["\']?([a-z0-9-]+)["\']?)?~i', $face, $sources, PREG_SET_ORDER );
		$best = null;
		foreach ( $sources as $source ) {
			$reference = $source[1] . $source[2] . ( $source[3] ?? '' );
			$extension = 1 === preg_match( '/\.([a-z0-9]+)(?:[?#]|$)/i', $reference, $match ) ? strtolower( $match[1] ) : '';
			$format    = isset( $source[4] ) ? (string) preg_replace( '/-variations$/', '', strtolower( $source[4] ) ) : self::NAMES[ $extension ] ?? $extension;
			$rank      = array_search( $format, self::FONTS, true );
			$rank      = false === $rank ? count( self::FONTS ) : $rank;
			if ( 0 !== stripos( $reference, 'data:' ) && ! in_array( $format, array( 'embedded-opentype', 'eot', 'svg' ), true ) && ( null === $best || $rank < $best[1] ) ) {
				$best = array( $reference, $rank );
			}
		}
		return $best[0] ?? null;
	}
}
