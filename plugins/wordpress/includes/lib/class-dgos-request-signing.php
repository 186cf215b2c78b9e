<?php
/**
 * Signatures under what this member asks of blogs, by its own key: a wall's owner can let them in, and only them.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/machine/signed-web.ts; DGOS_Http_Signature says what is signed.
 */
final class DGOS_Request_Signing {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Keys $keys, DGOS_Clock $clock ) {
		$this->keys  = $keys;
		$this->clock = $clock;
	}

	/**
	 * Headers of a request to a host.
	 *
	 * @param string $authority With its port where that is not the scheme's own.
	 */
	public function headers( string $authority ): array {
		return DGOS_Http_Signature::headers( $authority, DGOS_Site_Address::origin(), $this->clock->now_ms(), $this->keys->get( 'member' ) );
	}

	/** The directory in which the key stands, as {body, headers}. */
	public function directory(): array {
		$signer    = $this->keys->get( 'member' );
		$authority = (string) preg_replace( '#^https?://#', '', DGOS_Site_Address::origin() );
		return array(
			'body'    => DGOS_Http_Signature::directory( $signer->key ),
			'headers' => DGOS_Http_Signature::headers( $authority, null, $this->clock->now_ms(), $signer ),
		);
	}
}
