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

	/** Why the first copy is not there, as {words, next}; null where nothing is wrong. */
	public function trouble(): ?array {
		$kept = $this->capture_state->trouble();
		if ( null === $kept ) {
			return null;
		}
		list( $problem, $url ) = array_pad( explode( ' ', $kept['detail'], 2 ), 2, '' );
		$known                 = array(
			'http_request_failed' => array( __( 'This site cannot ask itself for its pages: its host does not let it.', 'dgos' ), __( 'Nothing to do: the next visitor’s page becomes the copy. Open the front page in a private window to be that visitor.', 'dgos' ) ),
			'http_failure'        => array( __( 'This site cannot ask itself for its pages: its host does not let it.', 'dgos' ), __( 'Nothing to do: the next visitor’s page becomes the copy. Open the front page in a private window to be that visitor.', 'dgos' ) ),
			'no-tag'              => array( __( 'The page does not show the tag yet.', 'dgos' ), __( 'A page cache hands out an old page: empty it, then look again.', 'dgos' ) ),
			'stand-in'            => array( __( 'In the page’s place stands a notice of maintenance or of an error.', 'dgos' ), __( 'End the maintenance, or mend the error, then look again.', 'dgos' ) ),
			'elsewhere'           => array( __( 'The page leads to another address.', 'dgos' ), __( 'Set the site address under Settings, General to where readers arrive, then look again.', 'dgos' ) ),
			'status-401'          => array( __( 'The page asks for a password.', 'dgos' ), __( 'Only what anybody may read is copied: take the password away, then look again.', 'dgos' ) ),
			'disk'                => DGOS_Failures::disk(),
			'error'               => array( __( 'Making the copy failed: Site Health keeps the error under “Info”.', 'dgos' ), __( 'Look again; if it fails once more, tell whoever looks after this site.', 'dgos' ) ),
			'not-a-page'          => array( __( 'The answer is no page.', 'dgos' ), __( 'Look at the front page in a private window: what you see there is what is copied.', 'dgos' ) ),
		);
		$said = $known[ $problem ] ?? array(
			/* translators: %s: a technical word such as status-503. */
			sprintf( __( 'The page could not be had (%s).', 'dgos' ), $problem ),
			__( 'Look at it in a private window, mend what is wrong, then look again.', 'dgos' ),
		);
		return array(
			'words' => $said[0] . ( '' === $url ? '' : " $url" ),
			'next'  => $said[1],
		);
	}
}
