<?php
/**
 * The html of an emergency post as WordPress keeps posts: top-level elements become blocks, pictures point into the media
 * library. The input is the normal form of the contract (DGOS_Post_Html has accepted it), so tags can be told by their text.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. Elements for which a plain block exists get that, others stay as they are in an html block.
 */
final class DGOS_Post_Blocks {

	/**
	 * Block markup.
	 *
	 * @param string   $html    Normal form.
	 * @param array    $images  Blob => {id, url} of the media library. A picture that is not there leaves its words.
	 * @param string   $anchors Put before footnote anchors, so that two posts on one page do not share them.
	 */
	public static function of( string $html, array $images, string $anchors ): string {
		$html   = preg_replace( array( '/ id="(f[nr]-[0-9]+)"/', '/ href="#(f[nr]-[0-9]+)"/' ), array( ' id="' . $anchors . '$1"', ' href="#' . $anchors . '$1"' ), self::inert( $html ) );
		$blocks = array();
		foreach ( self::elements( $html ) as $element ) {
			$blocks[] = self::block( $element, $images );
		}
		return implode( "\n\n", $blocks );
	}

	/**
	 * WordPress reads more in a text than html: "[…]" calls a shortcode, in attributes too, and an address alone in a paragraph is
	 * asked for what to show in its place. What came from the network only says what its author wrote.
	 */
	private static function inert( string $html ): string {
		$text = static fn ( $match ) => '<' === $match[0][0] ? $match[0] : (string) preg_replace( '/(https?:)\/\//i', '$1&#47;&#47;', $match[0] );
		return str_replace( '[', '&#091;', (string) preg_replace_callback( '/<[^<>]*>|[^<]+/', $text, $html ) );
	}

	/**
	 * The top-level elements, in order.
	 *
	 * @return string[]
	 */
	private static function elements( string $html ): array {
		preg_match_all( '/<(\/?)([a-z0-9]+)(?:[^<>a-z0-9][^<>]*)?>|[^<]+/', $html, $parts, PREG_SET_ORDER );
		$elements = array();
		$current  = '';
		$depth    = 0;
		foreach ( $parts as $part ) {
			$current .= $part[0];
			$name     = $part[2] ?? '';
			if ( '' !== $name && ! in_array( $name, array( 'br', 'hr', 'img' ), true ) ) {
				$depth += '/' === $part[1] ? -1 : 1;
			}
			if ( 0 === $depth ) {
				$elements[] = $current;
				$current    = '';
			}
		}
		return array_values( array_filter( array_map( 'trim', $elements ), 'strlen' ) );
	}

	private static function block( string $element, array $images ): string {
		preg_match( '/^<([a-z0-9]+)/', $element, $name );
		$name = $name[1] ?? '';
		if ( 'p' === $name && 1 === preg_match( '/^<p>(<img [^<>]*>)<\/p>$/D', $element, $only ) ) {
			return self::image_block( $only[1], $images );
		}
		$inside = self::with_images( $element, $images );
		switch ( $name ) {
			case 'p':
				return "<!-- wp:paragraph -->\n$inside\n<!-- /wp:paragraph -->";
			case 'h2':
				return "<!-- wp:heading -->\n" . self::with_class( $inside, 'wp-block-heading' ) . "\n<!-- /wp:heading -->";
			case 'h3':
			case 'h4':
				return '<!-- wp:heading {"level":' . $name[1] . "} -->\n" . self::with_class( $inside, 'wp-block-heading' ) . "\n<!-- /wp:heading -->";
			case 'hr':
				return "<!-- wp:separator -->\n<hr class=\"wp-block-separator has-alpha-channel-opacity\"/>\n<!-- /wp:separator -->";
			case 'pre':
				return "<!-- wp:code -->\n" . self::with_class( $inside, 'wp-block-code' ) . "\n<!-- /wp:code -->";
			case 'blockquote':
				return self::quote( $element, $images );
			default:
				return "<!-- wp:html -->\n$inside\n<!-- /wp:html -->";
		}
	}

	/** A quote holds blocks of its own. */
	private static function quote( string $element, array $images ): string {
		$inner  = substr( $element, strlen( '<blockquote>' ), -strlen( '</blockquote>' ) );
		$blocks = array();
		foreach ( self::elements( $inner ) as $inside ) {
			$blocks[] = self::block( $inside, $images );
		}
		return "<!-- wp:quote -->\n<blockquote class=\"wp-block-quote\">" . implode( "\n\n", $blocks ) . "</blockquote>\n<!-- /wp:quote -->";
	}

	private static function image_block( string $tag, array $images ): string {
		$image = $images[ self::blob_of( $tag ) ] ?? null;
		$shown = self::image( $tag, $images );
		if ( null === $image ) {
			return "<!-- wp:paragraph -->\n<p>$shown</p>\n<!-- /wp:paragraph -->";
		}
		return '<!-- wp:image {"id":' . $image->id . "} -->\n<figure class=\"wp-block-image\">" . self::image( $tag, $images, false ) . "</figure>\n<!-- /wp:image -->";
	}

	private static function with_images( string $html, array $images ): string {
		return preg_replace_callback( '/<img [^<>]*>/', static fn ( $match ) => self::image( $match[0], $images ), $html );
	}

	/** WordPress finds the other sizes of a picture by its class. `$sized` keeps width and height. */
	private static function image( string $tag, array $images, bool $sized = true ): string {
		$image = $images[ self::blob_of( $tag ) ] ?? null;
		preg_match( '/ alt="([^"]*)"/', $tag, $alt );
		$alt = $alt[1] ?? '';
		if ( null === $image ) {
			return $alt;
		}
		$size = $sized && 1 === preg_match( '/ width="\d+" height="\d+"/', $tag, $match ) ? $match[0] : '';
		return '<img src="' . esc_url( $image->url ) . '" alt="' . $alt . '" class="wp-image-' . $image->id . '"' . $size . '/>';
	}

	private static function blob_of( string $tag ): string {
		return 1 === preg_match( '/ src="blob:([0-9a-f]{64})"/', $tag, $match ) ? $match[1] : '';
	}

	private static function with_class( string $element, string $name ): string {
		return preg_replace( '/^<([a-z0-9]+)>/', '<$1 class="' . $name . '">', $element );
	}
}
