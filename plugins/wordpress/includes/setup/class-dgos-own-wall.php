<?php
/**
 * Whether a wall keeps this blog's guards out: they say it to each other, so one of the mirrors is asked. Only what kind of
 * wall and how many is taken from it; how guards are let in is known here.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/status/shown-wall.ts, seen from the other side.
 */
final class DGOS_Own_Wall {

	const ASK_MS  = 600000;
	const KEPT_MS = 7200000;
	const SEEN    = 'own_wall';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Peers */
	private $peers;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Blog_Mirrors $blog_mirrors, DGOS_Peers $peers, DGOS_Meta $meta ) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->peers        = $peers;
		$this->meta         = $meta;
	}

	/** Asks a mirror now and then. */
	public function tick(): void {
		$blog    = DGOS_Own_Blog::id();
		$mirrors = null === $blog ? array() : $this->blog_mirrors->mirrors_of( $blog );
		if ( ! $mirrors || ! $this->meta->lock( 'own_wall_asked', DGOS_Wake_Pace::paced( self::ASK_MS ) ) ) {
			return;
		}
		shuffle( $mirrors );
		$member = $this->ledger->roster()->member_of( $mirrors[0] );
		$facts  = null === $member ? null : $this->peers->get( $member->url, 'dgos/v1/blogs/' . $blog );
		if ( ! $facts instanceof stdClass || ! property_exists( $facts, 'wall' ) ) {
			return;
		}
		$this->take( $facts->wall );
	}

	/** {wall (as DGOS_Walls::of), watchers, of, speaks} while most guards cannot see this blog, else null. */
	public function seen(): ?array {
		$seen = $this->meta->get( self::SEEN );
		$wall = is_array( $seen ) ? DGOS_Walls::of( (string) $seen['reason'] ) : null;
		return null === $wall ? null : array( 'wall' => $wall ) + $seen;
	}

	/**
	 * What a mirror has said.
	 *
	 * @param mixed $said Of another host.
	 */
	private function take( $said ): void {
		if ( true !== DGOS_Bytes::field( $said, 'blinds' ) || ! is_string( DGOS_Bytes::field( $said, 'reason' ) ) ) {
			$this->meta->remove( self::SEEN );
			return;
		}
		$seen = array(
			'reason'   => substr( $said->reason, 0, 40 ),
			'watchers' => (int) DGOS_Bytes::field( $said, 'watchers' ),
			'of'       => (int) DGOS_Bytes::field( $said, 'of' ),
			'speaks'   => true === DGOS_Bytes::field( $said, 'speaks' ),
		);
		$this->meta->set( self::SEEN, $seen, self::KEPT_MS );
	}
}
