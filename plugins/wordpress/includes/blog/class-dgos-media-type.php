<?php
/**
 * What kind of file an answer is, in the spelling of the manifest: bytes first, then the header, then the name.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As mirror/capture/media-type.ts. Pure.
 */
final class DGOS_Media_Type {

	const GENERIC    = array( 'application/octet-stream', 'binary/octet-stream', 'text/plain', 'application/force-download', '' );
	const EXTENSIONS = array(
		'css'   => 'text/css',
		'png'   => 'image/png',
		'jpg'   => 'image/jpeg',
		'jpeg'  => 'image/jpeg',
		'gif'   => 'image/gif',
		'webp'  => 'image/webp',
		'avif'  => 'image/avif',
		'svg'   => 'image/svg+xml',
		'ico'   => 'image/x-icon',
		'bmp'   => 'image/bmp',
		'woff'  => 'font/woff',
		'woff2' => 'font/woff2',
		'ttf'   => 'font/ttf',
		'otf'   => 'font/otf',
		'html'  => 'text/html',
		'htm'   => 'text/html',
	);
	/** Offset, bytes, type. */
	const MAGICS = array(
		array( 0, "\x89PNG\r\n\x1a\n", 'image/png' ),
		array( 0, "\xff\xd8\xff", 'image/jpeg' ),
		array( 0, 'GIF8', 'image/gif' ),
		array( 8, 'WEBP', 'image/webp' ),
		array( 4, 'ftypavif', 'image/avif' ),
		array( 0, "\x00\x00\x01\x00", 'image/x-icon' ),
		array( 0, 'wOF2', 'font/woff2' ),
		array( 0, 'wOFF', 'font/woff' ),
		array( 0, 'OTTO', 'font/otf' ),
		array( 0, "\x00\x01\x00\x00\x00", 'font/ttf' ),
	);

	/** `type/subtype`, with `; charset=…` where the header named one and the file is text. */
	public static function of( string $header, string $url, string $bytes ): string {
		$named = strtolower( trim( explode( ';', $header, 2 )[0] ) );
		$type  = null;
		foreach ( self::MAGICS as list( $at, $magic, $seen ) ) {
			$type = $type ?? ( substr( $bytes, $at, strlen( $magic ) ) === $magic ? $seen : null );
		}
		if ( null === $type && ! in_array( $named, self::GENERIC, true ) && strlen( $named ) <= 60 && 1 === preg_match( '/^[a-z]+\/[a-z0-9.+-]+$/D', $named ) ) {
			$type = $named;
		}
		$extension = 1 === preg_match( '/\.([a-z0-9]{1,5})(?:\?|$)/i', $url, $match ) ? strtolower( $match[1] ) : '';
		$type      = $type ?? ( '' === $named ? self::markup( $bytes ) : null ) ?? self::EXTENSIONS[ $extension ] ?? 'application/octet-stream';
		$is_text   = 1 === preg_match( '/^text\/|xml$|json$/', $type );
		if ( $is_text && 1 === preg_match( '/charset\s*=\s*"?([A-Za-z0-9_-]{1,30})/i', $header, $match ) ) {
			return $type . '; charset=' . strtolower( $match[1] );
		}
		return $type;
	}

	/** What a server that names no type sends, where its first characters tell (WHATWG MIME Sniffing, 7.1). */
	private static function markup( string $bytes ): ?string {
		$head = ltrim( (string) preg_replace( '/^\xef\xbb\xbf/', '', substr( $bytes, 0, 512 ) ) );
		if ( 1 === preg_match( '/^<\?xml[\s?]/i', $head ) ) {
			return 1 === preg_match( '/<html[\s>]/i', $head ) ? 'application/xhtml+xml' : 'text/xml';
		}
		return 1 === preg_match( '/^<(?:!doctype html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|!--|meta|link)[\s>]/i', $head ) ? 'text/html' : null;
	}

	/** Whether bytes of this type are a page. */
	public static function is_html( string $type ): bool {
		return 1 === preg_match( '/^(text\/html|application\/xhtml\+xml)(;|$)/D', $type );
	}

	/** Whether bytes are a feed. What a server calls it says little, and programs print notices before it. */
	public static function is_feed( string $type, string $bytes ): bool {
		if ( 1 === preg_match( '/json/', $type ) ) {
			return true;
		}
		$head = substr( $bytes, 0, 16384 );
		$at   = 1 === preg_match( '/<(?:[A-Za-z][\w.-]{0,40}:)?(?:rss|feed|RDF)[\s>]/', $head, $found, PREG_OFFSET_CAPTURE ) ? $found[0][1] : null;
		return null !== $at && 1 !== preg_match( '/<(?:!doctype\s+html|html|head|body)[\s>]/i', substr( $head, 0, $at ) );
	}

	/** Whether a file of this type can be an asset. A page in the place of an image is an error page. */
	public static function fits( string $type, string $kind ): bool {
		if ( 'style' === $kind ) {
			return 1 === preg_match( '/^text\/(css|plain)|^application\/octet-stream/', $type );
		}
		if ( 'font' === $kind ) {
			return 1 === preg_match( '/^(font\/|application\/(x-)?font|application\/vnd\.ms-fontobject|application\/octet-stream)/', $type );
		}
		return 0 === strpos( $type, 'image/' );
	}
}
