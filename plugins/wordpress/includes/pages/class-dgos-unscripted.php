<?php
/**
 * State that only a script would end: preloaders over the whole window, words and pictures that wait for a class to be seen.
 * A copy runs no script, so what such a page shows its readers is decided here, by what its styles do.
 *
 *   revealed   in flow, with something to see, hidden by opacity, visibility or transform; no reader's pointing would show it
 *   dropped    fixed over the whole window, above the page, without links and with fewer than five words
 *
 * PHP reads no more of CSS than DGOS_Style_Rules says: of an element that a rule is about which it does not read, it decides
 * nothing, and the element stays as the styles have it.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/pages/unscripted.ts. Decides for one document.
 */
final class DGOS_Unscripted {

	const NOTHING = array(
		'waiting' => array(),
		'opened'  => array(),
	);

	const ELEMENTS_MAX      = 20000;
	/** A page that asks for more looks is shown as its styles have it. */
	const VISITS_MAX        = 300000;
	const OVERLAY_WORDS_MAX = 4;
	const UNSEEN            = ' head script style template noscript meta link title base br svg ';
	const ASIDE_ROLES       = '/^(tooltip|dialog|alertdialog|alert|status|menu|listbox|tabpanel|progressbar)$/D';
	const ZERO              = '/^-?0(px|%|vh|vw|em|rem)?$/D';
	const WHOLE             = '/^100(%|d?vw|[ds]?vh|lvh)$/D';

	/** What is never decided alone: targets of disclosures, with the element. @var array */
	private $opened = array();

	/** What the styles say. @var DGOS_Style_Cascade */
	private $cascade;

	/** Decisions by the id of an element, with the element: 'drop', or declarations. @var array */
	private $decided = array();

	/** Words of the whole page, once they were counted. @var int|null */
	private $of_page = null;

	/** Nodes looked at in search of something to see. @var int */
	private $visits = 0;

	/** Groups of siblings by the id of their parent. @var array */
	private $groups = array();

	private function __construct( DGOS_Style_Cascade $cascade ) {
		$this->cascade = $cascade;
	}

	/**
	 * Decisions for a document: `waiting`, id of an element => {element, style (null: it is dropped)}; `opened`, of DGOS_Disclosures.
	 *
	 * @param DOMDocument $document The page.
	 * @param string[]    $sheets   Its rebuilt css, in its order.
	 */
	public static function of( DOMDocument $document, array $sheets ): array {
		$elements = array();
		$scripted = false;
		foreach ( ( new DOMXPath( $document ) )->query( '//*' ) as $element ) {
			$elements[] = $element;
			$scripted   = $scripted || ( 'script' === strtolower( $element->nodeName ) && 1 !== preg_match( '/json|template|text\/plain/', $element->getAttribute( 'type' ) ) );
		}
		if ( ! $scripted || count( $elements ) > self::ELEMENTS_MAX ) {
			return self::NOTHING;
		}
		$rules = new DGOS_Style_Rules();
		foreach ( $sheets as $css ) {
			$rules->add( $css );
		}
		$own = new self( new DGOS_Style_Cascade( $rules ) );
		$opened = DGOS_Disclosures::of( $elements, $own->cascade );
		foreach ( $opened as $disclosure ) {
			$own->opened[ spl_object_id( $disclosure['target'] ) ] = $disclosure['target'];
		}
		$own->decide( $elements );
		return $own->cascade->is_too_costly() || $own->visits > self::VISITS_MAX ? self::NOTHING : array(
			'waiting' => $own->decided,
			'opened'  => $opened,
		);
	}

