<?php
/**
 * Signs with one private key.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Made of a 32-byte seed (RFC 8032 private key). Same seed, same key, same signatures everywhere.
 */
final class DGOS_Signer {

	/**
	 * The public key in hex.
	 *
	 * @var string
	 */
	public $key;

	/**
	 * The secret key of sodium.
	 *
	 * @var string
	 */
	private $secret;

	/**
	 * Throws SodiumException where the seed is not 32 bytes long.
	 *
	 * @param string      $seed 32 bytes.
	 * @param string|null $key  The public key in hex, where it is known: sodium's secret key is the seed and that key.
	 */
	public function __construct( string $seed, ?string $key = null ) {
		if ( null !== $key && 32 === strlen( $seed ) && DGOS_Bytes::is_hash( $key ) ) {
			$this->key    = $key;
			$this->secret = $seed . hex2bin( $key );
			return;
		}
		$pair         = sodium_crypto_sign_seed_keypair( $seed );
		$this->key    = bin2hex( sodium_crypto_sign_publickey( $pair ) );
		$this->secret = sodium_crypto_sign_secretkey( $pair );
	}

	/** The 64 bytes of a signature. */
	public function sign( string $message ): string {
		return sodium_crypto_sign_detached( $message, $this->secret );
	}

	/** Keeps the secret out of logs and dumps. */
	public function __debugInfo(): array {
		return array( 'key' => $this->key );
	}
}
