<?php
/**
 * A stranger's page, rebuilt so that it can be read and do nothing else: mirror/pages/inert.ts in PHP.
 *
 * The page is parsed by libxml and a new one is written from an allow-list: no script, no form, no event, no refresh, no
 * frame, no drawing, no request to anywhere but the mirror. Nothing of the source text is copied: names come from lists,
 * values are escaped, styles are rebuilt. libxml reads some pages otherwise than browsers do; that can cost looks, never
 * safety, because what is written holds only listed elements. What a script would have shown late is shown at once.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Writes one document. The result is for an `<iframe sandbox srcdoc>` and never a document of this origin.
 */
final class DGOS_Inert_Html {

	/** Elements deeper than this are unwrapped, as in browsers. */
	const DEPTH_MAX = 200;

	/** Where readers get what the page names. @var DGOS_Copy_Links */
	private $links;

	/** Base of the page's links. @var string */
	private $base;

	/** Base of its files: where it lies, until its `<base>` is met. @var string */
	private $file_base;

	/** Frames, films, objects. @var DGOS_Inert_Frames */
	private $frames;

	/** What the page's own rules say of its styles; null for an article. @var DGOS_Style_Policy|null */
	private $allowed = null;

	/** Forms so far: choices of two may share a name. @var int */
	private $forms = 0;

	/** Rebuilt css by the id of its element, with the element; '' where nothing of it counts. @var array */
	private $css = array();

	/** What only a script would end: id of an element => {element, style}. @var array */
	private $waiting = array();

	/** Parts that become `details`, by the id of the element at which they begin. @var array */
	private $opened = array();

	/** The same as elements, so that their ids stay theirs. @var DOMElement[] */
	private $kept_open = array();

	/** Their targets by id: being written (true), or written (false). @var array */
	private $open = array();

	/** Shadow trees around what is written: their styles are theirs alone, and left out. @var int */
	private $shadows = 0;

	/** What was written. @var string */
	private $out = '';

	/** Its pictures. @var DGOS_Inert_Pictures */
	private $pictures;

	/** False inside a button: there nothing else can be pressed. @var bool */
	private $pressable = true;

	private function __construct( DGOS_Copy_Links $links, string $url, string $base ) {
		$this->links     = $links;
		$this->base      = $base;
		$this->file_base = $url;
		$this->pictures  = new DGOS_Inert_Pictures( $links, $url );
		$this->frames    = new DGOS_Inert_Frames( $this->pictures, $base );
	}

	/**
	 * The whole document, or null where this host cannot read it (no ext-dom, or the page is too long).
	 *
	 * @param string          $html   The page.
	 * @param DGOS_Copy_Links $links  Where readers get what it names.
	 * @param string          $url    Where it lay.
	 * @param string          $policy Of the copy.
	 * @param string          $header What the page's own headers said of its styles.
	 */
	public static function page( string $html, DGOS_Copy_Links $links, string $url, string $policy, string $header = '' ): ?string {
		$document = DGOS_Inert_Source::parsed( $html );
		if ( null === $document ) {
			return null;
		}
		$writer = new self( $links, $url, DGOS_Inert_Source::base_of( $document, $url ) );
		$writer->allowed = new DGOS_Style_Policy( $document, $header );
		$writer->document( $document, $policy );
		return $writer->out;
	}

	/** What stands in the page's one article, for feeds: without its looks. Null where there is none, or several. */
	public static function article( string $html, DGOS_Copy_Links $links, string $url ): ?string {
		$document = DGOS_Inert_Source::parsed( $html );
		$found    = null === $document ? null : DGOS_Inert_Source::article_of( $document );
		if ( null === $found ) {
			return null;
		}
		$base   = DGOS_Inert_Source::base_of( $document, $url );
		$writer = new self( $links, $base, $base );
		$writer->children( $found, 0, false );
		$plain = trim( preg_replace( array( '/<style[^<>]*>[^<]*<\/style>/', '/ (style|class|id|target|background|hidden|data-[a-z0-9-]+)="[^"]*"/' ), '', $writer->out ) );
		return '' === $plain || strlen( $plain ) > 65536 ? null : $plain;
	}

