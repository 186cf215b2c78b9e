<?php
/**
 * Answers of the reader pages: what they are and the headers that bind them. The headers are a second lock: every page is
 * harmless by its own bytes, because page caches drop them.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Values {status, headers, body} as DGOS_Fast_Path::send() takes them.
 */
final class DGOS_Reader_Answers {

	const ALWAYS = array(
		'x-content-type-options' => 'nosniff',
		'referrer-policy'        => 'no-referrer',
		'x-robots-tag'           => 'noindex',
		'x-dns-prefetch-control' => 'off',
	);
	const NOBODY = 'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()';

	/** What the author forgets must be gone within a minute. */
	const PAGE_SECONDS = 30;
	const FILE_SECONDS = 3600;

	/** A page of ours with strangers' words in it: no script, nothing from elsewhere. */
	public static function page( string $html, string $policy, int $status = 200 ): array {
		$headers = array(
			'content-type'               => 'text/html; charset=utf-8',
			'cache-control'              => 200 === $status ? 'public, max-age=' . self::PAGE_SECONDS : 'no-store',
			'content-security-policy'    => "$policy; frame-ancestors 'none'",
			'cross-origin-opener-policy' => 'same-origin',
			'permissions-policy'         => self::NOBODY,
		);
		return self::answer( $status, $headers, $html );
	}

	/** A page with a form of ours: never kept by anyone. */
	public static function form( string $html, string $policy, int $status = 200 ): array {
		$answer = self::page( $html, $policy, $status );

		$answer['headers']['cache-control'] = 'no-store';
		return $answer;
	}

	/** A captured or attached picture. Frames without an origin ask for it, too. */
	public static function picture( string $bytes, string $type ): array {
		$headers = array(
			'content-type'                 => $type,
			'cache-control'                => 'public, max-age=' . self::FILE_SECONDS,
			'content-security-policy'      => "sandbox; default-src 'none'",
			'cross-origin-resource-policy' => 'cross-origin',
		);
		return self::answer( 200, $headers, $bytes );
	}

	/** A feed. */
	public static function feed( string $text, string $type ): array {
		$headers = array(
			'content-type'                => "$type; charset=utf-8",
			'cache-control'               => 'public, max-age=60',
			'content-security-policy'     => "sandbox; default-src 'none'",
			'access-control-allow-origin' => '*',
		);
		return self::answer( 200, $headers, $text );
	}

	/** Elsewhere, for now. */
	public static function redirect( string $url ): array {
		$headers = array(
			'location'      => preg_replace( '/[^!#-;=?-\[\]_a-z~%]/', '', $url ),
			'cache-control' => 'no-cache',
			'vary'          => 'Sec-Fetch-Dest',
		);
		return self::answer( 302, $headers, '' );
	}

	/** What readers see where nothing is kept: two sentences and a way on. */
	public static function not_found( string $home, int $status = 404 ): array {
		$home = DGOS_Markup::escape( $home );
		$html = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="' . self::PLAIN . '"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Not kept here</title><meta name="robots" content="noindex"><style>'
			. DGOS_Page_Head::style() . '.alone{padding-block:16vh 4rem}</style></head><body><main class="alone"><h1>Not kept here</h1><p>This mirror has no page under that address. The blog may be kept by other mirrors, or it has never joined, or its author has withdrawn the page.</p><p><a href="' . $home . '">The blog that keeps this mirror</a></p></main></body></html>' . "\n";
		return self::page( $html, self::PLAIN, $status );
	}

	/** For pages of words only. */
	const PLAIN = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

	private static function answer( int $status, array $headers, string $body ): array {
		return array(
			'status'  => $status,
			'headers' => $headers + self::ALWAYS,
			'body'    => $body,
		);
	}
}
