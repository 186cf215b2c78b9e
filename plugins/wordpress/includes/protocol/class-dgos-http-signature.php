<?php
/**
 * Members sign what they ask of blogs, so that a wall's owner can let in guards and nobody else: HTTP Message Signatures
 * (RFC 9421) with Ed25519, in the form of Web Bot Auth (draft-meunier-web-bot-auth-architecture): a short life, the tag
 * `web-bot-auth`, and `Signature-Agent`, the origin where the key stands in a directory that is signed by the same key.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * As protocol/http-signature.ts.
 */
final class DGOS_Http_Signature {

	const DIRECTORY_PATH = '/.well-known/http-message-signatures-directory';
	const DIRECTORY_TYPE = 'application/http-message-signatures-directory+json';
	/** A signature that somebody has read on the way is of use to him for this long. */
	const LASTS_S = 60;

	/**
	 * The bytes that are signed, and what stands of them in `Signature-Input` behind `sig1=`: {base, input}. Pure.
	 *
	 * @param string      $authority Host of the request, with its port where that is not the scheme's own.
	 * @param string|null $agent     The member's origin; null in the answer that is the directory itself.
	 * @param int         $now_ms    Now.
	 * @param string      $nonce     64 random bytes in base64.
	 * @param string      $key       Public key in hex.
	 */
	public static function base( string $authority, ?string $agent, int $now_ms, string $nonce, string $key ): array {
		$created    = intdiv( $now_ms, 1000 );
		$tag        = null === $agent ? 'http-message-signatures-directory' : 'web-bot-auth';
		$components = null === $agent ? '("@authority";req)' : '("@authority" "signature-agent")';
		$times      = "created=$created;expires=" . ( $created + self::LASTS_S );
		$input      = "$components;$times;keyid=\"" . self::thumbprint( $key ) . "\";alg=\"ed25519\";nonce=\"$nonce\";tag=\"$tag\"";
		$covered    = null === $agent ? "\"@authority\";req: $authority" : "\"@authority\": $authority\n\"signature-agent\": \"$agent\"";
		return array(
			'base'  => "$covered\n\"@signature-params\": $input",
			'input' => $input,
		);
	}

	/** Headers of a signed request, or (without agent) of the directory. */
	public static function headers( string $authority, ?string $agent, int $now_ms, DGOS_Signer $signer ): array {
		$said    = self::base( $authority, $agent, $now_ms, base64_encode( random_bytes( 64 ) ), $signer->key ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- As RFC 9421 says.
		$headers = array(
			'signature-input' => 'sig1=' . $said['input'],
			'signature'       => 'sig1=:' . base64_encode( $signer->sign( $said['base'] ) ) . ':', // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- As RFC 9421 says.
		);
		return null === $agent ? $headers : array( 'signature-agent' => "\"$agent\"" ) + $headers;
	}

	/** The directory: a JWK set with the one key. */
	public static function directory( string $key ): string {
		$entry = self::jwk( $key ) + array(
			'kid' => self::thumbprint( $key ),
			'use' => 'sig',
			'alg' => 'EdDSA',
		);
		return (string) json_encode( array( 'keys' => array( $entry ) ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Plain PHP; no slash in it.
	}

	/** Names a key as RFC 7638 and RFC 8037 say: SHA-256 of its JWK, names in order. */
	private static function thumbprint( string $key ): string {
		return self::base64_url( hash( 'sha256', (string) json_encode( self::jwk( $key ) ), true ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Plain PHP.
	}

	private static function jwk( string $key ): array {
		return array(
			'crv' => 'Ed25519',
			'kty' => 'OKP',
			'x'   => self::base64_url( (string) hex2bin( $key ) ),
		);
	}

	private static function base64_url( string $bytes ): string {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- As RFC 7638 says.
	}
}
