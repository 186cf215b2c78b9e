<?php
/**
 * The rules of rebuilt stylesheets, as far as they say whether and where something is seen. Of selectors those are read that
 * are made of names, classes, ids, attributes and `:not()` of these, one in another; rules with others are known by whom they
 * are about, so that nothing is decided of it.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/pages/style-rules.ts, for sheets that DGOS_Inert_Css wrote. Pure, one pass.
 */
final class DGOS_Style_Rules {

	/** Properties that decide whether and where an element is seen. */
	const TOLD      = ' opacity visibility transform translate scale position inset top left right bottom width height max-height z-index display pointer-events animation animation-name animation-play-state overflow overflow-y grid-area grid-row grid-column clip clip-path ';
	const RULES_MAX = 8000;
	/** Parts of a selector, and blocks in blocks. */
	const PARTS_MAX   = 12;
	const NESTING_MAX = 12;
	/** What a reader's screen is taken for where a rule asks. */
	const SCREEN_WIDTH = 1280;
	const VALUE_MAX    = 300;
	/** Longer selectors are made by nesting upon nesting. */
	const SELECTOR_MAX = 2000;
	/** States that a reader brings about without any script. */
	const STATES   = '/:(hover|focus|focus-within|focus-visible|active|checked|target|target-within|popover-open|modal|visited)(?![\w-])|\[open(?:="?"?)?\]/';
	const COMPOUND = '/^(?:\*|[a-z][a-z0-9-]*)?(?:[.#][\w\x80-\xff-]+|\[[a-z_][\w:-]*(?:[*^$~|]?=(?:"[^"\[\]]*"|[^"\[\]]+))?\]|:not\([.#]?[\w-]+\)|:not\(\[[a-z-]+\]\)|:root)*$/iD';

	/** Properties by which a rule may show or hide. */
	const SHOWING = array(
		'opacity'    => 1,
		'visibility' => 1,
		'transform'  => 1,
		'translate'  => 1,
		'scale'      => 1,
		'position'   => 1,
		'display'    => 1,
		'animation'  => 1,
	);

	/** Rules: {path (compounds from the subject outwards), child (whether each is a child of the next), declarations, moved, rank, layered}. @var array */
	public $rules = array();

	/** Subjects of rules that are not read: ".class", "#id", "tag" or "*" => true. @var array */
	public $unread = array();

	/** Names of animations. @var array */
	public $animations = array();

	/** The css, and how far it is read. @var string */
	private $css;

	/** Bytes read. @var int */
	private $at = 0;

	/** Reads one more sheet after those before. */
	public function add( string $css ): void {
		$this->css = $css;
		$this->at  = 0;
		$this->block( '', false, 0 );
	}

	/** The declarations of a `style` attribute, those that are told: name => [value, important]. */
	public static function declarations( string $text ): array {
		$found = array();
		foreach ( explode( ';', strtolower( $text ) ) as $declaration ) {
			$pair = explode( ':', $declaration, 2 );
			$name = trim( $pair[0] );
			if ( isset( $pair[1] ) && strlen( $pair[1] ) <= self::VALUE_MAX && DGOS_Inert_Elements::has( self::TOLD, $name ) ) {
				$value          = trim( $pair[1] );
				$important      = 1 === preg_match( '/!\s*important$/D', $value );
				$found[ $name ] = array( $important ? rtrim( substr( $value, 0, (int) strrpos( $value, '!' ) ) ) : $value, $important );
			}
		}
		return $found;
	}

	/** Whether a media query holds for a reader on a desk who did not ask for less motion. What else it asks for counts as given. */
	public static function applies( string $query ): bool {
		foreach ( explode( ',', strtolower( $query ) ) as $part ) {
			if ( self::holds( trim( $part ) ) ) {
				return true;
			}
		}
		return false;
	}

