<?php
/**
 * Joining a network through a member's invitation, and the record of this member: a passive one, renewed before it runs
 * out and wherever its settings or vouchers change.
 *
 *   ask( link ) -> the inviter's network is pinned, a request is left there -> its operator vouches -> finish()
 *
 * Nothing is contacted before ask(). A voucher that the inviter pushes here is as good as one that is fetched.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/membership.ts and server/cli/join.ts.
 */
final class DGOS_Membership_Record {

	/** A record is renewed when it has less than this left: two weeks to notice that renewing fails. */
	const RENEW_BEFORE_MS = 1209600000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Object_Store */
	private $object_store;
	/** @var DGOS_Peers */
	private $peers;
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Object_Store $object_store,
		DGOS_Peers $peers,
		DGOS_Safe_Fetch $safe_fetch,
		DGOS_Settings $settings,
		DGOS_Keys $keys,
		DGOS_Clock $clock
	) {
		$this->ledger       = $ledger;
		$this->object_store = $object_store;
		$this->peers        = $peers;
		$this->safe_fetch   = $safe_fetch;
		$this->settings     = $settings;
		$this->keys         = $keys;
		$this->clock        = $clock;
	}

	/**
	 * Asks the member of an invitation link to vouch for this one: `https://member/`, perhaps with `#<network id>.<line that vouches>`.
	 *
	 * @param string $link As it was given.
	 * @return true|WP_Error
	 */
	public function ask( string $link ) {
		list( $url, $pin, $line ) = self::read_link( $link );
		$answer                   = $this->safe_fetch->get( $url . 'dgos/v1/members' );
		if ( is_wp_error( $answer ) || 200 !== $answer['status'] ) {
			return new WP_Error( 'UNREACHABLE', __( 'That member does not answer. Check the link, or ask whether its server runs.', 'dgos' ) );
		}
		$found   = DGOS_Json::read( $answer['body'] );
		$network = DGOS_Envelope::open( DGOS_Bytes::field( $found, 'network' ) );
		if ( $network instanceof DGOS_Refused || 'network' !== $network->kind ) {
			return new WP_Error( 'BAD_ENVELOPE', __( 'That server is no member of a DGOS network.', 'dgos' ) );
		}
		$known = $this->ledger->network();
		if ( ( '' !== $pin && $pin !== $network->id ) || ( null !== $known && $known->id !== $network->id ) ) {
			return new WP_Error( 'OTHER_NETWORK', __( 'That member belongs to another network than the link, or this site, says.', 'dgos' ) );
		}
		$this->adopt( $network, (array) DGOS_Bytes::field( $found, 'objects' ) );
		$this->settings->set( 'inviter', $url );
		if ( $this->finish() ) {
			return true;
		}
		$asked = $this->peers->post( $url, 'dgos/v1/join', $this->request() + ( '' === $line ? array() : array( 'invitation' => $line ) ) );
		if ( ! is_object( $asked ) ) {
			return new WP_Error( 'NOT_ALLOWED', __( 'That member takes no requests, or the link is used up. Send its operator the request shown here.', 'dgos' ) );
		}
		// The link may have vouched already.
		return 'vouched' !== ( $asked->status ?? '' ) || $this->finish();
	}

	/** The member's url, the network's id and the line that vouches ('' where the link does not name them) of an invitation link. */
	public static function read_link( string $link ): array {
		list( $url, $behind ) = array_pad( explode( '#', trim( $link ), 2 ), 2, '' );
		list( $pin, $line )   = array_pad( explode( '.', trim( $behind ), 2 ), 2, '' );
		return array( trailingslashit( preg_replace( '#/join/?$#D', '', explode( '?', $url, 2 )[0] ) ), $pin, $line );
	}

	/** Pins a network, and takes what is known of it. */
	public function adopt( stdClass $network, array $envelopes ): void {
		$this->settings->set( 'network', (string) json_encode( $network->envelope, JSON_UNESCAPED_SLASHES ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
		$this->object_store->put( $network );
		$this->ledger->forget_network();
		foreach ( array( 1, 2 ) as $round ) {
			$this->ledger->accept_all( $envelopes, 'peer' );
		}
	}

	/**
	 * Objects that came before this site knows any network, as an inviter hands them in where this host lets PHP call nobody:
	 * they are taken where the link, which the owner pasted, names their network. What follows from a voucher is heard().
	 */
	public function meet( array $envelopes ): void {
		$pin = (string) $this->settings->get( 'pin' );
		if ( '' === $pin || $this->ledger->joined() ) {
			return;
		}
		foreach ( $envelopes as $envelope ) {
			if ( DGOS_Envelope::id_of( $envelope ) !== $pin ) {
				continue;
			}
			$network = DGOS_Envelope::open( $envelope );
			if ( ! $network instanceof DGOS_Refused && 'network' === $network->kind ) {
				$this->adopt( $network, $envelopes );
			}
			return;
		}
	}

	/** Called for stored objects until this site has joined: a voucher that is handed in here is as good as one that is fetched. */
	public function heard( stdClass $object ): void {
		if ( 'voucher' === $object->kind && $object->payload->invited === $this->keys->get( 'member' )->key ) {
			$this->finish();
		}
	}

	/** What the inviter's operator gives to `dgos invite`, as text. */
	public function request_text(): string {
		$request = $this->request();
		return "{$request['member']}.{$request['operator']}@{$request['url']}";
	}

	/** True once somebody has vouched and the first record is out. Looks at the inviter for a voucher. */
	public function finish(): bool {
		if ( ! $this->ledger->joined() ) {
			return false;
		}
		if ( ! $this->vouchers() ) {
			$found = $this->peers->get( (string) $this->settings->get( 'inviter' ), 'dgos/v1/members' );
			$this->ledger->accept_all( (array) DGOS_Bytes::field( $found, 'objects' ), 'peer' );
		}
		if ( ! $this->vouchers() && null === $this->newest() ) {
			return false;
		}
		// Before the record, so that it is sent to others.
		$this->settings->set( 'joined', true );
		do_action( 'dgos_joined' );
		return $this->keep();
	}

	/** Publishes a new record where one is due. False where nobody has vouched for this member. */
	public function keep(): bool {
		$vouchers = $this->vouchers();
		$newest   = $this->newest();
		if ( null === $newest && ! $vouchers ) {
			return false;
		}
		// A record whose placement fits no voucher that counts makes nobody a member: it is made anew.
		$misfit = $vouchers && null === $this->ledger->roster()->member_of( $this->keys->get( 'member' )->key );
		$fields = $this->fields( $this->operator( $newest ), $vouchers, $misfit ? null : $newest );
		if ( null !== $newest && ! $misfit && ! $this->is_due( $newest->payload, $fields ) ) {
			return true;
		}
		$answer = $this->ledger->publish( 'member', $fields, 'member' );
		return in_array( $answer['status'], array( 'stored', 'known' ), true );
	}

	/** Says that this member leaves (no new lists name it, and the blogs it keeps find other mirrors), or stays after all. */
	public function leave( bool $leaving = true ): bool {
		$this->settings->set( 'leaving', $leaving );
		return $this->keep();
	}

	/** What a member of this site says of itself: {standing, vouchers, record}. */
	public function standing(): array {
		$member = $this->ledger->joined() ? $this->ledger->roster()->member_of( $this->keys->get( 'member' )->key ) : null;
		return array(
			'standing' => null === $member ? 'none' : $member->standing,
			'vouchers' => $this->ledger->joined() ? $this->vouchers() : array(),
			'record'   => null === $member ? null : $member->record,
		);
	}

	private function request(): array {
		return array(
			'member'   => $this->keys->get( 'member' )->key,
			'operator' => $this->keys->get( 'operator' )->key,
			'name'     => $this->name(),
			'url'      => DGOS_Site_Address::member(),
		);
	}

	private function fields( string $operator, array $vouchers, ?stdClass $newest ): array {
		$self      = $this->keys->get( 'member' )->key;
		$network   = $this->ledger->network()->id;
		$nonces    = array_map( static fn ( $voucher ) => $voucher->payload->nonce, $vouchers );
		$placement = null === $newest ? DGOS_Membership::placement_id( $self, $nonces, $network ) : $newest->payload->placement;
		$now       = $this->clock->now_ms();
		return array(
			'network'   => $network,
			'time'      => $this->moment( $now ),
			'member'    => $self,
			'operator'  => $operator,
			'next'      => DGOS_Bytes::sha256( hex2bin( $this->keys->get( 'next' )->key ) ),
			'vouchers'  => DGOS_Bytes::ids( $vouchers ),
			'placement' => $placement,
			'expires'   => $now + DGOS_Limits::MEMBER_UNTIL_MS_MAX,
			'name'      => $this->name(),
			'url'       => DGOS_Site_Address::member(),
			'contact'   => mb_strcut( (string) $this->settings->get( 'contact' ), 0, 300 ),
			'passive'   => true,
			'weight'    => max( 1, min( 8, (int) $this->settings->get( 'weight' ) ) ),
			'join'      => 'closed',
		) + ( $this->settings->get( 'leaving' ) || $this->settings->get( 'paused' ) ? array( 'leaving' => true ) : array() );
	}

	/** Later than the record before, also where two come within a millisecond or the clock was put back a little. */
	private function moment( int $now ): int {
		$newest = $this->newest();
		$after  = null === $newest ? 0 : $newest->payload->time + 1;
		return $after < $now + DGOS_Limits::AHEAD_MS_MAX ? max( $now, $after ) : $now;
	}

	private function is_due( stdClass $now, array $wanted ): bool {
		if ( $now->expires - $this->clock->now_ms() < self::RENEW_BEFORE_MS ) {
			return true;
		}
		foreach ( array( 'name', 'url', 'contact', 'weight', 'passive', 'join' ) as $name ) {
			if ( ( $now->$name ?? null ) !== $wanted[ $name ] ) {
				return true;
			}
		}
		return array_diff( $wanted['vouchers'], $now->vouchers ) || ( $now->leaving ?? false ) !== ( $wanted['leaving'] ?? false );
	}

	/** Vouchers that count for this member, the oldest first. */
	private function vouchers(): array {
		$operator = $this->operator( $this->newest() );
		$self     = $this->keys->get( 'member' )->key;
		$counted  = null === $operator ? array() : DGOS_Membership::counted_vouchers( $this->ledger->network(), $this->ledger->network_objects(), $this->clock->now_ms(), $self, $operator );
		return array_slice( $counted, 0, 4 );
	}

	/** That of the record, or the one that the oldest voucher names. */
	private function operator( ?stdClass $newest ): ?string {
		if ( null !== $newest ) {
			return $newest->payload->operator;
		}
		$self = $this->keys->get( 'member' )->key;
		$own  = array_filter( $this->ledger->network_objects(), static fn ( $object ) => 'voucher' === $object->kind && $object->payload->invited === $self );
		usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
		return $own[0]->payload->operator ?? null;
	}

	private function newest(): ?stdClass {
		$self = $this->keys->get( 'member' )->key;
		$own  = array_filter( $this->ledger->network_objects(), static fn ( $object ) => 'member' === $object->kind && $object->payload->member === $self );
		usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
		return $own ? $own[ count( $own ) - 1 ] : null;
	}

	private function name(): string {
		$name = (string) $this->settings->get( 'name' );
		$name = '' === $name ? wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES ) : $name;
		$name = trim( mb_strcut( (string) preg_replace( '/[\x00-\x1f\x7f]/', '', $name ), 0, 100 ) );
		return '' === $name ? (string) wp_parse_url( home_url(), PHP_URL_HOST ) : $name;
	}
}
