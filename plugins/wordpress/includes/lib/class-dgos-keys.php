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

	/** Of two requests that make a key at once the first one's stays. Not by add_option(): it writes over what is there. */
	private function kept( string $name ): string {
		global $wpdb;
		$option = self::option( $name );
		$kept   = get_option( $option, null );
		if ( is_string( $kept ) ) {
			return $kept;
		}
		// phpcs:disable WordPress.DB.DirectDatabaseQuery -- What a cache says of an option that is being made may be old.
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $option, bin2hex( random_bytes( 32 ) ) ) );
		wp_cache_delete( $option, 'options' );
		wp_cache_delete( 'notoptions', 'options' );
		return (string) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $option ) );
		// phpcs:enable
	}

	private static function option( string $name ): string {
		return 'dgos_key_' . $name;
	}
}