	private static function holds( string $text ): bool {
		if ( 1 === preg_match( '/^(?:only\s+)?(?:print|speech|aural|tty|tv|handheld|projection|embossed|braille)\b|^not\s+(?:all|screen)\b|prefers-reduced-motion\s*(?::\s*reduce\s*)?\)|forced-colors\s*:\s*active|prefers-color-scheme\s*:\s*dark|hover\s*:\s*none|pointer\s*:\s*(?:coarse|none)|scripting\s*:\s*(?:enabled|initial-only)/', $text ) ) {
			return false;
		}
		preg_match_all( '/(min|max)-(?:device-)?width\s*:\s*([0-9.]{1,10})(px|em|rem)|width\s{0,5}([<>])=?\s{0,5}([0-9.]{1,10})(px|em|rem)/', $text, $found, PREG_SET_ORDER );
		foreach ( $found as $match ) {
			$least = 'min' === $match[1] || '>' === ( $match[4] ?? '' );
			$size  = (float) ( isset( $match[5] ) ? $match[5] : $match[2] );
			$width = $size * ( 'px' === ( $match[6] ?? $match[3] ) ? 1 : 16 );
			if ( $least ? self::SCREEN_WIDTH < $width : self::SCREEN_WIDTH > $width ) {
				return false;
			}
		}
		return true;
	}

	/** Everything up to the brace that closes the block of a selector; '' is the sheet itself. */
	private function block( string $selector, bool $layered, int $depth ): void {
		$own = '';
		for ( ;; ) {
			list( $text, $stop ) = $this->until();
			if ( '{' === $stop ) {
				$this->opened( trim( $text ), $selector, $layered, $depth );
				continue;
			}
			$own .= '' === $selector ? '' : "$text;";
			if ( ';' !== $stop ) {
				break;
			}
		}
		if ( '' !== $selector && '' !== trim( $own, '; ' ) ) {
			$this->rule( $selector, self::declarations( $own ), $layered );
		}
	}

	/** Text up to the next brace or semicolon that stands in no string, and that sign; '' at the end. */
	private function until(): array {
		$from = $this->at;
		$end  = strlen( $this->css );
		while ( $this->at < $end ) {
			$this->at += strcspn( $this->css, '"{};', $this->at );
			$sign      = $this->css[ $this->at ] ?? '';
			if ( '"' !== $sign ) {
				$text = substr( $this->css, $from, $this->at - $from );
				++$this->at;
				return array( str_replace( '/**/', ' ', $text ), $sign );
			}
			$close    = strpos( $this->css, '"', $this->at + 1 );
			$this->at = false === $close ? $end : $close + 1;
		}
		return array( substr( $this->css, $from ), '' );
	}

	private function opened( string $prelude, string $selector, bool $layered, int $depth ): void {
		$name = 1 === preg_match( '/^@([a-z-]+)/i', $prelude, $match ) ? strtolower( $match[1] ) : '';
		$rest = trim( substr( $prelude, strlen( $match[0] ?? '' ) ) );
		if ( $depth >= self::NESTING_MAX ) {
			$this->skip();
		} elseif ( '' === $name ) {
			$within = false === strpos( $prelude, '&' ) ? "$selector $prelude" : str_replace( '&', $selector, $prelude );
			if ( '' !== $selector && ( strlen( $within ) > self::SELECTOR_MAX || false !== strpos( $within, ',' ) ) ) {
				$this->unread( $prelude );
				$this->skip();
			} else {
				$this->block( trim( $within ), $layered, $depth + 1 );
			}
		} elseif ( 'layer' === $name || 'supports' === $name || ( 'media' === $name && self::applies( $rest ) ) ) {
			$this->block( $selector, $layered || 'layer' === $name, $depth + 1 );
		} else {
			if ( 'keyframes' === substr( $name, -9 ) ) {
				$this->animations[ strtolower( trim( $rest, '"\' ' ) ) ] = true;
			}
			$this->skip();
		}
	}

	private function skip(): void {
		for ( $depth = 1; $depth > 0; ) {
			$stop = $this->until()[1];
			if ( '' === $stop ) {
				return;
			}
			$depth += '{' === $stop ? 1 : ( '}' === $stop ? -1 : 0 );
		}
	}

