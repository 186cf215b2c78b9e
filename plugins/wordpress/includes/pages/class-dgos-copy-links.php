<?php
/**
 * Where readers get what a captured page names: pictures by their hash, other captured pages, sheets rebuilt in place.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The links of one snapshot. Reads sheets when they are asked for, pictures never.
 */
final class DGOS_Copy_Links {

	/** Sheets that import sheets: deeper than any theme. */
	const IMPORTS_DEEP = 5;

	/** Css of one page together, as often as it is read: sheets that import each other many times are read no more. */
	const CSS_BYTES_MAX = 3000000;

	/** Files by URL. @var array<string,stdClass> */
	private $assets = array();

	/** Places of captured pages by URL. @var array<string,string> */
	private $pages = array();

	/** Bytes of a blob: fn( string $hash ): ?string. @var callable */
	private $blob;

	/** "https://mirror.example/dgos/m/example.org/". @var string */
	private $base;

	/** Of the blog. @var string */
	private $address;

	/** Sheets being read, outermost first. @var string[] */
	private $reading = array();

	/** Css read so far. @var int */
	private $bytes = 0;

	/**
	 * Reads nothing yet.
	 *
	 * @param stdClass $snapshot Payload of a snapshot.
	 * @param callable $blob     Bytes of a blob, or null.
	 * @param array    $options  `base`, `forgotten` (paths), `refused` (hash => true).
	 */
	public function __construct( stdClass $snapshot, callable $blob, array $options ) {
		$this->blob = $blob;
		$this->base = $options['base'];

		$this->address = $snapshot->address;
		$allowed    = static fn ( $asset ) => ! isset( $options['refused'][ $asset->blob ] ) && ! DGOS_Page_Url::is_forgotten( $asset->url, $snapshot->address, $options['forgotten'] );
		foreach ( array_filter( $snapshot->assets, $allowed ) as $file ) {
			$this->assets[ $file->url ] = $file;
		}
		foreach ( array_filter( $snapshot->pages, $allowed ) as $page ) {
			$place = $this->base . self::place( $page->path );
			$named = DGOS_Page_Url::resolve( substr( $page->path, 1 ), $snapshot->address ) ?? $snapshot->address;
			foreach ( array( $page->url, $named ) as $url ) {
				$this->pages += array( $url => $place );
			}
		}
	}

	/** Where the mirror answers for a page of the blog that was not captured, with its query and fragment; null for pages elsewhere. */
	public function own( string $url ): ?string {
		$path = DGOS_Page_Url::path_below( $url, $this->address );
		return null === $path ? null : $this->base . substr( $path, 1 );
	}

	/** Where the copy of a page stands. Paths with anything but plain letters get a name made of their hash. */
	public static function place( string $path ): string {
		if ( 1 === preg_match( '/^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?$/D', $path ) ) {
			return "copy$path";
		}
		return 'copy/q-' . substr( DGOS_Bytes::sha256( $path ), 0, 24 );
	}

	/** The copy of a captured page, or null. */
	public function page( string $url ): ?string {
		$twin = '/' === substr( $url, -1 ) ? substr( $url, 0, -1 ) : "$url/";
		return $this->pages[ $url ] ?? $this->pages[ $twin ] ?? null;
	}

	/** A captured picture, or null. Drawings and fonts are not shown on this origin. */
	public function file( string $url ): ?string {
		$asset = $this->assets[ $url ] ?? null;
		if ( null === $asset || 1 !== preg_match( '/^image\/(?!svg)/i', $asset->type ) ) {
			return null;
		}
		return "{$this->base}blob/$asset->blob";
	}

	/** Whether this snapshot, less what is forgotten or refused, holds the blob as a picture. */
	public function holds( string $hash ): bool {
		foreach ( $this->assets as $url => $asset ) {
			if ( $asset->blob === $hash && null !== $this->file( $url ) ) {
				return true;
			}
		}
		return false;
	}

	/** Text of a captured sheet, rebuilt; null where it is missing or would import itself. */
	public function sheet( string $url ): ?string {
		$asset = $this->assets[ $url ] ?? null;
		if ( null === $asset || in_array( $url, $this->reading, true ) || count( $this->reading ) >= self::IMPORTS_DEEP || 1 === preg_match( '/^(?:image|font|audio|video)\//i', $asset->type ) ) {
			return null;
		}
		$bytes = ( $this->blob )( $asset->blob );
		if ( null === $bytes ) {
			return null;
		}
		$this->reading[] = $url;
		$css             = $this->css( DGOS_Page_Text::utf8( $bytes, $asset->type, 'css' ), $url );
		array_pop( $this->reading );
		return $css;
	}

	/** Css that stands at `$base`, rebuilt. */
	public function css( string $text, string $base ): string {
		$this->bytes += strlen( $text );
		if ( $this->bytes > self::CSS_BYTES_MAX ) {
			return '';
		}
		$at = static fn ( $reference ) => DGOS_Page_Url::resolve( $reference, $base );
		return DGOS_Inert_Css::sheet(
			$text,
			function ( $reference ) use ( $at ) {
				$url = $at( $reference );
				return null === $url ? null : $this->file( $url );
			},
			function ( $reference ) use ( $at ) {
				$url = $at( $reference );
				return null === $url ? null : $this->sheet( $url );
			}
		);
	}
}
