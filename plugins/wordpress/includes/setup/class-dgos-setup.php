<?php
/**
 * How far this site is on its way from "plugin activated" to "protected", and what can be done next:
 *
 *   join -> vouch -> keys (in the kit) -> copy -> seen (by members) -> mirrors -> done
 *
 * Each step can also end without this screen: by a voucher that is pushed here, by a wake, by visitors.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Reads the parts of this member; go_on() sets them to work.
 */
final class DGOS_Setup {

	const STEPS = array( 'join', 'vouch', 'keys', 'copy', 'seen', 'mirrors', 'done' );
	/** A screen that is open asks every few seconds; others are asked this often at most. */
	const AGAIN_MS = 3000;
	/** Mirrors that must hold the copy before this blog is called protected, or all where there are fewer. */
	const MIRRORS_MIN = DGOS_Limits::SAFE_OPERATORS;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Wake */
	private $wake;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Capture_Round */
	private $capture_round;
	/** @var DGOS_Mirror_Health */
	private $mirror_health;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Membership_Record $membership,
		DGOS_Wake $wake,
		DGOS_Own_Blog $own_blog,
		DGOS_Capture_State $capture_state,
		DGOS_Capture_Round $capture_round,
		DGOS_Mirror_Health $mirror_health,
		DGOS_Settings $settings,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger        = $ledger;
		$this->membership    = $membership;
		$this->wake          = $wake;
		$this->own_blog      = $own_blog;
		$this->capture_state = $capture_state;
		$this->capture_round = $capture_round;
		$this->mirror_health = $mirror_health;
		$this->settings      = $settings;
		$this->meta          = $meta;
		$this->clock         = $clock;
	}

	/** The first step that is not behind us: one of STEPS. */
	public function step(): string {
		if ( ! $this->is_member() ) {
			return '' === $this->settings->get( 'inviter' ) || ! $this->ledger->joined() ? 'join' : 'vouch';
		}
		if ( null === DGOS_Own_Blog::id() ) {
			return 'keys';
		}
		if ( null === $this->mirror_health->snapshot() ) {
			return 'copy';
		}
		if ( ! $this->seen()['proven'] ) {
			return 'seen';
		}
		$held = $this->mirror_health->held();
		return 0 === $held['of'] || $held['held'] < min( self::MIRRORS_MIN, $held['of'] ) ? 'mirrors' : 'done';
	}

	/** Whether somebody has vouched and the record of this member counts. */
	public function is_member(): bool {
		return $this->settings->get( 'joined' ) && 'none' !== $this->membership->standing()['standing'];
	}

	/** {seen, needed, of, proven}: how many of the members that are asked about this address have seen the marker. */
	public function seen(): array {
		$blog    = $this->own_blog->objects();
		$address = (string) ( DGOS_Own_Blog::facts()['address'] ?? '' );
		$roster  = $this->ledger->roster();
		$now     = $this->clock->now_ms();
		$asked   = DGOS_Bytes::ids( DGOS_Placement::attesters( $address, $roster ) );
		$seen    = array();
		foreach ( null === $blog ? array() : $blog->attestation as $attestation ) {
			$member = $roster->member_of( $attestation->payload->key );
			if ( null !== $member && $attestation->payload->address === $address && in_array( $member->id, $asked, true ) && $attestation->payload->time > $now - DGOS_Limits::ATTESTATION_MS_MAX ) {
				$seen[ $member->id ] = true;
			}
		}
		$proven = null === $blog ? array() : array_column( DGOS_Address_Proof::proven( $blog, $roster, $now ), 'address' );
		return array(
			'seen'   => count( $seen ),
			'needed' => DGOS_Address_Proof::attestations_needed( count( $asked ) ),
			'of'     => count( $asked ),
			'proven' => in_array( $address, $proven, true ),
		);
	}

	/** Does what can be done from here, within so much time. At most every few seconds, whoever looks. */
	public function go_on( int $ms ): void {
		if ( ! $this->meta->lock( 'setup', self::AGAIN_MS ) ) {
			return;
		}
		$until = $this->clock->running_ms() + $ms;
		$step  = $this->step();
		if ( 'vouch' === $step ) {
			$this->membership->finish();
		} elseif ( 'copy' === $step && $this->capture_state->is_due() ) {
			$this->capture_round->work( $ms );
		} elseif ( 'seen' === $step || 'mirrors' === $step ) {
			$this->wake->called();
			$this->mirror_health->ask_all( $until );
		}
	}

	/** Why there is no new copy, as {words, next}; null where nothing is wrong. */
	public function trouble(): ?array {
		return $this->troubles()[0] ?? null;
	}

	/** The same of every page that is put aside, the front page first. */
	public function troubles(): array {
		return DGOS_Copy_Problems::of( $this->capture_state->trouble(), $this->capture_state->asides(), $this->capture_state->pages(), $this->clock->now_ms() );
	}
}
