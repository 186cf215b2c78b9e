<?php
/**
 * Frames, films and objects in a copy: their place, their size, and what stands in it instead.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/pages/inert-frames.ts. Those of one page.
 */
final class DGOS_Inert_Frames {

	const TITLE_MAX = 200;

	/** Its pictures. @var DGOS_Inert_Pictures */
	private $pictures;

	/** Base of the page's links. @var string */
	private $base;

	/** Of a page with these pictures and this base. */
	public function __construct( DGOS_Inert_Pictures $pictures, string $base ) {
		$this->pictures = $pictures;
		$this->base     = $base;
	}

	/** A link to the foreign place, where the frame stood; with its still picture. */
	public function framed( DOMElement $element ): string {
		$name   = strtolower( $element->nodeName );
		$inner  = $element->getElementsByTagName( 'source' )->item( 0 );
		$source = $element->hasAttribute( 'src' ) ? $element->getAttribute( 'src' ) : $element->getAttribute( 'data' );
		$source = '' === $source && null !== $inner ? $inner->getAttribute( 'src' ) : $source;
		$poster = 'video' === $name ? $this->pictures->file( $element->getAttribute( 'poster' ) ) ?? $this->pictures->file( $element->getAttribute( 'data-poster' ) ) : null;
		$url    = '' === $source ? null : DGOS_Page_Url::absolute( $source, $this->base );
		$out    = null === $poster ? '' : '<img src="' . DGOS_Markup::escape( $poster ) . '" alt=""' . self::size( $element ) . '>';
		if ( null === $url ) {
			return $out;
		}
		$host  = preg_replace( '/^https?:\/\/([^\/]*).*$/Ds', '$1', $url );
		$title = mb_substr( trim( $element->getAttribute( 'title' ) ), 0, self::TITLE_MAX, 'UTF-8' );
		$words = '' === $title ? "$host ↗" : "$title ($host) ↗";
		$box   = null === $poster && 'audio' !== $name ? self::box( $element ) : '';
		return $out . '<a href="' . DGOS_Markup::escape( $url ) . '" target="_top" rel="noopener noreferrer nofollow"' . $box . '>' . DGOS_Markup::escape( $words ) . '</a>';
	}

	/** The picture that an `object` shows; null where it shows none that is here. */
	public function picture( DOMElement $element, string $attributes ): ?string {
		$file = self::is_picture( $element ) ? $this->pictures->file( $element->getAttribute( 'data' ) ) : null;
		return null === $file ? null : '<img src="' . DGOS_Markup::escape( $file ) . '" alt="' . DGOS_Markup::escape( $element->getAttribute( 'aria-label' ) ) . '"' . self::size( $element ) . "$attributes>";
	}

	/** Whether an `object` shows a picture. */
	public static function is_picture( DOMElement $element ): bool {
		$type = trim( $element->getAttribute( 'type' ) );
		return '' === $type ? 1 === preg_match( '/\.(svg|png|jpe?g|gif|webp|avif)(\?|#|$)/Di', $element->getAttribute( 'data' ) ) : 1 === preg_match( '/^image\//i', $type );
	}

	/** Whether the page says something in the place of an object. */
	public static function has_words( DOMElement $root ): bool {
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( ( $node instanceof DOMText && '' !== trim( $node->nodeValue ) ) || 'img' === strtolower( $node->nodeName ) ) {
				return true;
			}
			if ( 1 !== preg_match( '/^(script|style|template)$/Di', $node->nodeName ) ) {
				for ( $child = $node->firstChild; null !== $child; $child = $child->nextSibling ) {
					$stack[] = $child;
				}
			}
		}
		return false;
	}

	/** Width and height, where the element says so in numbers. */
	private static function size( DOMElement $element ): string {
		$out = '';
		foreach ( array( 'width', 'height' ) as $name ) {
			$value = trim( $element->getAttribute( $name ) );
			$out  .= 1 === preg_match( '/^[0-9]{1,4}%?$/D', $value ) ? " $name=\"$value\"" : '';
		}
		return $out;
	}

	/** The place that a frame took, so that the page keeps its shape. */
	private static function box( DOMElement $element ): string {
		$width  = trim( $element->getAttribute( 'width' ) );
		$height = trim( $element->getAttribute( 'height' ) );
		if ( 1 !== preg_match( '/^[0-9]{2,4}$/D', $height ) || 1 !== preg_match( '/^[0-9]{2,4}%?$/D', $width ) ) {
			return '';
		}
		$wide = '%' === substr( $width, -1 ) ? $width : "{$width}px";
		return " style=\"display:inline-grid;place-items:center;box-sizing:border-box;width:$wide;max-width:100%;height:{$height}px;border:1px solid\"";
	}
}
