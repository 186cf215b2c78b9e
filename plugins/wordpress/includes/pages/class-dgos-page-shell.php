<?php
/**
 * Pages that are only the shell of a program: an empty element that a script would fill, and nothing else to read.
 *
 * What stands around every page of a site (its head, menu and foot) is nothing to read.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/capture/shell.ts.
 */
final class DGOS_Page_Shell {

	/** A page with more words than this around its empty element has something to read. */
	const WORDS_MAX = 25;
	/** Thai, Lao, Burmese, Khmer, Japanese, Chinese: they put no blanks between their words, of which one is about two characters. */
	const UNSPACED        = '/[\x{0e00}-\x{0eff}\x{1000}-\x{109f}\x{1780}-\x{17ff}\x{3040}-\x{30ff}\x{3400}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{3ffff}]/u';
	const UNSPACED_LENGTH = 2;
	/** So has one that says more than this as its own text: in paragraphs or headings of the page, not of a box laid over it. */
	const SPOKEN_MAX = 5;
	/** A word that asks to wait is no longer than this. */
	const WAIT_LENGTH_MAX = 40;
	/** Nodes that are looked at in search of an empty element: boxes in boxes would be looked through again and again. */
	const LOOKS_MAX  = 100000;
	const DATA_TYPES = '/json|template|text\/plain|speculationrules|importmap/';

	/**
	 * Whether a script would have to run before there is anything to read.
	 *
	 * @param DOMDocument $document The page.
	 * @param array       $linked   Links to other pages of its site: id of the element => {url}.
	 */
	public static function is( DOMDocument $document, array $linked ): bool {
		$looks  = 0;
		$words  = 0;
		$spoken = 0;
		$marks  = array();
		$places = array();
		$stack  = array( array( $document, '', true ) );
		while ( $stack ) {
			list( $node, $where, $own ) = array_pop( $stack );
			$outside                    = false === strpos( $where, 'f' );
			if ( $node instanceof DOMText ) {
				$count   = $outside ? self::word_count( $node->nodeValue ) : 0;
				$words  += $count;
				$spoken += false === strpos( $where, 's' ) ? 0 : $count;
				continue;
			}
			if ( $node instanceof DOMElement ) {
				$marks += self::marks( $node );
				if ( ! isset( $marks['empty'] ) && self::mounts( $node ) && self::is_empty( $node, $looks ) ) {
					$marks['empty'] = true;
				}
				if ( DGOS_Page_Facts::is_unseen( $node ) ) {
					continue;
				}
				if ( $outside && false === strpos( $where, 'h' ) ) {
					$marks  += self::is_seen_picture( $node ) ? array( 'pictured' => true ) : array();
					$link    = $linked[ spl_object_id( $node ) ]['url'] ?? null;
					$places += null === $link ? array() : array( $link => true );
				}
			}
			for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
				$stack[] = self::place( $child, $where, $own );
			}
		}
		if ( isset( $marks['pictured'] ) || count( $places ) > 1 || $words > self::WORDS_MAX || $spoken > self::SPOKEN_MAX ) {
			return false;
		}
		return isset( $marks['scripted'], $marks['empty'] );
	}

	/** Words of a text. Signs alone are no words. */
	public static function word_count( string $text ): int {
		$count = 0;
		foreach ( preg_split( '/[\s\p{Z}\x{feff}]+/u', $text ) as $word ) {
			$characters = (int) preg_match_all( self::UNSPACED, $word );
			$count     += $characters > 0 ? (int) ceil( $characters / self::UNSPACED_LENGTH ) : preg_match( '/[\p{L}\p{N}]/u', $word );
		}
		return $count;
	}

	/** Something to look at: no counter of readers. */
	public static function is_seen_picture( DOMElement $element ): bool {
		$name = strtolower( $element->nodeName );
		if ( 'img' === $name ) {
			$tiny = static fn ( string $side ) => 1 === preg_match( '/^[01](px)?$/D', trim( $element->getAttribute( $side ) ) );
			return ! ( $tiny( 'width' ) && $tiny( 'height' ) ) && 1 !== preg_match( '/display\s*:\s*none|visibility\s*:\s*hidden/i', $element->getAttribute( 'style' ) );
		}
		if ( 'video' === $name ) {
			return $element->hasAttribute( 'poster' );
		}
		return 'object' === $name && 1 === preg_match( '/^image\//i', $element->getAttribute( 'type' ) );
	}

	/** A node, where it stands (f: in a menu or at the foot, h: in the head, s: in the page's own text), whether only content is around it. */
	private static function place( DOMNode $node, string $where, bool $own ): array {
		$name   = strtolower( $node->nodeName );
		$where .= 'nav' === $name || 'footer' === $name ? 'f' : '';
		$where .= 'header' === $name ? 'h' : '';
		$where .= $own && 1 === preg_match( '/^(p|h[1-6]|blockquote|ul|ol|dl|pre|table)$/D', $name ) ? 's' : '';
		return array( $node, count_chars( $where, 3 ), $own && DGOS_Inert_Elements::has( ' html body main article section ', $name ) );
	}

	private static function marks( DOMElement $element ): array {
		$runs = 'script' === strtolower( $element->nodeName ) && 1 !== preg_match( self::DATA_TYPES, $element->getAttribute( 'type' ) );
		return $runs ? array( 'scripted' => true ) : array();
	}

	/** Whether a script could want to fill it. */
	private static function mounts( DOMElement $element ): bool {
		$name = strtolower( $element->nodeName );
		return false !== strpos( $name, '-' ) || ( $element->hasAttribute( 'id' ) && 1 === preg_match( '/^(div|main|section|article)$/D', $name ) );
	}

	/** Nothing to read in it but at most a word that asks to wait. */
	private static function is_empty( DOMElement $root, int &$looks ): bool {
		$text  = '';
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( ++$looks > self::LOOKS_MAX ) {
				return false;
			}
			if ( $node instanceof DOMText ) {
				$text .= $node->nodeValue;
			} elseif ( $node !== $root && 1 === preg_match( '/^(img|picture|video|iframe|a|form)$/Di', $node->nodeName ) ) {
				return false;
			} elseif ( 1 === preg_match( '/^(script|style|noscript|template)$/Di', $node->nodeName ) && ! DGOS_Inert_Source::is_shadow( $node ) ) {
				continue;
			}
			if ( mb_strlen( $text, 'UTF-8' ) > self::WAIT_LENGTH_MAX ) {
				return false;
			}
			for ( $child = $node->firstChild; null !== $child; $child = $child->nextSibling ) {
				$stack[] = $child;
			}
		}
		return mb_strlen( trim( $text ), 'UTF-8' ) <= self::WAIT_LENGTH_MAX;
	}
}
