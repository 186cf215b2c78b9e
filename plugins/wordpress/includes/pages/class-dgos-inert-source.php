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

	/** Html in UTF-8 as a tree. Entities from elsewhere are never loaded. */
	public static function parsed( string $html ): ?DOMDocument {
		if ( ! class_exists( 'DOMDocument' ) || strlen( $html ) > self::PAGE_BYTES_MAX ) {
			return null;
		}
		$plain = DGOS_Page_Tokens::plain( $html );
		if ( null === $plain ) {
			return null;
		}
		$document = new DOMDocument();
		$before   = libxml_use_internal_errors( true );
		$read     = $document->loadHTML( '<?xml encoding="UTF-8">' . $plain . ' ', LIBXML_NONET | LIBXML_COMPACT );
		libxml_clear_errors();
		libxml_use_internal_errors( $before );
		return $read ? $document : null;
	}
}
