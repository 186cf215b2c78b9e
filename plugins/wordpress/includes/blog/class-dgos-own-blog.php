<?php
/**
 * This site as a blog that is protected: its address, its id once its author has signed the root, and who may speak for it.
 *
 * What every page needs (id, address, members to ask) is one small option that is loaded with pages; nothing of it is secret.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Reads the ledger; enrolling is DGOS_Enrolment's.
 */
final class DGOS_Own_Blog {

	const OPTION = 'dgos_blog';
	/** Members whose word the beacon and the service worker take, at most. */
	const PINS_MAX = 7;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Keys $keys, DGOS_Meta $meta ) {
		$this->ledger = $ledger;
		$this->keys   = $keys;
		$this->meta   = $meta;
	}

	/** {id, address, network, members: list of [url, key]}; empty before enrolment. Costs no query. */
	public static function facts(): array {
		$kept = get_option( self::OPTION, array() );
		return is_array( $kept ) && isset( $kept['id'], $kept['address'], $kept['network'] ) ? $kept + array( 'members' => array() ) : array();
	}

	/** The blog's id, or null before enrolment. */
	public static function id(): ?string {
		return self::facts()['id'] ?? null;
	}

	/** Address of this site in the network's grammar; null where it has none (a port or a path that no member could name). */
	public static function address(): ?string {
		$home    = trailingslashit( home_url() );
		$address = preg_replace_callback( '#^https?://[^/]+#i', static fn ( $origin ) => strtolower( $origin[0] ), $home );
		return 1 === preg_match( DGOS_Addresses::ADDRESS, (string) $address ) ? $address : null;
	}

	/** Below a path of a host that others share: only the tag marks such a blog. */
	public static function is_path_blog(): bool {
		return DGOS_Addresses::is_path_blog( (string) self::address() );
	}

	/** Everything known of this blog; null before enrolment. */
	public function objects(): ?DGOS_Blog_Objects {
		$id = self::id();
		return null === $id || ! $this->ledger->joined() ? null : $this->ledger->blog( $id );
	}

	/** Who speaks for this blog; null before enrolment. */
	public function key_roles(): ?DGOS_Key_Roles {
		$blog = $this->objects();
		return null === $blog ? null : DGOS_Key_Roles::of( $blog );
	}

	/** Whether the key of this host may sign copies and heads of this blog now. */
	public function may_sign(): bool {
		$roles = $this->key_roles();
		return null !== $roles && ! DGOS_Roots::is_closed( $roles->chain->current ) && $roles->is_online( $this->keys->get( 'online' )->key )
			&& ! $roles->is_revoked( $this->keys->get( 'online' )->key );
	}

	/** Keeps which blog this is. */
	public function enrol( string $id, string $address ): void {
		update_option(
			self::OPTION,
			array(
				'id'      => $id,
				'address' => $address,
				'network' => $this->ledger->network()->id,
				'members' => $this->pins(),
			),
			true
		);
	}

	/** Members come and go: what pages name follows once a day. */
	public function renew(): void {
		$facts = self::facts();
		if ( $facts && $this->meta->lock( 'own_pins', DGOS_Limits::DAY_MS ) ) {
			$pins = $this->pins();
			if ( $pins && $pins !== $facts['members'] ) {
				$this->enrol( $facts['id'], $facts['address'] );
			}
		}
	}

	/** This site is no blog of the network any more: no tag, no copies. What mirrors have stays with them. */
	public function leave(): void {
		update_option( self::OPTION, array(), true );
	}

	/**
	 * Active members, one an operator, in the ranking that every member computes, as [url, key]. Not this one: when readers
	 * need others, it is gone.
	 */
	public function pins(): array {
		$roster = $this->ledger->roster();
		$self   = $roster->member_of( $this->keys->get( 'member' )->key );
		$pins   = array();
		foreach ( DGOS_Placement::ranking( $this->ledger->network()->id, $roster ) as $member ) {
			$own = null !== $self && $member->operator === $self->operator;
			if ( ! $member->passive && ! $own && ! isset( $pins[ $member->operator ] ) && count( $pins ) < self::PINS_MAX ) {
				$pins[ $member->operator ] = array( $member->url, $member->key );
			}
		}
		return array_values( $pins );
	}
}