	private function document( DOMDocument $document, string $policy ): void {
		$root = $document->documentElement;
		$body = $document->getElementsByTagName( 'body' )->item( 0 );
		$path = new DOMXPath( $document );
		$this->read_sheets( $path );
		$decided       = DGOS_Unscripted::of( $document, array_column( $this->css, 'told' ) );
		$this->waiting = $decided['waiting'];
		$this->opened  = $decided['opened'];

		$this->out .= '<!DOCTYPE html><html' . ( null === $root ? '' : $this->attributes( $root ) ) . '><head><meta charset="utf-8">';
		$this->out .= '<meta http-equiv="Content-Security-Policy" content="' . DGOS_Markup::escape( $policy ) . '">';
		$this->out .= '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width,initial-scale=1">';
		// Not by getElementsByTagName(): it goes through the page anew for each element that it finds.
		foreach ( $path->query( '//*[self::link or self::style or self::base][not(ancestor::body)]' ) as $element ) {
			$this->sheets( $element );
		}
		$this->out .= '</head><body' . ( null === $body ? '' : $this->attributes( $body ) ) . '>';
		if ( null !== $body ) {
			$this->children( $body, 0, false );
		}
		$this->out .= '</body></html>';
	}

	/** Sheets of the page come inside it: one file less that a cache could mistake for something else. */
	private function sheets( DOMElement $element ): void {
		$name = strtolower( $element->nodeName );
		if ( 'base' === $name ) {
			if ( $element->hasAttribute( 'href' ) ) {
				$this->file_base = $this->base;
				$this->pictures->set_base( $this->base );
			}
			return;
		}
		$css = $this->css[ spl_object_id( $element ) ]['css'] ?? '';
		if ( '' === $css || $this->shadows > 0 ) {
			return;
		}
		$media = $element->getAttribute( 'media' );
		$plain = '' !== $media && ! $element->hasAttribute( 'onload' ) && 1 === preg_match( '/^[a-zA-Z0-9\s(),:.<>=+*\/-]{1,200}$/D', $media );

		$this->out .= '<style' . ( $plain ? ' media="' . DGOS_Markup::escape( $media ) . '"' : '' ) . ">$css</style>";
	}

	/** All css of the page, rebuilt; where it lies changes at its `<base>`. */
	private function read_sheets( DOMXPath $path ): void {
		$from = $this->file_base;
		foreach ( $path->query( '//*[self::link or self::style or self::base]' ) as $element ) {
			$name = strtolower( $element->nodeName );
			$css  = '';
			if ( 'base' === $name ) {
				$from = $element->hasAttribute( 'href' ) ? $this->base : $from;
			} elseif ( 'style' === $name ) {
				$css = self::is_css( $element ) && $this->allowed->takes( $element ) ? $this->links->css( $element->textContent, $from ) : '';
			} elseif ( self::is_sheet( $element ) ) {
				$url = DGOS_Page_Url::resolve( $element->getAttribute( 'href' ), $from );
				$css = null === $url ? '' : (string) $this->links->sheet( $url );
			}
			if ( '' !== $css ) {
				$media   = $element->getAttribute( 'media' );
				$applies = '' === $media || $element->hasAttribute( 'onload' ) || DGOS_Style_Rules::applies( $media );

				$this->css[ spl_object_id( $element ) ] = array(
					'element' => $element,
					'css'     => $css,
					'told'    => $applies ? $css : '',
				);
			}
		}
	}

	/** Whether a browser reads the sheet: programs keep other languages in the same elements. */
	public static function is_css( DOMElement $element ): bool {
		$type = strtolower( trim( explode( ';', $element->getAttribute( 'type' ), 2 )[0] ) );
		return '' === $type || 'text/css' === $type;
	}

	/** Whether a link names a sheet that is on, or that a script would have switched on. */
	public static function is_sheet( DOMElement $element ): bool {
		$rel  = preg_split( '/\s+/', strtolower( trim( $element->getAttribute( 'rel' ) ) ) );
		$late = in_array( 'preload', $rel, true ) && 'style' === strtolower( $element->getAttribute( 'as' ) );
		return ( $late || in_array( 'stylesheet', $rel, true ) ) && ! in_array( 'alternate', $rel, true ) && ! $element->hasAttribute( 'disabled' ) && self::is_css( $element );
	}

	private function children( DOMNode $parent, int $depth, bool $unscripted ): void {
		foreach ( $parent->childNodes as $child ) {
			if ( XML_TEXT_NODE === $child->nodeType ) {
				$this->out .= DGOS_Markup::escape( $child->nodeValue );
			} elseif ( $child instanceof DOMElement ) {
				$this->element( $child, $depth, $unscripted );
			}
		}
	}

