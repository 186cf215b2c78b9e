<?php
/**
 * What a page's own rules (Content-Security-Policy, in its headers and in itself) say of its styles: a browser does not apply
 * what one of them forbids.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/capture/content-policy.ts and mirror/pages/style-policy.ts. The rules of one page.
 */
final class DGOS_Style_Policy {

	const DIRECTIVES = '/^(?:default-src|style-src|style-src-elem|style-src-attr)(?:\s|$)/Di';
	const LENGTH_MAX = 500;
	const HEADER_MAX = 8000;

	/** {attributes, open, nonces} of each policy. @var array */
	private $policies = array();

	/**
	 * The rules of a page.
	 *
	 * @param DOMDocument $document The page.
	 * @param string      $header   As of_header() gives it.
	 */
	public function __construct( DOMDocument $document, string $header ) {
		$texts = explode( ',', $header );
		foreach ( ( new DOMXPath( $document ) )->query( '//meta[@http-equiv and @content]' ) as $meta ) {
			if ( 'content-security-policy' === strtolower( $meta->getAttribute( 'http-equiv' ) ) ) {
				$texts = array_merge( $texts, explode( ',', $meta->getAttribute( 'content' ) ) );
			}
		}
		foreach ( $texts as $text ) {
			if ( '' !== trim( $text ) ) {
				$this->policies[] = self::read( $text );
			}
		}
	}

	/** The directives about styles of a header, ';' between them and ',' between policies; '' where it says nothing of them, or too much. */
	public static function of_header( string $header ): string {
		if ( '' === $header || strlen( $header ) > self::HEADER_MAX || 1 !== preg_match( '/^[ -~]+$/D', $header ) ) {
			return '';
		}
		$policies = array();
		foreach ( explode( ',', $header ) as $policy ) {
			$told = array();
			foreach ( explode( ';', $policy ) as $directive ) {
				$text = implode( ' ', preg_split( '/\s+/', $directive, -1, PREG_SPLIT_NO_EMPTY ) );
				if ( 1 === preg_match( self::DIRECTIVES, $text ) ) {
					$told[] = $text;
				}
			}
			if ( $told ) {
				$policies[] = implode( '; ', $told );
			}
		}
		$all = implode( ', ', $policies );
		return strlen( $all ) > self::LENGTH_MAX ? '' : $all;
	}

	/** Whether `style` attributes count. */
	public function takes_attributes(): bool {
		foreach ( $this->policies as $policy ) {
			if ( ! $policy['attributes'] ) {
				return false;
			}
		}
		return true;
	}

	/** Whether a `style` element counts. */
	public function takes( DOMElement $style ): bool {
		foreach ( $this->policies as $policy ) {
			if ( ! $policy['open'] && ! ( $style->hasAttribute( 'nonce' ) && in_array( $style->getAttribute( 'nonce' ), $policy['nonces'], true ) ) ) {
				return false;
			}
		}
		return true;
	}

	private static function read( string $text ): array {
		$lists = array();
		foreach ( explode( ';', $text ) as $directive ) {
			$words = preg_split( '/\s+/', strtolower( trim( $directive ) ) );
			$lists += array( $words[0] => $words );
		}
		$elements   = $lists['style-src-elem'] ?? $lists['style-src'] ?? $lists['default-src'] ?? null;
		$attributes = $lists['style-src-attr'] ?? $lists['style-src'] ?? $lists['default-src'] ?? null;
		preg_match_all( "/'nonce-([^\s';]{1,200})'/i", $text, $nonces );
		return array(
			'attributes' => self::is_open( $attributes ),
			'open'       => self::is_open( $elements ) || ( null !== $elements && 1 === preg_match( "/(?:^| )'sha/", implode( ' ', $elements ) ) ),
			'nonces'     => $nonces[1],
		);
	}

	private static function is_open( ?array $sources ): bool {
		if ( null === $sources ) {
			return true;
		}
		return in_array( "'unsafe-inline'", $sources, true ) && 1 !== preg_match( "/(?:^| )'(?:nonce|sha256|sha384|sha512)-/", implode( ' ', $sources ) );
	}
}
