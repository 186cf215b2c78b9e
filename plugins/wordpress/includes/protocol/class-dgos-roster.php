<?php
/**
 * The members as everyone computes them from the network's objects. DGOS_Membership has the rules.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * A member is a stdClass {id, key, name, url, contentUrl, operator, passive, weight, region, block, inviters, placement,
 * standing ('full' or 'guest'), since, expires, leaving, record}.
 */
final class DGOS_Roster {

	/**
	 * The network object.
	 *
	 * @var stdClass
	 */
	public $network;

	/**
	 * Unexpired members that are not leaving, in order of id.
	 *
	 * @var stdClass[]
	 */
	public $members;

	/**
	 * Keys of operators of full standing.
	 *
	 * @var string[]
	 */
	public $operators;

	/**
	 * Members by every key they have or had.
	 *
	 * @var array<string, stdClass>
	 */
	private $by_key;

	/** See DGOS_Membership::roster_of(). */
	public function __construct( stdClass $network, array $members, array $operators, array $by_key ) {
		$this->network   = $network;
		$this->members   = $members;
		$this->operators = $operators;
		$this->by_key    = $by_key;
	}

	/** The member that has or had this key, expired ones included; null for strangers. */
	public function member_of( string $key ): ?stdClass {
		return $this->by_key[ $key ] ?? null;
	}
}
