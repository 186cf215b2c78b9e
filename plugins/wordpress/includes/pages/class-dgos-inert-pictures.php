<?php
/**
 * Pictures of a stranger's page: only captured ones, from the mirror, lazy ones at once.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Those of one page.
 */
final class DGOS_Inert_Pictures {

	/** A `srcset` is read this far. */
	const SET_BYTES_MAX = 16000;

	/** Where readers get what the page names. @var DGOS_Copy_Links */
	private $links;

	/** Base of the page's references. @var string */
	private $base;

	/** Pictures that a lazy image already shows: its `<noscript>` twin is left out. @var array<string,true> */
	private $shown = array();

	/** Of a page with this base. */
	public function __construct( DGOS_Copy_Links $links, string $base ) {
		$this->links = $links;
		$this->base  = $base;
	}

	/** From where the page's `<base>` is met, its files lie elsewhere. */
	public function set_base( string $base ): void {
		$this->base = $base;
	}

	/** An `img` with the attributes that the walker kept; nothing where a lazy image already shows it. */
	public function image( DOMElement $element, bool $unscripted, string $attributes ): string {
		$late = DGOS_Lazy_Pictures::of( $element );
		$lazy = null;
		foreach ( $late['sources'] as $reference ) {
			$lazy = $lazy ?? $this->file( $reference );
		}
		$set = '';
		$own = $element->getAttribute( 'srcset' );
		if ( self::is_placeholder( self::candidates( $own ), $element->getAttribute( 'src' ) ) ) {
			$own = '';
		}
		foreach ( array_merge( array( $own ), $late['sets'] ) as $value ) {
			$rebuilt = $this->srcset( $value );
			$set     = '' === $rebuilt ? $set : $rebuilt;
		}
		$plain = $this->file( $element->getAttribute( 'src' ) );
		$first = explode( ' ', $set, 2 )[0];
		$src   = $lazy ?? ( ( null === $plain || 0 === strpos( $plain, 'data:' ) ) && '' !== $first ? $first : $plain );
		if ( $unscripted && null !== $src && isset( $this->shown[ $src ] ) ) {
			return '';
		}
		if ( null !== $src ) {
			$this->shown[ $src ] = true;
		}
		return '<img' . ( null === $src ? '' : ' src="' . DGOS_Markup::escape( $src ) . '"' ) . ( '' === $set ? '' : ' srcset="' . DGOS_Markup::escape( $set ) . '"' ) . $attributes . '>';
	}

	/** A `srcset` that only holds a place until a script takes it away: one picture that stands in, beside one that does not. */
	private static function is_placeholder( array $candidates, string $src ): bool {
		return 1 === count( $candidates ) && '' === $candidates[0][1] && DGOS_Lazy_Pictures::stands_in( $candidates[0][0] ) && ! DGOS_Lazy_Pictures::stands_in( $src );
	}

	/** A `source` of a `picture` that was captured. */
	public function source( DOMElement $element, string $attributes ): string {
		$set = '';
		if ( 'picture' === strtolower( $element->parentNode->nodeName ) ) {
			foreach ( array_merge( array( $element->getAttribute( 'srcset' ) ), DGOS_Lazy_Pictures::of( $element )['sets'] ) as $value ) {
				$set = '' === $set ? $this->srcset( $value ) : $set;
			}
		}
		return '' === $set ? '' : '<source srcset="' . DGOS_Markup::escape( $set ) . '"' . $attributes . '>';
	}

	private function srcset( string $value ): string {
		$kept = array();
		foreach ( self::candidates( $value ) as list( $reference, $descriptor ) ) {
			$file = 0 === stripos( $reference, 'data:' ) ? null : $this->file( $reference );
			if ( null !== $file && 1 === preg_match( '/^(?:[0-9.]{1,12}[wxh])?$/D', $descriptor ) ) {
				$kept[] = trim( "$file $descriptor" );
			}
		}
		return implode( ', ', $kept );
	}

	/** Candidates of a `srcset` as [reference, descriptor], after the HTML standard. One pass, whatever the value. */
	public static function candidates( string $value ): array {
		$value = substr( $value, 0, self::SET_BYTES_MAX );
		$found = array();
		$space = " \t\n\r\f\v";
		for ( $at = 0, $end = strlen( $value ); $at < $end; ) {
			$at    += strspn( $value, $space, $at );
			$length = strcspn( $value, $space, $at );
			$run    = substr( $value, $at, $length );
			$at    += $length;
			$url    = trim( $run, ',' );
			if ( '' === $url ) {
				continue;
			}
			$length  = ',' === substr( $run, -1 ) ? 0 : strcspn( $value, ',', $at );
			$found[] = array( $url, trim( substr( $value, $at, $length ) ) );
			$at     += ',' === substr( $run, -1 ) ? 0 : $length + 1;
		}
		return $found;
	}

	/** Some scripts write `url(x)` into the attribute, some write x. */
	public static function unwrapped( string $value ): string {
		$text = trim( $value );
		if ( 0 !== stripos( $text, 'url(' ) || ')' !== substr( $text, -1 ) ) {
			return $value;
		}
		$inside = trim( substr( $text, 4, -1 ) );
		$inside = '' !== $inside && false !== strpos( "\"'", $inside[0] ) ? substr( $inside, 1 ) : $inside;
		return '' !== $inside && false !== strpos( "\"'", substr( $inside, -1 ) ) ? substr( $inside, 0, -1 ) : $inside;
	}

	/** Where readers get a picture that the page names; null where they cannot. */
	public function file( string $reference ): ?string {
		if ( '' === $reference ) {
			return null;
		}
		if ( 1 === preg_match( '/^\s*data:/i', $reference ) ) {
			return DGOS_Inert_Bytes::data_url( $reference );
		}
		$url = DGOS_Page_Url::resolve( $reference, $this->base );
		return null === $url ? null : $this->links->file( $url );
	}
}
