<?php
/**
 * What the last looks at this blog have found, between two requests: pages and files by their hash, what is due, what failed.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Small values in the member's own table.
 */
final class DGOS_Capture_State {

	/**
	 * Small values.
	 *
	 * @var DGOS_Meta
	 */
	private $meta;

	/** Over the small values. */
	public function __construct( DGOS_Meta $meta ) {
		$this->meta = $meta;
	}

	/** Path => {url, blob, type, bytes, stamp, at, post, title, language, files, article}. */
	public function pages(): array {
		return (array) $this->meta->get( 'copy:pages', array() );
	}

	/** Keeps them. */
	public function set_pages( array $pages ): void {
		$this->meta->set( 'copy:pages', $pages );
	}

	/** URL => {blob, type, bytes, tag, at, epoch, needs}, or {gone, at, epoch}. */
	public function files(): array {
		return (array) $this->meta->get( 'copy:files', array() );
	}

	/** Keeps them. */
	public function set_files( array $files ): void {
		$this->meta->set( 'copy:files', $files );
	}

	/** {url, blob, type, bytes, stamp, at}, or empty. */
	public function feed(): array {
		return (array) $this->meta->get( 'copy:feed', array() );
	}

	/** Keeps it. */
	public function set_feed( array $feed ): void {
		$this->meta->set( 'copy:feed', $feed );
	}

	/** Path => number of the post that was copied from there; kept as long as mirrors keep old copies. */
	public function paths(): array {
		return (array) $this->meta->get( 'copy:paths', array() );
	}

	/** Remembers what lay where. */
	public function add_path( string $path, int $post ): void {
		if ( $post > 0 ) {
			$paths          = $this->paths();
			$paths[ $path ] = $post;
			$this->meta->set( 'copy:paths', array_slice( $paths, -1000, null, true ) );
		}
	}

	/** Changes with everything that changes every page. */
	public function epoch(): string {
		return (string) $this->meta->get( 'copy:epoch', '' );
	}

	/** Every page is to be asked for again. */
	public function turn_epoch(): void {
		$this->meta->set( 'copy:epoch', bin2hex( random_bytes( 8 ) ) );
		$this->set_due();
	}

	/** A look is due now. */
	public function set_due(): void {
		$this->meta->remove( 'copy:looked' );
	}

	/** Whether something is to be done. */
	public function is_due(): bool {
		return null === $this->meta->get( 'copy:looked' );
	}

	/** The next look is due then, unless something changes. */
	public function looked( int $again_ms ): void {
		$this->meta->set( 'copy:looked', 1, $again_ms );
	}

	/** {code, detail, at} of what kept the last round from its end, or null. */
	public function trouble(): ?array {
		$kept = $this->meta->get( 'copy:trouble' );
		return is_array( $kept ) ? $kept : null;
	}

	/** Keeps or forgets the trouble. */
	public function set_trouble( ?string $code, string $detail = '', int $at_ms = 0 ): void {
		if ( null === $code ) {
			$this->meta->remove( 'copy:trouble' );
			return;
		}
		$this->meta->set(
			'copy:trouble',
			array(
				'code'   => $code,
				'detail' => substr( $detail, 0, 300 ),
				'at'     => $at_ms,
			)
		);
	}

	/** Pages that are put aside: path => {reason, since, last, url}. The front page first. */
	public function asides(): array {
		return (array) $this->meta->get( 'copy:aside', array() );
	}

	/** Puts a page aside, or (null) no longer. The same reason goes on from when it began. */
	public function put_aside( string $path, ?string $reason, string $url, int $at_ms ): void {
		$asides = $this->asides();
		$before = $asides[ $path ] ?? null;
		unset( $asides[ $path ] );
		if ( null !== $reason ) {
			$aside = array(
				'reason' => substr( $reason, 0, 60 ),
				'since'  => null !== $before && $before['reason'] === $reason ? $before['since'] : $at_ms,
				'last'   => $at_ms,
				'url'    => substr( $url, 0, 300 ),
			);
			$asides = '/' === $path ? array( $path => $aside ) + $asides : $asides + array( $path => $aside );
		}
		$this->meta->set( 'copy:aside', $asides );
	}

	/** Forgets what was put aside of pages that are no longer wanted. */
	public function keep_asides( array $paths ): void {
		$asides = $this->asides();
		$kept   = array_intersect_key( $asides, array_flip( $paths ) );
		if ( count( $kept ) < count( $asides ) ) {
			$this->meta->set( 'copy:aside', $kept );
		}
	}

	/** Hashes of bytes that no snapshot names yet. */
	public function blobs(): array {
		return array_values( array_filter( array_merge( array_column( $this->pages(), 'blob' ), array_column( $this->files(), 'blob' ), array( $this->feed()['blob'] ?? null ) ) ) );
	}

	/** Before the first copy of another enrolment. */
	public function clear(): void {
		foreach ( array( 'pages', 'files', 'feed', 'paths', 'epoch', 'looked', 'trouble', 'aside' ) as $name ) {
			$this->meta->remove( 'copy:' . $name );
		}
	}
}
