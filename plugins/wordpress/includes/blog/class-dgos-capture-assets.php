<?php
/**
 * The files of a set of pages, followed through stylesheets, within the limits of a snapshot: each asked for once, then
 * once a day with its tag.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/capture/assets.ts.
 */
final class DGOS_Capture_Assets {

	const IMPORTS_DEEP = 5;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or of the running round.
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Forgotten_Paths */
	private $forgotten_paths;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $visit;
	/** @var array */
	private $known;
	// phpcs:enable

	/**
	 * What a round uses.
	 *
	 * @param DGOS_Capture_State   $capture_state   What was seen.
	 * @param DGOS_Forgotten_Paths $forgotten_paths What is left out.
	 * @param DGOS_Blob_Files      $blobs           Where files lie.
	 * @param DGOS_Clock           $clock           Now.
	 * @param callable             $visit           fn( url, bytes, tag ): array|WP_Error.
	 */
	public function __construct( DGOS_Capture_State $capture_state, DGOS_Forgotten_Paths $forgotten_paths, DGOS_Blob_Files $blobs, DGOS_Clock $clock, callable $visit ) {
		$this->capture_state   = $capture_state;
		$this->forgotten_paths = $forgotten_paths;
		$this->blobs           = $blobs;
		$this->clock           = $clock;
		$this->visit           = $visit;
		$this->known           = $capture_state->files();
	}

	/**
	 * URL => file; null where there was no time for all.
	 *
	 * @param array    $pages    As DGOS_Capture_State keeps them.
	 * @param callable $has_time fn(): bool.
	 */
	public function files( array $pages, callable $has_time ): ?array {
		$files = array();
		$level = array();
		foreach ( $pages as $page ) {
			$level += $page['files'];
		}
		$forgotten = $this->forgotten_paths->all();
		for ( $depth = 0; $level && $depth <= self::IMPORTS_DEEP; $depth++ ) {
			$below = array();
			foreach ( $level as $url => $kind ) {
				if ( isset( $files[ $url ] ) || count( $files ) >= DGOS_Snapshot_Limits::SNAPSHOT_FILES_MAX || DGOS_Page_Url::is_forgotten( $url, DGOS_Own_Blog::facts()['address'], $forgotten ) ) {
					continue;
				}
				if ( ! $this->is_fresh( $url ) ) {
					if ( ! $has_time() ) {
						$this->capture_state->set_files( $this->known );
						return null;
					}
					$this->known[ $url ] = $this->taken( $url, $kind );
				}
				if ( ! isset( $this->known[ $url ]['gone'] ) ) {
					$files[ $url ] = $this->known[ $url ];
					$below        += array_diff_key( $this->known[ $url ]['needs'], $files );
				}
			}
			$level = $below;
		}
		$this->capture_state->set_files( array_intersect_key( $this->known, $files ) + array_filter( $this->known, static fn ( $file ) => isset( $file['gone'] ) ) );
		return $files;
	}

	private function is_fresh( string $url ): bool {
		$file = $this->known[ $url ] ?? null;
		$now  = $this->clock->now_ms();
		if ( null === $file || $file['epoch'] !== $this->capture_state->epoch() ) {
			return false;
		}
		if ( isset( $file['gone'] ) ) {
			return $file['at'] > $now - DGOS_Capture_Round::GONE_MS;
		}
		return $file['at'] > $now - DGOS_Capture_Round::FULL_MS && null !== $this->blobs->size( $file['blob'] );
	}

	/** The file now; what was here before where it is not to be had. */
	private function taken( string $url, string $kind ): array {
		$old  = $this->known[ $url ] ?? null;
		$old  = null === $old || isset( $old['gone'] ) || null === $this->blobs->size( $old['blob'] ) ? null : $old;
		$seen = array(
			'at'    => $this->clock->now_ms(),
			'epoch' => $this->capture_state->epoch(),
		);
		$answer = ( $this->visit )( $url, DGOS_Limits::BLOB_BYTES_MAX, $old['tag'] ?? '' );
		if ( ! is_wp_error( $answer ) && 304 === $answer['status'] && null !== $old ) {
			return $seen + $old;
		}
		if ( is_wp_error( $answer ) ) {
			$bytes  = DGOS_Visitor::is_own( $url ) ? DGOS_Visitor::from_disk( $url ) : null;
			$answer = null === $bytes ? $answer : array(
				'status' => 200,
				'type'   => DGOS_Media_Type::of( '', $url, $bytes ),
				'tag'    => '',
				'body'   => $bytes,
				'url'    => $url,
			);
		}
		if ( is_wp_error( $answer ) || 200 !== $answer['status'] || ! DGOS_Media_Type::fits( $answer['type'], $kind ) ) {
			return null !== $old ? $seen + $old : $seen + array( 'gone' => true );
		}
		$css = 'style' === $kind ? DGOS_Page_Text::utf8( $answer['body'], $answer['type'], 'css' ) : '';
		return $seen + array(
			'blob'  => $this->blobs->put( $answer['body'] ),
			'type'  => 'style' === $kind && 0 !== strpos( $answer['type'], 'text/css' ) ? 'text/css' : $answer['type'],
			'bytes' => strlen( $answer['body'] ),
			'tag'   => $answer['tag'],
			'needs' => '' === $css ? array() : DGOS_Page_Files::of_css( $css, $url ),
		);
	}
}
