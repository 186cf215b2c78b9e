<?php
/**
 * Bytes named by their SHA-256, as files: `<folder>/v1/<first two digits>/<hash>`.
 *
 * Written to `v1/tmp`, synced where PHP can, renamed. Hashed again on every read: what the disk damaged is removed and
 * answered as absent, so that the caller fetches it from another mirror. Names have no extension and the folder says that
 * nothing in it is to be run or listed: a web server can show a blob at worst, never execute it.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Strangers' bytes on this host's disk. Throws DGOS_Disk_Error where the disk fails.
 *
 * phpcs:disable WordPress.WP.AlternativeFunctions -- WP_Filesystem may ask for FTP passwords and cannot rename safely.
 */
final class DGOS_Blob_Files {

	/** Longer than any write of one blob takes: older temporary files are of a process that died. */
	const LEFTOVER_S = 3600;
	/** What is in memory of bytes that come. */
	const PART_BYTES = 65536;

	/**
	 * Gives the folder.
	 *
	 * @var Closure
	 */
	private $folder;

	/**
	 * The folder, without final slash, once it was asked for.
	 *
	 * @var string|null
	 */
	private $root = null;

	/**
	 * The folder need not exist.
	 *
	 * @param string|Closure $folder Its path, or what gives it: nobody asks for the path before a blob is read or kept.
	 */
	public function __construct( $folder ) {
		$this->folder = $folder instanceof Closure ? $folder : static fn () => $folder;
	}

