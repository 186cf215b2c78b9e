<?php
/**
 * Whether this host's clock is right: what other members say the time is, and whether it has been set back. A member with a
 * wrong clock signs words that nobody takes, and its owner must hear so.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept with the small values. One host's word is nothing: others may be wrong too.
 */
final class DGOS_Clock_Check {

	const SAID = 'clock_said';
	/** Nearer than this is right: answers take their time, and members forgive twice as much. */
	const WRONG_MS = 300000;
	/** What differs by less is the same word. */
	const STEP_MS = 60000;
	/** Hosts that are remembered, each anew after an hour, for a day. */
	const HOSTS_MAX = 16;
	const HOSTS_MIN = 2;
	const ANEW_MS   = 3600000;
	const DAY_MS    = 86400000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the small values. */
	public function __construct( DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->meta  = $meta;
		$this->clock = $clock;
	}

	/**
	 * What time another host says it is.
	 *
	 * @param string $url  Where it was asked.
	 * @param string $date Its header `date`.
	 */
	public function heard( string $url, string $date ): void {
		$at   = strtotime( substr( $date, 0, 64 ) );
		$host = substr( DGOS_Bytes::sha256( (string) wp_parse_url( $url, PHP_URL_HOST ) . wp_parse_url( $url, PHP_URL_PORT ) ), 0, 16 );
		$now  = $this->clock->now_ms();
		if ( false === $at ) {
			return;
		}
		$off   = $now - 1000 * $at;
		$said  = (array) $this->meta->get( self::SAID, array() );
		$known = $said[ $host ] ?? null;
		if ( null !== $known && abs( $known[0] - $off ) < self::STEP_MS && abs( $now - $known[1] ) < self::ANEW_MS ) {
			return;
		}
		unset( $said[ $host ] );
		$said = array_slice( array( $host => array( $off, $now ) ) + $said, 0, self::HOSTS_MAX, true );
		$this->meta->set( self::SAID, $said, self::DAY_MS );
	}

	/** How far this clock is ahead (below zero: behind) of the middle of what others say; 0 where it is right, or too few said something. */
	public function off_ms(): int {
		$now  = $this->clock->now_ms();
		$said = array_filter( (array) $this->meta->get( self::SAID, array() ), static fn ( $word ) => abs( $now - $word[1] ) < self::DAY_MS );
		$offs = array_column( $said, 0 );
		sort( $offs );
		$middle = count( $offs ) < self::HOSTS_MIN ? 0 : $offs[ intdiv( count( $offs ) - 1, 2 ) ];
		return abs( $middle ) > self::WRONG_MS ? $middle : 0;
	}

	/** {words, next} for the owner; null where nothing is to be said. */
	public function words(): ?array {
		$off  = $this->off_ms();
		$back = $this->meta->set_back_ms();
		if ( 0 !== $off ) {
			/* translators: %s: time span such as "2 hours". */
			$words = $off > 0 ? __( 'The clock of this server is ahead by %s: other members do not take what it signs before that time has come.', 'dgos' ) : __( 'The clock of this server is behind by %s: other members take what it signs for old.', 'dgos' );
			return array(
				'words' => sprintf( $words, self::span( $off ) ),
				'next'  => __( 'Have your host set the clock by a time server; nothing else is to be done here.', 'dgos' ),
			);
		}
		return null === $back ? null : array(
			/* translators: %s: time span such as "2 hours". */
			'words' => sprintf( __( 'The clock of this server was ahead by %s, and has been set back.', 'dgos' ), self::span( $back ) ),
			'next'  => __( 'This site has gone on with its work. If you did not set the clock yourself, ask your host to keep it by a time server.', 'dgos' ),
		);
	}

	private static function span( int $ms ): string {
		return human_time_diff( 0, intdiv( abs( $ms ), 1000 ) );
	}
}