	private function decide( array $elements ): void {
		$staying = array();
		$body    = null;
		$dropped = false;
		foreach ( $elements as $element ) {
			$name = strtolower( $element->nodeName );
			$body = 'body' === $name ? $element : $body;
			if ( isset( $staying[ spl_object_id( $element->parentNode ) ] ) ) {
				$staying[ spl_object_id( $element ) ] = $element;
				continue;
			}
			if ( DGOS_Inert_Elements::has( self::UNSEEN, $name ) || isset( $this->opened[ spl_object_id( $element ) ] ) || $this->cascade->is_unsure( $element ) ) {
				continue;
			}
			$styles = $this->cascade->at( $element );
			$stays  = 'none' === ( $styles['display'] ?? '' );
			if ( $stays && ( 'html' === $name || 'body' === $name ) ) {
				// A page as a whole is never meant to stay without a box.
				$this->put( $element, 'display:block!important;opacity:1!important;visibility:visible!important' );
				$stays = false;
			} elseif ( $this->is_overlay( $element, $styles ) ) {
				$this->put( $element, null );
				$dropped = true;
				$stays   = true;
			} elseif ( ! $stays && self::hides( $styles ) ) {
				$stays = ! $this->waits( $element, $styles );
				if ( ! $stays ) {
					$this->put( $element, self::ending( $styles ) );
				}
			}
			if ( $stays ) {
				$staying[ spl_object_id( $element ) ] = $element;
			}
		}
		if ( $dropped && null !== $body ) {
			$this->unlock( $body );
		}
	}

	private function put( DOMElement $element, ?string $style ): void {
		$this->decided[ spl_object_id( $element ) ] = compact( 'element', 'style' );
	}

	/** Behind a preloader the page does not scroll. */
	private function unlock( DOMElement $body ): void {
		foreach ( array( $body, $body->parentNode ) as $element ) {
			$styles = $this->cascade->at( $element );
			if ( 0 === strpos( $styles['overflow'] ?? '', 'hidden' ) || 'hidden' === ( $styles['overflow-y'] ?? '' ) ) {
				$before = $this->decided[ spl_object_id( $element ) ]['style'] ?? '';
				$this->put( $element, ltrim( "$before;overflow:auto!important;height:auto!important", ';' ) );
			}
		}
	}

	/** Hidden though it has a box: by opacity, visibility, or a transform that leaves nothing of it or moves it away. */
	private static function hides( array $styles ): bool {
		return self::is_transparent( $styles ) || self::is_invisible( $styles ) || self::is_moved_away( $styles );
	}

	private static function is_transparent( array $styles ): bool {
		$value = $styles['opacity'] ?? '1';
		return 1 === preg_match( '/^[0-9.]{1,12}%?$/D', $value ) && (float) $value / ( '%' === substr( $value, -1 ) ? 100 : 1 ) <= 0.05;
	}

	private static function is_invisible( array $styles ): bool {
		return 1 === preg_match( '/^(hidden|collapse)$/D', $styles['visibility'] ?? '' );
	}

	private static function is_moved_away( array $styles ): bool {
		$transform = $styles['transform'] ?? 'none';
		if ( 1 === preg_match( '/scale(3d|x|y)?\(\s*0(\.0*)?\s*[,)]/', $transform ) || 1 === preg_match( '/^0(\.0*)?(\s|$)/D', $styles['scale'] ?? '' ) ) {
			return true;
		}
		return 1 === preg_match( '/(1[0-9][0-9]|[2-9][0-9][0-9]|[0-9]{4,6})(\.[0-9]+)?(%|vw|vh)/', $transform . ' ' . ( $styles['translate'] ?? '' ) );
	}

	/** Whether only a script could show the element. */
	private function waits( DOMElement $element, array $styles ): bool {
		if ( 1 === preg_match( '/^(absolute|fixed)$/D', $styles['position'] ?? '' ) || self::is_folded( $styles ) || self::is_set_aside( $element ) ) {
			return false;
		}
		if ( $this->runs_animation( $styles ) || ! $this->has_something_to_see( $element ) || $this->is_lifted( $element, $styles ) ) {
			return false;
		}
		return ! $this->is_one_of_several( $element, $styles );
	}

	/** Closed like an accordion, or clipped away as screen-reader text is. */
	private static function is_folded( array $styles ): bool {
		$nil  = static fn ( string $name ) => 1 === preg_match( '/^0(px|%|em|rem|fr)?$/D', $styles[ $name ] ?? '' );
		$tiny = static fn ( string $name ) => 1 === preg_match( '/^[01]px$/D', $styles[ $name ] ?? '' );
		if ( $nil( 'height' ) || $nil( 'max-height' ) || $nil( 'width' ) || ( $tiny( 'width' ) && $tiny( 'height' ) ) ) {
			return true;
		}
		return isset( $styles['clip'] ) || 1 === preg_match( '/inset\(\s*(50|100)%/', $styles['clip-path'] ?? '' );
	}