	private function element( DOMElement $element, int $depth, bool $unscripted ): void {
		$name = strtolower( $element->nodeName );
		$id = spl_object_id( $element );
		if ( isset( $this->opened[ $id ] ) && $depth <= self::DEPTH_MAX ) {
			$this->details( $id, $depth, $unscripted );
			return;
		}
		if ( false === ( $this->open[ $id ] ?? null ) ) {
			return;
		}
		if ( array_key_exists( spl_object_id( $element ), $this->waiting ) && null === $this->waiting[ spl_object_id( $element ) ]['style'] ) {
			return;
		}
		if ( in_array( $name, array( 'style', 'link', 'base' ), true ) ) {
			$this->sheets( $element );
		} elseif ( 'noscript' === $name ) {
			if ( ! DGOS_Inert_Source::is_notice( $element ) ) {
				$this->children( $element, $depth, true );
			}
		} elseif ( DGOS_Inert_Source::is_shadow( $element ) ) {
			++$this->shadows;
			$this->children( $element, $depth, $unscripted );
			--$this->shadows;
		} elseif ( 'object' === $name ) {
			$this->object( $element, $depth, $unscripted );
		} else {
			$single = $this->single( $element, $name, $unscripted );
			if ( null !== $single ) {
				$this->out .= $single;
			} elseif ( ! DGOS_Inert_Elements::has( DGOS_Inert_Lists::DROPPED, $name ) ) {
				$this->kept( $element, $name, $depth, $unscripted );
			}
		}
	}

	/** What would be clicked is the summary of what it would open. Neither is written again where it stands. */
	private function details( int $id, int $depth, bool $unscripted ): void {
		$disclosure = $this->opened[ $id ];
		$target     = spl_object_id( $disclosure['target'] );
		unset( $this->opened[ $id ], $this->opened[ $target ] );
		$pressable       = $this->pressable;
		$this->pressable = false;
		$this->out      .= '<details><summary>';
		if ( null === $disclosure['heading'] ) {
			$this->out .= DGOS_Markup::escape( $disclosure['label'] );
		} else {
			$this->element( $disclosure['heading'], $depth + 1, $unscripted );
		}
		$this->pressable       = $pressable;
		$this->open[ $target ] = true;
		$this->kept_open[]     = $disclosure['target'];
		$this->out            .= '</summary>';
		$this->element( $disclosure['target'], $depth + 1, $unscripted );
		$this->out            .= '</details>';
		$this->open[ $target ] = false;
	}

	/** Elements that are written at once; null for all others. */
	private function single( DOMElement $element, string $name, bool $unscripted ): ?string {
		if ( 'math' === $name ) {
			return DGOS_Inert_Math::formula( $element );
		}
		if ( DGOS_Inert_Elements::has( DGOS_Inert_Lists::FRAMED, $name ) ) {
			return $this->frames->framed( $element );
		}
		if ( 'source' === $name ) {
			return $this->pictures->source( $element, $this->attributes( $element ) );
		}
		if ( in_array( $name, array( 'xmp', 'plaintext' ), true ) ) {
			return "<pre>\n" . DGOS_Markup::escape( $element->textContent ) . '</pre>';
		}
		$pressed = 'input' === $name && 'image' === strtolower( $element->getAttribute( 'type' ) );
		if ( $pressed || DGOS_Lazy_Pictures::shows_picture( $element ) ) {
			return $this->pictures->image( $element, $unscripted, $this->attributes( $element ) );
		}
		if ( 'input' === $name ) {
			return DGOS_Inert_Controls::input( $element, $this->forms, $this->attributes( $element ) );
		}
		return 'select' === $name ? DGOS_Inert_Controls::select( $element, $this->attributes( $element ) ) : null;
	}

	/** A picture where it is one, else what the page says in its place, else a link to where it is. */
	private function object( DOMElement $element, int $depth, bool $unscripted ): void {
		$picture = $this->frames->picture( $element, $this->attributes( $element ) );
		if ( null === $picture && DGOS_Inert_Frames::has_words( $element ) ) {
			$this->children( $element, $depth + 1, $unscripted );
			return;
		}
		$this->out .= $picture ?? $this->frames->framed( $element );
	}

