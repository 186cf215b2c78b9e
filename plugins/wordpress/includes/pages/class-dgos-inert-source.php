<?php
/**
 * A captured page as a tree, read by libxml.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. What it gives is a stranger's and never shown as it is.
 */
final class DGOS_Inert_Source {

	/** A page of more bytes is not shown: a shared host must rebuild it within seconds. */
	const PAGE_BYTES_MAX = 1000000;

	/** Tags of a page, and open elements in one another: beyond these a parser is not begun, since nothing could end it. */
	const TAGS_MAX  = 40000;
	const DEPTH_MAX = 5000;

	/** A name of an element is read this far. */
	const NAME_BYTES_MAX = 40;

	const UNENDED = array(
		'area'   => 1,
		'base'   => 1,
		'br'     => 1,
		'col'    => 1,
		'dd'     => 1,
		'dt'     => 1,
		'embed'  => 1,
		'hr'     => 1,
		'img'    => 1,
		'input'  => 1,
		'li'     => 1,
		'link'   => 1,
		'meta'   => 1,
		'option' => 1,
		'p'      => 1,
		'source' => 1,
		'td'     => 1,
		'th'     => 1,
		'tr'     => 1,
		'track'  => 1,
		'wbr'    => 1,
	);

	/** By the names that themes and microformats give the body of a post, else the page's only `article`. */
	public static function article_of( DOMDocument $document ): ?DOMElement {
		$path  = new DOMXPath( $document );
		$names = array( 'entry-content', 'post-content', 'post-body', 'article-entry', 'e-content' );
		$has   = array_map( static fn ( $name ) => "contains(concat(' ',normalize-space(@class),' '),' $name ')", $names );
		foreach ( array( "//*[@itemprop='articleBody' or " . implode( ' or ', $has ) . ']', '//article' ) as $query ) {
			$found = $path->query( $query );
			if ( $found->length > 0 ) {
				return 1 === $found->length ? $found->item( 0 ) : null;
			}
		}
		return null;
	}

	/** Base of a document's links. */
	public static function base_of( DOMDocument $document, string $url ): string {
		$named = ( new DOMXPath( $document ) )->query( '(//base[@href])[1]' )->item( 0 );
		return null === $named ? $url : DGOS_Page_Url::absolute( $named->getAttribute( 'href' ), $url ) ?? $url;
	}

	/** Whether a `noscript` holds only a short notice: no picture, no list, few letters. An original with scripts shows none of it. */
	public static function is_notice( DOMElement $noscript ): bool {
		foreach ( $noscript->getElementsByTagName( '*' ) as $inner ) {
			if ( 1 === preg_match( '/^(img|picture|svg|video|audio|iframe|object|embed|table|ul|ol|form|input|link|style)$/Di', $inner->nodeName ) ) {
				return false;
			}
		}
		return mb_strlen( preg_replace( '/\s+/u', '', $noscript->textContent ), 'UTF-8' ) <= 240;
	}

	/** Whether an element is the shadow tree that a page declares for its parent: a part of what is read. */
	public static function is_shadow( DOMElement $element ): bool {
		$host = strtolower( $element->parentNode->nodeName );
		return 'template' === strtolower( $element->nodeName ) && 1 === preg_match( '/^(open|closed)$/Di', $element->getAttribute( 'shadowrootmode' ) )
			&& ( false !== strpos( $host, '-' ) || 1 === preg_match( '/^(article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/D', $host ) );
	}

	/** Whether a page asks for no more tags, or depth, than real ones: one look at each `<`, no tree. */
	public static function is_modest( string $html ): bool {
		$tags  = 0;
		$depth = 0;
		for ( $at = strpos( $html, '<' ); false !== $at; $at = strpos( $html, '<', $at + 1 ) ) {
			$next = $html[ $at + 1 ] ?? '';
			if ( '/' === $next ) {
				++$tags;
				$depth = max( 0, $depth - 1 );
			} elseif ( 1 === strspn( $next, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' ) ) {
				$name = strtolower( substr( $html, $at + 1, strcspn( $html, " \t\n\r\f/>", $at + 1, self::NAME_BYTES_MAX ) ) );
				// Elements that need no end tag are ended by the next of their kind.
				$depth += isset( self::UNENDED[ $name ] ) ? 0 : 1;
				++$tags;
			}
			if ( $tags > self::TAGS_MAX || $depth > self::DEPTH_MAX ) {
				return false;
			}
		}
		return true;
	}

	/** Html in UTF-8 as a tree. Entities from elsewhere are never loaded. */
	public static function parsed( string $html ): ?DOMDocument {
		if ( ! class_exists( 'DOMDocument' ) || strlen( $html ) > self::PAGE_BYTES_MAX || ! self::is_modest( $html ) ) {
			return null;
		}
		$plain    = DGOS_Page_Tokens::plain( $html );
		$document = new DOMDocument();
		$before   = libxml_use_internal_errors( true );
		// Without the last flag libxml ends a page at 256 elements in one another and says nothing; is_modest() has counted them.
		$read = $document->loadHTML( '<?xml encoding="UTF-8">' . $plain . ' ', LIBXML_NONET | LIBXML_COMPACT | LIBXML_PARSEHUGE );
		libxml_clear_errors();
		libxml_use_internal_errors( $before );
		return $read ? $document : null;
	}
}