	/** The page itself says that it is not for now. */
	private static function is_set_aside( DOMElement $element ): bool {
		if ( $element->hasAttribute( 'hidden' ) || $element->hasAttribute( 'inert' ) || $element->hasAttribute( 'popover' ) || 'true' === $element->getAttribute( 'aria-hidden' ) ) {
			return true;
		}
		return 'dialog' === strtolower( $element->nodeName ) || 1 === preg_match( self::ASIDE_ROLES, $element->getAttribute( 'role' ) );
	}

	private function runs_animation( array $styles ): bool {
		$value = ( $styles['animation-name'] ?? '' ) . ' ' . ( $styles['animation'] ?? '' );
		if ( 1 === preg_match( '/\bpaused\b/', $value . ' ' . ( $styles['animation-play-state'] ?? '' ) ) ) {
			return false;
		}
		foreach ( preg_split( '/[\s,]+/', $value ) as $word ) {
			if ( $this->cascade->animates( $word ) ) {
				return true;
			}
		}
		return false;
	}

	private function has_something_to_see( DOMElement $root ): bool {
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( ++$this->visits > self::VISITS_MAX ) {
				return false;
			}
			if ( $node instanceof DOMText ) {
				if ( '' !== trim( $node->nodeValue ) ) {
					return true;
				}
				continue;
			}
			if ( 1 === preg_match( '/^(img|picture|svg|video|iframe|math|canvas)$/Di', $node->nodeName ) ) {
				return true;
			}
			if ( 1 !== preg_match( '/^(script|style|template|noscript)$/Di', $node->nodeName ) ) {
				for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
					$stack[] = $child;
				}
			}
		}
		return false;
	}

	/** A reader shows it by pointing, focusing, ticking or opening something. */
	private function is_lifted( DOMElement $element, array $styles ): bool {
		$after = $styles;
		foreach ( $this->cascade->moved( $element ) as list( $name, $value ) ) {
			$after[ $name ] = 'hidden' === $value ? $after[ $name ] ?? $value : $value;
		}
		return ( self::is_transparent( $styles ) && ! self::is_transparent( $after ) ) || ( self::is_invisible( $styles ) && ! self::is_invisible( $after ) ) || ( self::is_moved_away( $styles ) && ! self::is_moved_away( $after ) );
	}

	/** Slides, tabs: of those that are called like it one is shown, or all lie in one place. Each parent is counted once. */
	private function is_one_of_several( DOMElement $element, array $styles ): bool {
		$parent = $element->parentNode;
		if ( ! $parent instanceof DOMElement ) {
			return false;
		}
		$id = spl_object_id( $parent );
		if ( ! isset( $this->groups[ $id ] ) ) {
			$this->groups[ $id ] = array( $parent, $this->groups_in( $parent ) );
		}
		$largest = null;
		foreach ( DGOS_Style_Cascade::classes( $element ) as $name ) {
			$group   = $this->groups[ $id ][1][ "$element->nodeName $name" ];
			$largest = null === $largest || $group['all'] > $largest['all'] ? $group : $largest;
		}
		if ( null === $largest || $largest['all'] < 2 ) {
			return false;
		}
		return 1 === $largest['shown'] || ( '' !== self::place( $styles ) && 1 === count( $largest['places'] ) );
	}

	private function groups_in( DOMElement $parent ): array {
		$groups = array();
		foreach ( $parent->childNodes as $node ) {
			if ( ! $node instanceof DOMElement ) {
				continue;
			}
			$styles = $this->cascade->at( $node );
			foreach ( DGOS_Style_Cascade::classes( $node ) as $name ) {
				$key   = "$node->nodeName $name";
				$group = $groups[ $key ] ?? array(
					'all'    => 0,
					'shown'  => 0,
					'places' => array(),
				);
				++$group['all'];
				$group['shown']                          += self::hides( $styles ) ? 0 : 1;
				$group['places'][ self::place( $styles ) ] = true;
				$groups[ $key ]                            = $group;
			}
		}
		return $groups;
	}

	private static function place( array $styles ): string {
		return trim( ( $styles['grid-area'] ?? '' ) . ' ' . ( $styles['grid-row'] ?? '' ) . ' ' . ( $styles['grid-column'] ?? '' ) );
	}

	/** What the element is without its waiting. A transform that only centres it stays. */
	private static function ending( array $styles ): string {
		$transform = $styles['transform'] ?? 'none';
		$parts     = array(
			self::is_transparent( $styles ) ? 'opacity:1!important' : '',
			self::is_invisible( $styles ) ? 'visibility:visible!important' : '',
			'none' !== $transform && false === strpos( $transform, '-50%' ) ? 'transform:none!important' : '',
			isset( $styles['translate'] ) ? 'translate:none!important' : '',
			isset( $styles['scale'] ) ? 'scale:none!important' : '',
		);
		return implode( ';', array_filter( $parts ) );
	}

	/** Fixed over the window and above the page, with nothing to read or to follow. */
	private function is_overlay( DOMElement $element, array $styles ): bool {
		if ( 'fixed' !== ( $styles['position'] ?? '' ) || 'none' === ( $styles['display'] ?? '' ) || 'none' === ( $styles['pointer-events'] ?? '' ) || self::hides( $styles ) ) {
			return false;
		}
		if ( ! self::covers_window( $styles ) || ! $this->is_above( $element, $styles ) ) {
			return false;
		}
		$follows = ( new DOMXPath( $element->ownerDocument ) )->query( './/a[@href] | .//form | .//input | .//video | .//iframe', $element )->length > 0;
		$words   = $follows ? 0 : $this->words( $element );
		$of_page = $this->of_page ?? $this->words( $element->ownerDocument->documentElement );

		$this->of_page = $of_page;
		return ! $follows && $words <= self::OVERLAY_WORDS_MAX && $of_page > $words;
	}

	private function words( DOMElement $root ): int {
		$text  = '';
		$stack = array( $root );
		while ( $stack ) {
			$node = array_pop( $stack );
			if ( ++$this->visits > self::VISITS_MAX ) {
				break;
			}
			if ( $node instanceof DOMText ) {
				$text .= $node->nodeValue;
			} elseif ( 1 !== preg_match( '/^(script|style|template|noscript|head)$/Di', $node->nodeName ) ) {
				$text .= ' ';
				for ( $child = $node->lastChild; null !== $child; $child = $child->previousSibling ) {
					$stack[] = $child;
				}
			}
		}
		return DGOS_Page_Shell::word_count( $text );
	}

	private static function covers_window( array $styles ): bool {
		$inset = preg_split( '/\s+/', $styles['inset'] ?? '' );
		$zero  = array();
		foreach ( array( 'top', 'right', 'bottom', 'left' ) as $i => $side ) {
			$zero[ $side ] = 1 === preg_match( self::ZERO, $styles[ $side ] ?? $inset[ $i % count( $inset ) ] ?? '' );
		}
		$wide = ( $zero['left'] && $zero['right'] ) || 1 === preg_match( self::WHOLE, $styles['width'] ?? '' );
		$high = ( $zero['top'] && $zero['bottom'] ) || 1 === preg_match( self::WHOLE, $styles['height'] ?? '' );
		return $wide && $high && ( $zero['top'] || $zero['bottom'] ) && ( $zero['left'] || $zero['right'] );
	}

	/** With a layer of its own, or without one and nothing positioned after it: decoration lies beneath. */
	private function is_above( DOMElement $element, array $styles ): bool {
		$layer = $styles['z-index'] ?? '';
		if ( 1 === preg_match( '/^-?[0-9]{1,12}/', $layer ) ) {
			return (int) $layer > 0;
		}
		for ( $node = $element->nextSibling; null !== $node; $node = $node->nextSibling ) {
			if ( $node instanceof DOMElement && 'static' !== ( $this->cascade->at( $node )['position'] ?? 'static' ) ) {
				return false;
			}
		}
		return true;
	}
}
