<?php
/**
 * Addresses of names. PHP cannot end a look-up early, and anybody may name a host whose nameserver never answers: so a name
 * that took long rests, and names that never answered here are looked up only while few of them take long. Names that have
 * answered within a month (members, blogs that are kept) are not touched by that.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Every address of a name, unjudged: that is DGOS_Safe_Fetch's.
 */
final class DGOS_Host_Addresses {

	/** A look-up that took longer has cost more than a whole wake may. */
	const SLOW_MS = 1000;
	/** How long a name rests that took long. */
	const REST_MS = 3600000;
	/** The same where it was quick before: a nameserver had a bad moment, perhaps this host's own. */
	const SHORT_REST_MS = 300000;
	/** How long a name counts as one that answers. */
	const KNOWN_MS = 2592000000;
	/** How often that is written down anew. */
	const NOTE_MS = 86400000;
	/** Slow look-ups in REST_MS of names that never answered here. */
	const STRANGERS_MAX = 5;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $ask;
	// phpcs:enable

	/**
	 * Over the small values.
	 *
	 * @param DGOS_Meta     $meta  Remembers how names did.
	 * @param DGOS_Clock    $clock Measures.
	 * @param callable|null $ask   Name => list of addresses; null for PHP's own.
	 */
	public function __construct( DGOS_Meta $meta, DGOS_Clock $clock, ?callable $ask = null ) {
		$this->meta  = $meta;
		$this->clock = $clock;
		$this->ask   = $ask ?? array( $this, 'ask_system' );
	}

	/** The addresses of a name; null where it rests and nobody was asked. */
	public function addresses( string $name ): ?array {
		$hash     = DGOS_Bytes::sha256( $name );
		$answered = $this->meta->get( 'name:' . $hash );
		if ( null !== $this->meta->get( 'rest:' . $hash ) || ( null === $answered && count( $this->slow_strangers() ) >= self::STRANGERS_MAX ) ) {
			return null;
		}
		$from  = $this->clock->running_ms();
		$found = call_user_func( $this->ask, $name );
		if ( $this->clock->running_ms() - $from > self::SLOW_MS ) {
			$this->note_slow( $hash, null === $answered );
		} elseif ( $found && (int) $answered < $this->clock->now_ms() - self::NOTE_MS ) {
			$this->meta->set( 'name:' . $hash, $this->clock->now_ms(), self::KNOWN_MS );
		}
		return $found;
	}

	private function note_slow( string $hash, bool $is_stranger ): void {
		$this->meta->set( 'rest:' . $hash, 1, $is_stranger ? self::REST_MS : self::SHORT_REST_MS );
		if ( $is_stranger ) {
			$this->meta->set( 'slow_strangers', array_merge( $this->slow_strangers(), array( $this->clock->now_ms() ) ), self::REST_MS );
		}
	}

	/** When strangers' names took long lately. */
	private function slow_strangers(): array {
		$now = $this->clock->now_ms();
		return array_values( array_filter( (array) $this->meta->get( 'slow_strangers', array() ), static fn ( $at ) => $at > $now - self::REST_MS && $at <= $now ) );
	}

	/** As this host's resolver knows them. Whoever did not answer in time about IPv4 is not asked about IPv6. */
	private function ask_system( string $name ): array {
		$from  = $this->clock->running_ms();
		$found = gethostbynamel( $name );
		if ( is_array( $found ) && $found ) {
			return $found;
		}
		if ( ! function_exists( 'dns_get_record' ) || $this->clock->running_ms() - $from > self::SLOW_MS ) {
			return array();
		}
		$records = @dns_get_record( $name, DNS_AAAA ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- A name without addresses is an answer.
		return array_column( is_array( $records ) ? $records : array(), 'ipv6' );
	}
}
