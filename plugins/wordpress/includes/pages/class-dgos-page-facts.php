<?php
/**
 * What a captured page says: for comparing it with itself an hour later, and for telling whether it is a page at all.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/capture/page-facts.ts. Never for showing.
 */
final class DGOS_Page_Facts {

	/** Left out of what a reader sees. */
	const UNSEEN = ' script style template head svg iframe object noscript noframes ';
	/** Links that are remembered of a page. */
	const LINKS_MAX = 400;
	const NOT_PAGES = '/\.(css|js|png|jpe?g|gif|webp|avif|svg|ico|pdf|zip|xml|json|php)$|^\/(wp-login|wp-admin|login|signin|cgi-sys)/Di';

	/**
	 * Of a page that was read: title, text, unlinked, heading, marker, images, asks_password, shell, links.
	 *
	 * @param DOMDocument $document The page.
	 * @param string      $url      Where it lies.
	 */
	public static function of( DOMDocument $document, string $url ): array {
		$facts = array(
			'title'         => '',
			'marker'        => null,
			'images'        => 0,
			'asks_password' => false,
			'heading'       => null,
		);
		foreach ( self::elements( $document ) as $element ) {
			self::note( $facts, $element );
		}
		$linked = self::own_links( $document, $url );
		$unseen = static fn ( DOMElement $element ) => self::is_unseen( $element );
		$text   = self::fold( self::text_in( $document, $unseen ) );
		$facts += array(
			'links'    => array_slice( array_values( array_unique( array_column( $linked, 'url' ) ) ), 0, self::LINKS_MAX ),
			'text'     => $text,
			'unlinked' => self::fold( self::text_in( $document, static fn ( DOMElement $element ) => self::is_unseen( $element ) || isset( $linked[ spl_object_id( $element ) ] ) ) ),
		);

		$facts['shell']   = DGOS_Page_Shell::is( $document, $linked );
		$facts['heading'] = (string) $facts['heading'];
		return $facts;
	}

	/** NFKC where this PHP has it, lower case, white space as single blanks. */
	public static function fold( string $text ): string {
		$even = class_exists( 'Normalizer' ) ? (string) Normalizer::normalize( $text, Normalizer::FORM_KC ) : $text;
		return self::one_line( mb_strtolower( $even, 'UTF-8' ) );
	}

	private static function one_line( string $text ): string {
		return trim( (string) preg_replace( '/[\s\p{Z}\x{feff}]+/u', ' ', $text ) );
	}

	/** All elements, in the order of the page. Not by getElementsByTagName(): libxml walks from the beginning for each. */
	private static function elements( DOMNode $root ): array {
		$found = array();
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( $node instanceof DOMElement ) {
				$found[] = $node;
			}
			for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
				if ( $child instanceof DOMElement ) {
					$stack[] = $child;
				}
			}
		}
		return $found;
	}

	private static function note( array &$facts, DOMElement $element ): void {
		$name = strtolower( $element->nodeName );
		if ( 'title' === $name && '' === $facts['title'] && 'svg' !== strtolower( $element->parentNode->nodeName ) ) {
			$facts['title'] = mb_strcut( self::one_line( $element->textContent ), 0, 300, 'UTF-8' );
		} elseif ( 'h1' === $name && null === $facts['heading'] ) {
			$facts['heading'] = self::fold( self::text_in( $element, static fn ( DOMElement $inner ) => self::is_unseen( $inner ) ) );
		} elseif ( DGOS_Page_Shell::is_seen_picture( $element ) ) {
			++$facts['images'];
		} elseif ( 'input' === $name && 'password' === strtolower( $element->getAttribute( 'type' ) ) ) {
			$facts['asks_password'] = true;
		} elseif ( 'meta' === $name && 'dgos' === $element->getAttribute( 'name' ) ) {
			$facts['marker'] = $facts['marker'] ?? $element->getAttribute( 'content' );
		}
	}

	/** Whether nothing in it is to be read. */
	public static function is_unseen( DOMElement $element ): bool {
		return DGOS_Inert_Elements::has( self::UNSEEN, strtolower( $element->nodeName ) ) && ! DGOS_Inert_Source::is_shadow( $element );
	}

	/** Text below a node; `$skips` prunes. */
	private static function text_in( DOMNode $root, callable $skips ): string {
		$text  = '';
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( $node instanceof DOMText ) {
				$text .= $node->nodeValue;
				continue;
			}
			if ( $node instanceof DOMElement ) {
				if ( $node !== $root && $skips( $node ) ) {
					continue;
				}
				$text .= ' ';
			}
			for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
				$stack[] = $child;
			}
		}
		return $text;
	}

	/** Links to other pages of this site, by the id of their element: {url, element}, which keeps the element alive. */
	private static function own_links( DOMDocument $document, string $url ): array {
		$self  = self::parts( $url );
		$base  = DGOS_Inert_Source::base_of( $document, $url );
		$found = array();
		foreach ( self::elements( $document ) as $element ) {
			$to    = 'a' === strtolower( $element->nodeName ) ? DGOS_Page_Url::resolve( $element->getAttribute( 'href' ), $base ) : null;
			$place = null === $to ? null : self::parts( $to );
			if ( null === $place || null === $self || $place['host'] !== $self['host'] ) {
				continue;
			}
			$known = 1 === preg_match( '/^\?(p|page_id|post)=[0-9]+$/D', $place['query'] );
			if ( $known || ( $place['path'] !== $self['path'] && '/' !== $place['path'] && 1 !== preg_match( self::NOT_PAGES, $place['path'] ) ) ) {
				$found[ spl_object_id( $element ) ] = array(
					'url'     => $to,
					'element' => $element,
				);
			}
		}
		return $found;
	}

	private static function parts( string $url ): ?array {
		if ( 1 !== preg_match( '/^https?:\/\/([^\/?#]+)([^?#]*)(\?[^#]*)?/i', $url, $match ) ) {
			return null;
		}
		return array(
			'host'  => strtolower( $match[1] ),
			'path'  => '' === $match[2] ? '/' : $match[2],
			'query' => $match[3] ?? '',
		);
	}
}
