<?php
/**
 * What the owner has set, and what joining a network has settled. One option, not loaded with pages.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Names that are not listed here are refused: a misspelt setting would be set and never read.
 */
final class DGOS_Settings {

	const OPTION   = 'dgos_settings';
	const DEFAULTS = array(
		// The network's envelope as JSON, empty before joining. Nothing is contacted before that.
		'network'       => '',
		'inviter'       => '',
		// The network's id as the invitation link named it, or empty.
		'pin'           => '',
		'joined'        => false,
		'leaving'       => false,
		'paused'        => false,
		'name'          => '',
		'contact'       => '',
		'weight'        => 1,
		'disk_mib'      => 500,
		'traffic_mib'   => 2000,
		'blob_folder'   => '',
		'ever_answered' => false,
	);

	/**
	 * A value.
	 *
	 * @param string $name A known name, or one of another part with a `dgos_setting_defaults` filter.
	 * @return mixed
	 */
	public function get( string $name ) {
		$defaults = $this->defaults();
		if ( ! array_key_exists( $name, $defaults ) ) {
			throw new InvalidArgumentException( 'no such setting' );
		}
		$kept = get_option( self::OPTION, array() );
		return is_array( $kept ) && array_key_exists( $name, $kept ) ? $kept[ $name ] : $defaults[ $name ];
	}

	/**
	 * Keeps a value.
	 *
	 * @param string $name  A known name.
	 * @param mixed  $value The value.
	 */
	public function set( string $name, $value ): void {
		if ( ! array_key_exists( $name, $this->defaults() ) ) {
			throw new InvalidArgumentException( 'no such setting' );
		}
		$kept          = get_option( self::OPTION, array() );
		$kept          = is_array( $kept ) ? $kept : array();
		$kept[ $name ] = $value;
		update_option( self::OPTION, $kept, false );
	}

	/** The network object, or null before joining. */
	public function network(): ?stdClass {
		$text = (string) $this->get( 'network' );
		if ( '' === $text ) {
			return null;
		}
		// Verified when this member joined.
		$envelope = json_decode( $text );
		return DGOS_Envelope::reopen( (string) DGOS_Envelope::id_of( $envelope ), $envelope );
	}

	/** Whether addresses of this machine count as the open web: for networks of demonstrations and tests. */
	public function loopback(): bool {
		if ( defined( 'DGOS_LOOPBACK' ) && DGOS_LOOPBACK ) {
			return true;
		}
		$network = $this->network();
		return null !== $network && true === ( $network->payload->loopback ?? null );
	}

	/** Where blobs lie: beside the uploads, under a name that nobody can guess. */
	public function blob_folder(): string {
		$name = (string) $this->get( 'blob_folder' );
		if ( '' === $name ) {
			$name = 'dgos-' . bin2hex( random_bytes( 16 ) );
			$this->set( 'blob_folder', $name );
		}
		return trailingslashit( wp_upload_dir( null, false )['basedir'] ) . $name;
	}

	private function defaults(): array {
		return self::DEFAULTS + (array) apply_filters( 'dgos_setting_defaults', array() );
	}
}