	/** Keeps the bytes and returns their hash. The same bytes again are no error, and heal a damaged copy. */
	public function put( string $bytes ): string {
		$hash = DGOS_Bytes::sha256( $bytes );
		if ( null !== $this->get( $hash ) ) {
			return $hash;
		}
		$this->prepare();
		$temporary = $this->root() . '/tmp/' . bin2hex( random_bytes( 16 ) );
		$path      = $this->path_of( $hash );
		$this->make_folder( dirname( $path ) );
		if ( ! $this->write( $temporary, $bytes ) || ! @rename( $temporary, $path ) ) { // phpcs:ignore WordPress.PHP.NoSilencedErrors -- The failure is thrown.
			@unlink( $temporary ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- A full disk must not fill further with halves.
			throw new DGOS_Disk_Error( 'a blob could not be written' );
		}
		return $hash;
	}

	/**
	 * Bytes as they come, in a temporary file: no more than these many and one, however many there are, and few of them in memory.
	 * Either keep() or drop() follows.
	 *
	 * @param resource|false $stream Is closed.
	 * @param int            $max    Bytes.
	 * @return stdClass {path, bytes, hash, beginning: the first 64 bytes}.
	 */
	public function receive( $stream, int $max ): stdClass {
		$this->prepare();
		$path  = $this->root() . '/tmp/' . bin2hex( random_bytes( 16 ) );
		$file  = @fopen( $path, 'xb' ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- The failure is thrown.
		$hash  = hash_init( 'sha256' );
		$came  = (object) array(
			'path'      => $path,
			'bytes'     => 0,
			'hash'      => '',
			'beginning' => '',
		);
		$whole = false !== $file;
		while ( $whole && false !== $stream && $came->bytes <= $max && ! feof( $stream ) ) {
			$part = (string) fread( $stream, min( self::PART_BYTES, $max + 1 - $came->bytes ) );
			if ( '' === $part ) {
				break;
			}
			hash_update( $hash, $part );
			$came->beginning .= substr( $part, 0, max( 0, 64 - strlen( $came->beginning ) ) );
			$came->bytes     += strlen( $part );
			$whole            = fwrite( $file, $part ) === strlen( $part );
		}
		if ( false !== $stream ) {
			fclose( $stream );
		}
		$whole      = $whole && fflush( $file ) && ( ! function_exists( 'fsync' ) || fsync( $file ) );
		$came->hash = hash_final( $hash );
		if ( ( false !== $file && ! fclose( $file ) ) || ! $whole ) {
			$this->drop( $came );
			throw new DGOS_Disk_Error( 'a blob could not be written' );
		}
		return $came;
	}

	/** Keeps received bytes under their hash. A damaged copy is healed. */
	public function keep( stdClass $came ): void {
		$path = $this->path_of( $came->hash );
		$this->make_folder( dirname( $path ) );
		if ( ! @rename( $came->path, $path ) ) { // phpcs:ignore WordPress.PHP.NoSilencedErrors -- The failure is thrown.
			$this->drop( $came );
			throw new DGOS_Disk_Error( 'a blob could not be written' );
		}
	}

	/** Forgets received bytes. */
	public function drop( stdClass $came ): void {
		@unlink( $came->path ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- It may not be there.
	}

	/** The bytes, or null where they are not kept or no longer match their name. */
	public function get( string $hash ): ?string {
		$path  = $this->path_of( $hash );
		$bytes = is_file( $path ) ? file_get_contents( $path ) : false;
		if ( false === $bytes ) {
			return null;
		}
		if ( DGOS_Bytes::sha256( $bytes ) !== $hash ) {
			$this->remove( $hash );
			return null;
		}
		return $bytes;
	}

	/** Bytes kept under the name, unread, or null. */
	public function size( string $hash ): ?int {
		$path = $this->path_of( $hash );
		clearstatcache( true, $path );
		return is_file( $path ) ? (int) filesize( $path ) : null;
	}

	/** Forgetting what is not kept is no error. */
	public function remove( string $hash ): void {
		$path = $this->path_of( $hash );
		if ( is_file( $path ) && ! unlink( $path ) ) {
			throw new DGOS_Disk_Error( 'a blob could not be removed' );
		}
	}

	/** Hash => bytes of everything kept. */
	public function all(): Generator {
		foreach ( is_dir( $this->root() ) ? scandir( $this->root() ) : array() as $shard ) {
			if ( 1 !== preg_match( '/^[0-9a-f]{2}$/D', $shard ) ) {
				continue;
			}
			foreach ( scandir( $this->root() . '/' . $shard ) as $hash ) {
				$size = DGOS_Bytes::is_hash( $hash ) ? $this->size( $hash ) : null;
				if ( null !== $size ) {
					yield $hash => $size;
				}
			}
		}
	}

	/** A name that is no hash must not become a path. */
	private function path_of( string $hash ): string {
		if ( ! DGOS_Bytes::is_hash( $hash ) ) {
			throw new InvalidArgumentException( 'not a SHA-256 in hex' );
		}
		return $this->root() . '/' . substr( $hash, 0, 2 ) . '/' . $hash;
	}

	/** The folders, words to web servers, and an end to what a dead process left half written. */
	private function prepare(): void {
		$this->make_folder( $this->root() . '/tmp' );
		$notes = array(
			'.htaccess'  => "Options -Indexes -ExecCGI\nRemoveHandler .php .phtml .phar\n<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n<IfModule !mod_authz_core.c>\nDeny from all\n</IfModule>\n",
			'web.config' => "<configuration><system.webServer><authorization><deny users=\"*\" /></authorization></system.webServer></configuration>\n",
			'index.html' => '',
		);
		foreach ( $notes as $name => $text ) {
			if ( ! is_file( $this->root() . '/' . $name ) ) {
				file_put_contents( $this->root() . '/' . $name, $text );
			}
		}
		foreach ( scandir( $this->root() . '/tmp' ) as $name ) {
			$path = $this->root() . '/tmp/' . $name;
			if ( is_file( $path ) && time() - filemtime( $path ) > self::LEFTOVER_S ) {
				unlink( $path );
			}
		}
	}

	private function make_folder( string $path ): void {
		if ( ! is_dir( $path ) && ! @mkdir( $path, 0750, true ) && ! is_dir( $path ) ) { // phpcs:ignore WordPress.PHP.NoSilencedErrors -- Another request may have made it meanwhile.
			throw new DGOS_Disk_Error( 'a folder for blobs could not be made' );
		}
	}

	private function write( string $path, string $bytes ): bool {
		$file = @fopen( $path, 'xb' ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- The failure is thrown by the caller.
		if ( false === $file ) {
			return false;
		}
		$written = fwrite( $file, $bytes ) === strlen( $bytes ) && fflush( $file ) && ( ! function_exists( 'fsync' ) || fsync( $file ) );
		return fclose( $file ) && $written;
	}

	/** Below it lie the blobs of this version of the format. */
	private function root(): string {
		if ( null === $this->root ) {
			$this->root = rtrim( (string) call_user_func( $this->folder ), '/' ) . '/v1';
		}
		return $this->root;
	}
}
