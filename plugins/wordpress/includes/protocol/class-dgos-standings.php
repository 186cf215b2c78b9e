<?php
/**
 * What vouchers amount to: the standing of members and operators.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Reads vouchers once, in order of (time, id).
 */
final class DGOS_Standings {

	/**
	 * Founding operators: key => true.
	 *
	 * @var array<string, bool>
	 */
	private $founding;

	/**
	 * Since when an operator has had full standing.
	 *
	 * @var array<string, int>
	 */
	private $since = array();

	/**
	 * Operators whose vouchers brought an operator in, first its inviter.
	 *
	 * @var array<string, string[]>
	 */
	private $inviters = array();

	/**
	 * Times of the vouchers that an operator gave lately.
	 *
	 * @var array<string, int[]>
	 */
	private $given = array();

	/**
	 * "member operator" => {full, since, vouchers}.
	 *
	 * @var array<string, stdClass>
	 */
	private $standings = array();

	/**
	 * The standings that follow.
	 *
	 * @param stdClass[] $vouchers In order of (time, id).
	 * @param string[]   $founding Keys of the founding operators.
	 */
	public static function of( array $vouchers, array $founding ): DGOS_Standings {
		$standings           = new self();
		$standings->founding = array_fill_keys( $founding, true );
		$standings->since    = array_fill_keys( $founding, 0 );
		$standings->inviters = array_fill_keys( $founding, array() );
		foreach ( $vouchers as $voucher ) {
			$standings->hear( $voucher );
		}
		return $standings;
	}

	/** {full, since, vouchers} of a member under an operator, or null. */
	public function of_member( string $member, string $operator ): ?stdClass {
		return $this->standings[ $member . ' ' . $operator ] ?? null;
	}

	/** The inviters of an operator; empty for founders, null for guests. */
	public function inviters_of( string $operator ): ?array {
		return $this->inviters[ $operator ] ?? null;
	}

	private function hear( stdClass $voucher ): void {
		$key      = $voucher->payload->key;
		$operator = $voucher->payload->operator;
		$time     = $voucher->payload->time;
		$itself   = $key === $operator && isset( $this->since[ $operator ] ) && $this->since[ $operator ] <= $time;
		if ( ! $itself && ! $this->may_vouch( $key, $time ) ) {
			return;
		}
		$name   = $voucher->payload->invited . ' ' . $operator;
		$before = $this->standings[ $name ] ?? null;
		$heard  = null === $before ? array() : $before->vouchers;
		foreach ( $heard as $object ) {
			if ( $object->payload->key === $key ) {
				return;
			}
		}
		$lately = array_filter( $this->given[ $key ] ?? array(), static fn ( $given_at ) => $given_at > $time - DGOS_Limits::VOUCHER_AGE_MS );
		if ( count( $lately ) >= $this->most( $key ) ) {
			return;
		}
		$this->given[ $key ] = array_merge( $lately, array( $time ) );

		$counted = array_merge( $heard, array( $voucher ) );
		$was     = null !== $before && $before->full;
		$full    = $was || $itself || count( $counted ) >= min( 2, $this->able( $operator, $time ) );

		$this->standings[ $name ] = (object) array(
			'full'     => $full,
			'since'    => $was ? $before->since : $time,
			'vouchers' => $counted,
		);
		if ( $full && ! isset( $this->since[ $operator ] ) ) {
			$this->since[ $operator ]    = $time;
			$this->inviters[ $operator ] = array_map( static fn ( $object ) => $object->payload->key, $counted );
		}
	}

	/** Vouchers that count of this operator in 30 days: a founder's are more while the network is small. */
	private function most( string $key ): int {
		$is_small = count( $this->since ) < DGOS_Limits::SMALL_NETWORK_OPERATORS;
		return isset( $this->founding[ $key ] ) && $is_small ? DGOS_Limits::FOUNDER_VOUCHERS_PER_MONTH : DGOS_Limits::VOUCHERS_PER_MONTH;
	}

	private function may_vouch( string $key, int $time ): bool {
		return isset( $this->since[ $key ] )
			&& ( isset( $this->founding[ $key ] ) || $time >= $this->since[ $key ] + DGOS_Limits::VOUCHER_AGE_MS );
	}

	/** Operators but this one that could vouch at that time. */
	private function able( string $operator, int $time ): int {
		$able = 0;
		foreach ( array_keys( $this->since ) as $other ) {
			if ( $other !== $operator && $this->may_vouch( $other, $time ) ) {
				++$able;
			}
		}
		return $able;
	}
}
