<?php
/**
 * Bytes by their hash. Taken only where an accepted post names the hash and the size.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/http/routes/blobs.ts.
 */
final class DGOS_Blob_Routes {

	/** Bytes of strangers are never a document of this origin. */
	const INERT = array(
		'content-type'            => 'application/octet-stream',
		'content-disposition'     => 'attachment',
		'content-security-policy' => "sandbox; default-src 'none'",
		'cache-control'           => 'public, max-age=31536000, immutable',
	);

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Allowance */
	private $allowance;
	/** @var DGOS_Post_Acceptance */
	private $post_acceptance;
	/** @var DGOS_Blob_Files */
	private $blobs;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Refusals $refusals, DGOS_Allowance $allowance, DGOS_Post_Acceptance $post_acceptance, DGOS_Blob_Files $blobs ) {
		$this->refusals        = $refusals;
		$this->allowance       = $allowance;
		$this->post_acceptance = $post_acceptance;
		$this->blobs           = $blobs;
	}

	/** Routes, by the names of the methods that answer. */
	public static function routes(): array {
		return array(
			DGOS_Routes::route( 'GET', 'blobs/:hash', 'get', 1, 0, true ),
			DGOS_Routes::route( 'PUT', 'blobs/:hash', 'put', 2, DGOS_Limits::BLOB_BYTES_MAX, true ) + array(
				'wanted'   => 'wanted',
				'streamed' => true,
			),
		);
	}

	/** The bytes; of HEAD only their number. */
	public function get( array $request, array $params ): array {
		$hash = $params['hash'];
		if ( ! DGOS_Bytes::is_hash( $hash ) ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		if ( $this->refusals->refuses_blob( $hash ) ) {
			return DGOS_Api::refused( 451, 'REFUSED' );
		}
		if ( 'HEAD' === $request['method'] ) {
			$size = $this->blobs->size( $hash );
			return null === $size ? DGOS_Api::refused( 404, 'NOT_FOUND' ) : self::answer( '', array( 'content-length' => (string) $size ) );
		}
		$size = $this->blobs->size( $hash );
		if ( null === $size ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		if ( ! $this->allowance->may_serve( $size ) ) {
			return DGOS_Api::refused( 503, 'OVERLOADED', '', array( 'retry-after' => '3600' ) );
		}
		$bytes = $this->blobs->get( $hash );
		if ( null === $bytes ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		$this->allowance->served( 'blob', $hash, strlen( $bytes ) );
		return self::answer( $bytes );
	}

	/**
	 * Bytes that an accepted post names by this hash.
	 *
	 * @return array|int
	 */
	public function wanted( array $head, array $params ) {
		if ( ! DGOS_Bytes::is_hash( $params['hash'] ) ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		$wanted = $this->post_acceptance->wanted_bytes( $params['hash'] );
		return $wanted instanceof DGOS_Refused ? DGOS_Api::refusal( $wanted ) : $wanted;
	}

	/** An attachment of an accepted post. */
	public function put( array $request, array $params ): array {
		$hash    = $params['hash'];
		$refusal = isset( $request['stream'] ) ? $this->post_acceptance->accept_blob( $hash, $request['stream'] ) : $this->post_acceptance->accept_blob( $hash, self::memory( $request['body'] ) );
		if ( null !== $refusal ) {
			return DGOS_Api::refusal( $refusal );
		}
		return DGOS_Api::json(
			array(
				'blob'   => $hash,
				'result' => 'stored',
			)
		);
	}

	/**
	 * Bytes in hand as a stream.
	 *
	 * @return resource|false
	 */
	private static function memory( string $bytes ) {
		$stream = fopen( 'php://memory', 'r+b' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Not a file.
		if ( false !== $stream ) {
			fwrite( $stream, $bytes ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Not a file.
			rewind( $stream );
		}
		return $stream;
	}

	private static function answer( string $body, array $headers = array() ): array {
		return array(
			'status'  => 200,
			'headers' => $headers + self::INERT,
			'body'    => $body,
		);
	}
}
