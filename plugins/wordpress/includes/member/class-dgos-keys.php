<?php
/**
 * The keys that this host makes and keeps: the member's, the one that may follow it and the operator's. The blog's online
 * key is the member's: so everybody sees which member this blog's own server is, fetches its copies there, and never asks
 * it to be its own mirror. The author's recovery and posting keys are never here.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Each in an option of its own that is not loaded with pages.
 */
final class DGOS_Keys {

	const NAMES = array( 'member', 'next', 'operator', 'online' );
	/** Of which key a name is another name, unless it has a seed of its own. */
	const SAME = array( 'online' => 'member' );

	/**
	 * Signers made in this request.
	 *
	 * @var DGOS_Signer[]
	 */
	private $signers = array();

	/** The signer of a name, made on this host when it is first asked for. */
	public function get( string $name ): DGOS_Signer {
		if ( ! in_array( $name, self::NAMES, true ) ) {
			throw new InvalidArgumentException( 'no such key' );
		}
		if ( ! isset( $this->signers[ $name ] ) ) {
			$this->signers[ $name ] = $this->signer( self::own( $name ) );
		}
		return $this->signers[ $name ];
	}

	/** Where PHP has no sodium the public key is kept behind the seed: making it takes as long as signing, at every request. */
	private function signer( string $name ): DGOS_Signer {
		$kept   = $this->kept( $name );
		$public = 128 === strlen( $kept ) ? substr( $kept, 64 ) : null;
		$signer = new DGOS_Signer( (string) hex2bin( substr( $kept, 0, 64 ) ), $public );
		if ( null === $public && ! DGOS_Ed25519::is_fast() ) {
			update_option( self::option( $name ), $kept . $signer->key, false );
		}
		return $signer;
	}

	/** Whether a key was ever made. */
	public function has( string $name ): bool {
		return in_array( $name, self::NAMES, true ) && is_string( get_option( self::option( self::own( $name ) ), null ) );
	}

	private static function own( string $name ): string {
		return isset( self::SAME[ $name ] ) && ! is_string( get_option( self::option( $name ), null ) ) ? self::SAME[ $name ] : $name;
	}

	/** Of two requests that make a key at once the first one's stays: add_option() keeps what is there. */
	private function kept( string $name ): string {
		$option = self::option( $name );
		if ( ! is_string( get_option( $option, null ) ) ) {
			add_option( $option, bin2hex( random_bytes( 32 ) ), '', false );
			wp_cache_delete( $option, 'options' );
			wp_cache_delete( 'notoptions', 'options' );
		}
		return (string) get_option( $option );
	}

	private static function option( string $name ): string {
		return 'dgos_key_' . $name;
	}
}
