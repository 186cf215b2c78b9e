<?php
/**
 * Inert copies of pages, kept as files: reading and rebuilding a page takes tenths of a second, and under an outage many
 * ask for the same one. Named by a hash of all that the copy depends on, so that none is ever stale.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * A folder that web servers do not show, beside the blobs. Losing it loses nothing.
 *
 * phpcs:disable WordPress.WP.AlternativeFunctions -- As DGOS_Blob_Files.
 */
final class DGOS_Copy_Cache {

	/** Seconds that an unused copy is kept. */
	const KEPT_S = 86400;
	/** Copies kept, and the longest that is: 96 MiB together at most. */
	const FILES_MAX = 48;
	const BYTES_MAX = 2097152;

	/** The folder, without final slash. @var string */
	private $folder;

	/** Whether one more may be made for who asks: fn(): bool. @var callable */
	private $may_make;

	/**
	 * Below the folder of the blobs.
	 *
	 * @param string   $blob_folder Its path.
	 * @param callable $may_make    fn(): bool, asked before something is made: whoever cycles through all pages of all blogs would
	 *                              else have each made anew, each time.
	 */
	public function __construct( string $blob_folder, callable $may_make ) {
		$this->folder   = rtrim( $blob_folder, '/' ) . '/v1/copies';
		$this->may_make = $may_make;
	}

	/** What was made of the same before, or what `$make` makes now. Nothing (null), also where nothing may be made, is not kept. */
	public function remember( array $about, callable $make ): ?string {
		$path = $this->folder . '/' . hash( 'sha256', (string) json_encode( $about ) );
		$kept = is_file( $path ) ? file_get_contents( $path ) : false;
		// The hash in front tells of a file that was half written, or changed by somebody.
		if ( false !== $kept && hash( 'sha256', substr( $kept, 64 ) ) === substr( $kept, 0, 64 ) ) {
			return substr( $kept, 64 );
		}
		$made = call_user_func( $this->may_make ) ? $make() : null;
		if ( null !== $made && strlen( $made ) <= self::BYTES_MAX && $this->is_ready() ) {
			$this->sweep();
			file_put_contents( $path, hash( 'sha256', $made ) . $made, LOCK_EX );
		}
		return $made;
	}

	/** Without a folder every page is made anew: slower, no worse. Blobs make their folder, and what guards it. */
	private function is_ready(): bool {
		return is_dir( $this->folder ) || ( is_dir( dirname( $this->folder ) ) && mkdir( $this->folder, 0750 ) );
	}

	/** Room for one more: the oldest go. */
	private function sweep(): void {
		$times = array();
		$files = glob( $this->folder . '/*' );
		foreach ( false === $files ? array() : $files as $path ) {
			$times[ $path ] = (int) filemtime( $path );
		}
		arsort( $times );
		foreach ( array_keys( $times ) as $i => $path ) {
			if ( $i >= self::FILES_MAX - 1 || time() - $times[ $path ] > self::KEPT_S ) {
				unlink( $path );
			}
		}
	}
}