	private function rule( string $selector, array $declarations, bool $layered ): void {
		if ( ! $declarations ) {
			return;
		}
		foreach ( self::alternatives( $selector ) as $alternative ) {
			if ( false !== strpos( $alternative, '::' ) || 1 === preg_match( '/:(before|after|first-line|first-letter)$/D', $alternative ) || count( $this->rules ) >= self::RULES_MAX ) {
				continue;
			}
			$plain = (string) preg_replace( self::STATES, '', $alternative );
			$path  = self::path( $plain );
			if ( null === $path ) {
				if ( array_intersect_key( $declarations, self::SHOWING ) ) {
					$this->unread( $alternative );
				}
				continue;
			}
			$this->rules[] = array(
				'path'         => $path,
				'declarations' => $declarations,
				'moved'        => $plain !== $alternative,
				'rank'         => ( $layered ? 0 : 1000000000 ) + self::weight( $alternative ) * self::RULES_MAX + count( $this->rules ),
			);
		}
	}

	/** Split at commas outside of brackets. */
	private static function alternatives( string $selector ): array {
		if ( 1 !== preg_match( '/\([^()]*,|\[[^\[\]]*,/', $selector ) ) {
			return array_map( 'trim', explode( ',', $selector ) );
		}
		return array( trim( $selector ) );
	}

	/** Compounds from the subject outwards, as {text, child}; null where it is not read. */
	private static function path( string $selector ): ?array {
		$text  = str_replace( '>', ' > ', trim( $selector ) );
		$path  = array();
		$child = false;
		$parts = preg_split( '/\s+/', trim( $text ) );
		if ( count( $parts ) > self::PARTS_MAX ) {
			return null;
		}
		foreach ( array_reverse( $parts ) as $part ) {
			if ( '>' === $part ) {
				$child = true;
				continue;
			}
			if ( 1 !== preg_match( self::COMPOUND, $part ) ) {
				return null;
			}
			$path[] = array( '' === $part ? '*' : $part, $child, self::parts( $part ) );
			$child  = false;
		}
		return $path;
	}

	/** What a compound asks for, one by one: {sign ('.', '#', '[', ':' for the root, '' for a tag), name, sign of comparison, value (or null), not}. */
	private static function parts( string $compound ): array {
		preg_match_all( '/^[a-z][a-z0-9-]*|[.#][\w\x80-\xff-]+|\[[^\[\]]*\]|:not\([^()]*\)|:root/i', $compound, $found );
		$parts = array();
		foreach ( $found[0] as $text ) {
			$not  = 0 === strpos( $text, ':not(' );
			$text = $not ? substr( $text, 5, -1 ) : $text;
			$sign = false === strpos( '.#[:', $text[0] ) ? '' : $text[0];
			if ( '[' === $sign && 1 === preg_match( '/^\[([\w:-]+)(?:([*^$~|]?)="?([^"]*)"?)?\]$/D', $text, $match ) ) {
				$parts[] = array( $sign, $match[1], $match[2] ?? '', $match[3] ?? null, $not );
			} else {
				$parts[] = array( $sign, '' === $sign ? strtolower( $text ) : substr( $text, 1 ), '', null, $not );
			}
		}
		return $parts;
	}

	/** Who the rule is about, whatever else it asks. */
	private function unread( string $selector ): void {
		foreach ( self::alternatives( $selector ) as $alternative ) {
			$parts   = preg_split( '/[\s>+~]+/', trim( $alternative ) );
			$subject = (string) preg_replace( '/:[\w-]+(?:\([^()]*\))?/', '', (string) end( $parts ) );
			preg_match_all( '/[.#][\w\x80-\xff-]+|^[a-z][a-z0-9-]*/i', $subject, $names );
			foreach ( $names[0] ? $names[0] : array( '*' ) as $name ) {
				$this->unread[ $name ] = true;
			}
		}
	}

	/** Specificity, bounded. */
	private static function weight( string $selector ): int {
		$ids     = substr_count( $selector, '#' );
		$classes = (int) preg_match_all( '/\.[\w-]|\[|:(?!not|where)/', $selector );
		$tags    = (int) preg_match_all( '/(?:^|[\s>])[a-z]/i', $selector );
		return min( 9, $ids ) * 10000 + min( 99, $classes ) * 100 + min( 99, $tags );
	}
}
