<?php
/**
 * What failed last: errors that nobody sees, because they happen in wakes, in cron or in an answer to another member. Heard by
 * the action `dgos_failed` ( $part, Throwable $error ).
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Keeps one, with the small values, and gives the owner words for it.
 */
final class DGOS_Failures {

	const NAME          = 'failed';
	const MESSAGE_BYTES = 200;
	const KEPT_MS       = 2592000000;
	/** A disk that fails is spoken of for so long: whatever keeps bytes meets it again at each wake. */
	const DISK_MS = 3600000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->meta  = $meta;
		$this->clock = $clock;
	}

	/** Keeps the newest. */
	public function keep( string $part, Throwable $error ): void {
		$kept = array(
			'at'      => $this->clock->now_ms(),
			'part'    => mb_strcut( $part, 0, 100 ),
			'message' => self::message( $error ),
		);
		$this->meta->set( self::NAME, $kept, self::KEPT_MS );
		if ( $error instanceof DGOS_Disk_Error ) {
			$this->meta->set( 'disk_failed', 1, self::DISK_MS );
		}
	}

	/** {at, part, message}, or null. */
	public function last(): ?array {
		$kept = $this->meta->get( self::NAME );
		return is_array( $kept ) ? $kept : null;
	}

	/** Whether the disk failed lately. */
	public function is_disk_failing(): bool {
		return null !== $this->meta->get( 'disk_failed' );
	}

	/** A copy was made: not a word about the disk until it fails again. */
	public function forgive_disk(): void {
		$this->meta->remove( 'disk_failed' );
	}

	/** What an act that failed says to the owner. */
	public static function words( Throwable $error ): string {
		if ( $error instanceof DGOS_Disk_Error ) {
			return implode( ' ', self::disk() );
		}
		/* translators: %s: an error message, in English. */
		return sprintf( __( 'That failed: %s. Try once more; if it fails again, tell whoever looks after this site. Site Health keeps the error under “Info”.', 'dgos' ), self::message( $error ) );
	}

	/** Words about the disk, and what to do. */
	public static function disk(): array {
		$folder = wp_normalize_path( (string) wp_upload_dir( null, false )['basedir'] );
		return array(
			/* translators: %s: a folder. */
			sprintf( __( 'This host cannot write to the folder for uploads (%s), where copies are kept.', 'dgos' ), str_replace( wp_normalize_path( ABSPATH ), '', $folder ) ),
			__( 'Make that folder writable for PHP, and see that the disk is not full; your host can help.', 'dgos' ),
		);
	}

	/** Where on the disk this site lies is nobody's business. */
	private static function message( Throwable $error ): string {
		return mb_strcut( str_replace( array( wp_normalize_path( ABSPATH ), ABSPATH ), '', $error->getMessage() ), 0, self::MESSAGE_BYTES );
	}
}
