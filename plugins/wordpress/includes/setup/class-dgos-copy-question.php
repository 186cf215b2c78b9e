<?php
/**
 * What a mirror is asked about the copy of this blog: which one it shows, and for the proof that bytes of it are there.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/audits.ts: the hash of a random part of a file under a fresh nonce.
 */
final class DGOS_Copy_Question {

	/** Files of a copy that a mirror is asked for at one time: the front page, and others at random. */
	const FILES_ASKED = 3;
	/** An answer about a blog. */
	const ANSWER_BYTES = 1048576;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Safe_Fetch $safe_fetch, DGOS_Blob_Files $blobs, DGOS_Clock $clock ) {
		$this->safe_fetch = $safe_fetch;
		$this->blobs      = $blobs;
		$this->clock      = $clock;
	}

	/**
	 * Which copy a mirror shows to readers, as {copy, time} with null where it has none, and `costly`: {document, next} of a
	 * document that asks for more than the mirror gives one, or null. null where it does not answer.
	 */
	public function shows( string $url, int $ms ): ?array {
		$answer = $this->safe_fetch->get( $url . 'dgos/v1/blogs/' . DGOS_Own_Blog::id(), array( 'time_ms' => max( 50, $ms ), 'bytes' => self::ANSWER_BYTES ) ); // phpcs:ignore WordPress.Arrays -- Two pairs.
		if ( is_wp_error( $answer ) || ! in_array( $answer['status'], array( 200, 404 ), true ) ) {
			return null;
		}
		$told = DGOS_Json::read( $answer['body'] );
		$said = DGOS_Bytes::field( $told, 'snapshot' );
		$copy = DGOS_Bytes::field( $said, 'id' );
		$time = DGOS_Bytes::field( $said, 'time' );
		return array(
			'copy'   => DGOS_Bytes::is_hash( $copy ) ? $copy : null,
			'time'   => is_int( $time ) && $time > 0 ? $time : null,
			'costly' => self::costly( DGOS_Bytes::field( $told, 'costly' ) ),
		);
	}

	/**
	 * The first document that is too costly.
	 *
	 * @param mixed $list Of another host.
	 */
	private static function costly( $list ): ?array {
		$first    = is_array( $list ) ? reset( $list ) : null;
		$document = DGOS_Bytes::field( $first, 'document' );
		$next     = DGOS_Bytes::field( $first, 'next' );
		if ( ! is_string( $document ) || ! preg_match( '#^https?://[!-~]{1,300}$#D', $document ) ) {
			return null;
		}
		return array(
			'document' => $document,
			'next'     => is_int( $next ) && $next > 0 ? $next : null,
		);
	}

	/** Whether a mirror shows that it has some files of a copy: all that it is asked for, within so much time. */
	public function shows_bytes( string $url, stdClass $snapshot, int $ms ): bool {
		$until = $this->clock->running_ms() + $ms;
		$files = $this->sample( $snapshot );
		foreach ( $files as $hash ) {
			if ( ! $this->audit( $url, $hash, $until - $this->clock->running_ms() ) ) {
				return false;
			}
		}
		return array() !== $files;
	}

	/** Hashes of some files of a copy that are here to compare with. */
	private function sample( stdClass $snapshot ): array {
		$front  = $snapshot->pages[0]->blob;
		$others = array_values( array_diff( array_unique( array_merge( array_column( $snapshot->pages, 'blob' ), array_column( $snapshot->assets, 'blob' ) ) ), array( $front ) ) );
		shuffle( $others );
		$here = array_filter( array_merge( array( $front ), $others ), fn ( $hash ) => $this->blobs->size( $hash ) > 0 );
		return array_slice( array_values( $here ), 0, self::FILES_ASKED );
	}

	private function audit( string $url, string $hash, int $ms ): bool {
		$bytes = $this->blobs->get( $hash );
		if ( null === $bytes || '' === $bytes || $ms < 50 ) {
			return false;
		}
		list( $asked, $right ) = DGOS_Audits::question( $hash, $bytes );

		$limits = array(
			'time_ms' => $ms,
			'bytes'   => 1024,
			'headers' => array( 'content-type' => 'application/json' ),
		);
		$answer = $this->safe_fetch->post( $url . 'dgos/v1/audits', (string) wp_json_encode( $asked ), $limits );
		return ! is_wp_error( $answer ) && 200 === $answer['status'] && DGOS_Audits::is_right( $answer['body'], $right );
	}
}
