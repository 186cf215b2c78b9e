<?php
/**
 * Whose word this site's beacon takes: the members of the network that this site has joined, or those of a tag that its
 * owner has pasted. One small option that is loaded with pages; nothing of it is secret.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Pins are {network, members: list of [url, key]}. Nobody is contacted here.
 */
final class DGOS_Beacon_Pins {

	const OPTION = 'dgos_beacon';
	/** As embed-beacon/tag.ts reads them. */
	const PIN     = '#^(https?://[a-z0-9.:-]+/[\w.~/-]*)=([0-9a-f]{64})$#D';
	const NETWORK = '/^[0-9a-f]{64}$/D';
	const MIN     = 2;
	const MAX     = 16;
	/** A tag has about two thousand bytes. */
	const TEXT_BYTES = 16384;

	/** What is asked: those of the joined network, else those that the owner chose; "joined" and "chosen" mean one of them alone. */
	public static function of( string $which = '' ): ?array {
		$kept = self::kept();
		foreach ( in_array( $which, array( 'joined', 'chosen' ), true ) ? array( $which ) : array( 'joined', 'chosen' ) as $choice ) {
			$pins = $kept[ $choice ] ?? null;
			if ( is_array( $pins ) && isset( $pins['network'], $pins['members'] ) && count( $pins['members'] ) >= self::MIN ) {
				return $pins;
			}
		}
		return null;
	}

	/** The attribute `data-members`. */
	public static function text( array $pins ): string {
		return implode( ',', array_map( static fn ( $pin ) => "$pin[0]=$pin[1]", $pins['members'] ) );
	}

	/** The members of the joined network as they are now. */
	public static function renew( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog ): void {
		if ( ! $ledger->joined() ) {
			return;
		}
		$members = $own_blog->pins();
		if ( count( $members ) >= self::MIN ) {
			$network = $ledger->network()->id;
			self::keep( array( 'joined' => compact( 'network', 'members' ) ) );
		}
	}

	/** At most once a day, as it reads the roster. */
	public static function renew_daily( DGOS_Meta $meta, DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog ): void {
		if ( $meta->lock( 'beacon_pins', DGOS_Limits::DAY_MS ) ) {
			self::renew( $ledger, $own_blog );
		}
	}

	/** Takes the pins of a tag as a member's page /beacon makes it; an empty text takes the chosen ones away. False where it is no tag. */
	public static function choose( string $tag ): bool {
		$pins = '' === trim( $tag ) ? null : self::read( $tag );
		if ( null === $pins && '' !== trim( $tag ) ) {
			return false;
		}
		self::keep( array( 'chosen' => $pins ) );
		return true;
	}

	/** The pins that a tag names; null where it names no network and two members. */
	public static function read( string $tag ): ?array {
		if ( strlen( $tag ) > self::TEXT_BYTES || 1 !== preg_match( '/\bdata-network\s*=\s*["\']?([0-9a-f]{64})\b/', $tag, $network )
			|| 1 !== preg_match( '/\bdata-members\s*=\s*(?:"([^"]*)"|\'([^\']*)\')/', $tag, $named ) ) {
			return null;
		}
		$members = array();
		foreach ( explode( ',', html_entity_decode( '' === $named[1] ? $named[2] ?? '' : $named[1], ENT_QUOTES, 'UTF-8' ) ) as $text ) {
			if ( 1 !== preg_match( self::PIN, trim( $text ), $pin ) ) {
				return null;
			}
			$members[ $pin[2] ] = array( $pin[1], $pin[2] );
		}
		if ( count( $members ) < self::MIN || count( $members ) > self::MAX ) {
			return null;
		}
		return array(
			'network' => $network[1],
			'members' => array_values( $members ),
		);
	}

	/** Whether the owner wants the worker on this blog. On unless switched off. */
	public static function wants_worker(): bool {
		return false !== ( self::kept()['worker'] ?? true );
	}

	/** Switches the worker on or off. */
	public static function set_worker( bool $wanted ): void {
		self::keep( array( 'worker' => $wanted ) );
	}

	private static function kept(): array {
		$kept = get_option( self::OPTION, array() );
		return is_array( $kept ) ? $kept : array();
	}

	private static function keep( array $change ): void {
		$next = array_filter( array_merge( self::kept(), $change ), static fn ( $choice ) => null !== $choice );
		if ( self::kept() !== $next ) {
			update_option( self::OPTION, $next, true );
		}
	}
}