	private function kept( DOMElement $element, string $name, int $depth, bool $unscripted ): void {
		$tag       = $depth <= self::DEPTH_MAX ? $this->name_of( $element, $name ) : null;
		$pressable = $this->pressable;
		if ( 'button' === $tag ) {
			$this->pressable = false;
		}
		if ( null !== $tag ) {
			$target     = ( 'a' === $tag && $pressable ) || 'area' === $tag ? $this->target( $element ) : '';
			$type       = 'button' === $tag ? ' type="button"' : '';
			$this->out .= "<$tag$type" . $this->attributes( $element ) . "$target>";
			if ( DGOS_Inert_Elements::has( DGOS_Inert_Lists::VOID, $tag ) ) {
				return;
			}
			if ( 'pre' === $tag && "\n" === substr( $element->textContent, 0, 1 ) ) {
				$this->out .= "\n";
			}
		}
		$this->children( $element, $depth + 1, $unscripted );
		$this->pressable = $pressable;
		$this->out      .= null === $tag ? '' : "</$tag>";
	}

	/** Under which name an element is written; null where only what is in it stays. */
	private function name_of( DOMElement $element, string $name ): ?string {
		if ( 'form' === $name ) {
			++$this->forms;
			return DGOS_Inert_Elements::has( DGOS_Inert_Elements::TABLE_PARTS, strtolower( $element->parentNode->nodeName ) ) ? null : 'div';
		}
		if ( 'button' === $name && ! $this->pressable ) {
			return 'span';
		}
		return DGOS_Inert_Elements::has( DGOS_Inert_Lists::KEPT, $name ) || DGOS_Inert_Elements::is_custom( $name ) ? $name : null;
	}

	private function attributes( DOMElement $element ): string {
		$out  = '';
		$name = strtolower( $element->nodeName );
		$name = 'input' === $name || ( 'source' !== $name && DGOS_Lazy_Pictures::shows_picture( $element ) ) ? 'img' : $name;
		foreach ( $element->attributes as $node ) {
			$key = strtolower( $node->nodeName );
			$shut = isset( $this->open[ spl_object_id( $element ) ] ) && 1 === preg_match( '/^(hidden|popover|open|aria-hidden)$/D', $key );
			if ( ! $shut && DGOS_Inert_Elements::keeps_attribute( $name, $key, $node->nodeValue ) ) {
				$out .= " $key=\"" . DGOS_Markup::escape( $node->nodeValue ) . '"';
			}
		}
		$said  = null === $this->allowed || $this->allowed->takes_attributes() ? $element->getAttribute( 'style' ) : '';
		$style = DGOS_Inert_Css::style( $said, array( $this->pictures, 'file' ) );
		foreach ( DGOS_Lazy_Pictures::of( $element )['backgrounds'] as $reference ) {
			$file = $this->pictures->file( $reference );
			if ( null !== $file ) {
				$style .= ";background-image:url(\"$file\")";
				break;
			}
		}
		if ( isset( $this->open[ spl_object_id( $element ) ] ) ) {
			$style .= ';' . DGOS_Disclosures::OPENED;
			$out   .= 'dialog' === $name ? ' open' : '';
		}
		$ending = $this->waiting[ spl_object_id( $element ) ]['style'] ?? '';
		$style .= '' === $ending ? '' : ";$ending";
		$behind = DGOS_Inert_Elements::has( ' body table td th tr ', $name ) ? $this->pictures->file( $element->getAttribute( 'background' ) ) : null;
		$out   .= null === $behind ? '' : ' background="' . DGOS_Markup::escape( $behind ) . '"';
		return $out . ( '' === $style ? '' : ' style="' . DGOS_Markup::escape( $style ) . '"' );
	}

	/** Captured pages lead to their copies, everything else out of the frame to where it always led. */
	private function target( DOMElement $element ): string {
		$href = trim( $element->getAttribute( 'href' ) );
		if ( '' !== $href && '#' === $href[0] ) {
			return ' href="about:srcdoc' . DGOS_Markup::escape( $href ) . '"';
		}
		if ( 1 === preg_match( '/^(?:mailto:|tel:)[!-~]{1,300}$/Di', $href ) ) {
			return ' href="' . DGOS_Markup::escape( $href ) . '" target="_top"';
		}
		$url = '' === $href ? null : DGOS_Page_Url::absolute( $href, $this->base );
		if ( null === $url ) {
			return '';
		}
		$parts = explode( '#', $url, 2 );
		$copy  = $this->links->page( $parts[0] );
		$to    = null === $copy ? $url : $copy . ( isset( $parts[1] ) ? "#$parts[1]" : '' );
		$own   = null === $copy ? $this->links->own( $parts[0] ) : null;
		if ( null !== $own ) {
			return ' href="' . DGOS_Markup::escape( $own . ( isset( $parts[1] ) ? "#$parts[1]" : '' ) ) . '" target="_top"';
		}
		return ' href="' . DGOS_Markup::escape( $to ) . '" target="_top" rel="noopener noreferrer nofollow"';
	}
}
