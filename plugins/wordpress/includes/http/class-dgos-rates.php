<?php
/**
 * How much one sender may ask: a bucket of tokens each, refilled evenly over a minute. Addresses are cut (IPv4 /24,
 * IPv6 /48) and hashed with this site's salt before they are kept, so that the table names no person.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept with the small values, a minute long.
 */
final class DGOS_Rates {

	const MINUTE_MS = 60000;

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
	 * Milliseconds to wait before this is allowed; 0: allowed, and counted.
	 *
	 * @param string $sender     An address, a key.
	 * @param int    $per_minute How much.
	 * @param int    $cost       Of it.
	 * @param string $what       Is counted: each has buckets of its own.
	 */
	public function take( string $sender, int $per_minute, int $cost = 1, string $what = 'rate' ): int {
		if ( $cost < 1 ) {
			return 0;
		}
		$name   = $what . ':' . $per_minute . ':' . substr( hash_hmac( 'sha256', self::truncated( $sender ), wp_salt( 'nonce' ) ), 0, 32 );
		$now    = $this->clock->now_ms();
		$bucket = $this->meta->get( $name, array( $per_minute * 1000, $now ) );
		if ( $bucket[1] > $now ) {
			$bucket = array( $per_minute * 1000, $now ); // Of a clock that was ahead.
		}
		// Thousandths of tokens, so that no number has a point.
		$tokens = min( $per_minute * 1000, $bucket[0] + intdiv( max( 0, $now - $bucket[1] ) * $per_minute, 60 ) );
		if ( $tokens < $cost * 1000 ) {
			return (int) ceil( ( $cost * 1000 - $tokens ) * 60 / $per_minute );
		}
		$this->meta->set( $name, array( $tokens - $cost * 1000, $now ), self::MINUTE_MS );
		return 0;
	}

	/** The wide part of an address, which one owner holds more seldom (IPv4 /16, IPv6 /32), hashed; '' where it is none. */
	public static function block( string $sender ): string {
		$near = self::truncated( $sender );
		return $near === $sender ? '' : substr( hash_hmac( 'sha256', substr( $near, 0, 6 === strlen( $near ) ? 4 : 8 ), wp_salt( 'nonce' ) ), 0, 16 );
	}

	/** The network part of an address; keys and other names stay whole. */
	public static function truncated( string $sender ): string {
		$bytes = false === filter_var( $sender, FILTER_VALIDATE_IP ) ? false : inet_pton( $sender );
		if ( false === $bytes ) {
			return $sender;
		}
		if ( 16 === strlen( $bytes ) && 0 === strncmp( $bytes, str_repeat( "\0", 10 ) . "\xff\xff", 12 ) ) {
			$bytes = substr( $bytes, 12 );
		}
		return bin2hex( substr( $bytes, 0, 4 === strlen( $bytes ) ? 3 : 6 ) );
	}
}
