<?php
/**
 * The watch of a member without a timer: one probe a wake, of the blog that it has not looked at for the longest time;
 * those first of which something bad is known.
 *
 * A wake lasts a second, so a host that accepts the connection and then takes longer says nothing here either way: the
 * active watchers, who wait ten seconds, judge it. A host that accepts none within the second counts as not there.
 *
 * A wall is looked at every five minutes and after the pause that it asks for. It counts as no answer where the blog behind
 * it used to send lives and has fallen silent.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/watch/{watch,blog-watch,probe,health}.ts.
 */
final class DGOS_Watch {

	/** A blog is looked at this often while all is well, and this soon after a failure or while it is down. */
	const PROBE_MS = 300000;
	const AGAIN_MS = 15000;
	/** What a watcher reads of a page: enough for the marker and the fingerprint, little enough for the origin. */
	const PAGE_BYTES = 32768;
	/** Time that a probe may take of a wake, the rest is for asking others. */
	const PROBE_TIME_MS = 550;
	const PING_MS       = 200;
	/** Who did not answer is named as unreachable for so long without being asked again: a wake is too short to ask all. */
	const AWAY_MS = 120000;
	const ASKED_MAX     = 5;
	const ANSWERS_MIN   = 3;
	/** Why a watcher votes down although a wall answers. */
	const NO_LIFE = 'no-life';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Quiet_Blogs */
	private $quiet_blogs;
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Request_Signing */
	private $request_signing;
	/** @var DGOS_Attestor */
	private $attestor;
	/** @var DGOS_Life_Question */
	private $life_question;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Blog_Mirrors $blog_mirrors,
		DGOS_Quiet_Blogs $quiet_blogs,
		DGOS_Safe_Fetch $safe_fetch,
		DGOS_Request_Signing $request_signing,
		DGOS_Attestor $attestor,
		DGOS_Life_Question $life_question,
		DGOS_Keys $keys,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger          = $ledger;
		$this->blog_mirrors    = $blog_mirrors;
		$this->quiet_blogs     = $quiet_blogs;
		$this->safe_fetch      = $safe_fetch;
		$this->request_signing = $request_signing;
		$this->attestor        = $attestor;
		$this->life_question   = $life_question;
		$this->keys            = $keys;
		$this->deadline        = $deadline;
		$this->meta            = $meta;
		$this->clock           = $clock;
	}

	/** One probe. */
	public function look(): void {
		$due = $this->due();
		if ( null === $due ) {
			return;
		}
		list( $id, $address ) = $due;
		$now                  = $this->clock->now_ms();
		$this->meta->set( 'looked:' . $id, $now );
		$probed = $this->probe( $id, $address );
		if ( null === $probed ) {
			return;
		}
		$before  = $this->meta->get( 'sight:' . $id );
		$before  = is_array( $before ) && max( array_column( $before['looks'], 0 ) ) > $now ? null : $before; // Of a clock that was ahead.
		$history = DGOS_Probe_History::with( is_array( $before ) ? $before : null, $now, $probed[0], $probed[1] );
		$away    = array();
		if ( 'up' !== $history['state'] && $history['vote'] ) {
			$answers = $this->ping( $this->elsewhere() );
			$asked   = count( $answers );
			if ( 0 === $asked || count( array_filter( $answers ) ) < min( self::ANSWERS_MIN, intdiv( 6 * $asked + 9, 10 ) ) ) {
				$this->meta->set( 'sight:' . $id, DGOS_Probe_History::after_illness( $history ) );
				return;
			}
			$seating  = DGOS_Seats::current( $this->ledger->blog( $id ), $this->ledger->roster(), $now );
			$watchers = array_merge( $seating->mirrors, $seating->stand_ins );
			$answers += $this->ping( array_filter( $watchers, static fn ( $member ) => ! isset( $answers[ $member->id ] ) ) );
			$away     = array_values( array_intersect( DGOS_Bytes::ids( $watchers ), array_map( 'strval', array_keys( $answers, false, true ) ) ) );
		}
		$this->meta->set( 'sight:' . $id, $history );
		$said = array(
			'blog'        => $id,
			'address'     => $address,
			'state'       => $history['state'],
			'reason'      => $history['reason'],
			'probes'      => $history['probes'],
			'since'       => $history['since'],
			'unreachable' => $away,
		);
		$life = 'up' !== $history['state'] || ! $this->is_doubted( $id, $now ) ? null : $this->life_question->ask( $this->ledger->blog( $id ), $address );
		$this->ledger->publish( 'observation', null === $life ? $said : $said + array( 'life' => $life ), 'member' );
	}

	/** Whether others say that the blog is down, which this watcher sees. */
	private function is_doubted( string $id, int $now_ms ): bool {
		$state = $this->ledger->state( $id );
		if ( 'down' === $state['state'] && 'quorum' === $state['by'] ) {
			return true;
		}
		foreach ( $this->ledger->blog( $id )->observation as $observation ) {
			if ( DGOS_Quorum::is_down_vote( $observation->payload ) && $observation->payload->time > $now_ms - DGOS_Limits::OBSERVATION_FRESH_MS ) {
				return true;
			}
		}
		return false;
	}

	/** Pure: what an answer says, as {state, reason}; null where it says nothing. `no-marker` may still be overruled. */
	public static function judge( $answer, string $blog ): ?array {
		if ( is_wp_error( $answer ) ) {
			$code = $answer->get_error_code();
			return in_array( $code, array( 'SLOW', 'RESTING', 'UNREADABLE' ), true ) ? null : array( in_array( $code, array( 'ADDRESS', 'REDIRECTS' ), true ) ? 'changed' : 'down', strtolower( $code ) );
		}
		if ( $answer['status'] < 500 && DGOS_Attestor::has_tag( $answer['body'], $blog ) ) {
			return array( 'up', 'tag' );
		}
		$wall = DGOS_Walls::reason( $answer['status'], $answer['headers'], $answer['body'] );
		if ( null !== $wall ) {
			return array( 'defended', $wall );
		}
		if ( $answer['status'] >= 500 ) {
			return array( 'down', 'status-' . $answer['status'] );
		}
		return array( 'changed', $answer['status'] >= 300 ? 'status-' . $answer['status'] : 'no-marker' );
	}

	/** The blog to look at now and its address: one that fails, or is said to fail, before one that is merely old. */
	private function due(): ?array {
		$roster = $this->ledger->roster();
		$self   = $this->keys->get( 'member' )->key;
		$now    = $this->clock->now_ms();
		$best   = null;
		$kept   = $this->blog_mirrors->kept_by( $self );
		foreach ( array_unique( array_merge( $kept, $this->quiet_blogs->called() ) ) as $id ) {
			$looked  = (int) $this->meta->get( 'looked:' . $id, 0 );
			$age     = $now - ( $looked > $now ? 0 : $looked );
			if ( null !== $this->meta->get( 'resting:' . $id ) ) {
				continue;
			}
			$suspect = ! $this->quiet_blogs->is_quiet( $id ) && 'up' !== $this->ledger->state( $id )['state'];
			$rests   = ! $suspect || ( ! in_array( $id, $kept, true ) && $this->has_voted( $id ) );
			if ( $age < DGOS_Wake_Pace::paced( $rests ? self::PROBE_MS : self::AGAIN_MS ) || ( null !== $best && array( $suspect, $age ) <= $best[0] ) ) {
				continue;
			}
			$blog    = $this->ledger->blog( $id );
			$address = $this->address( $blog, $roster, $now );
			$seating = DGOS_Seats::current( $blog, $roster, $now );
			if ( null !== $address && in_array( $self, DGOS_Bytes::ids( array_merge( $seating->mirrors, $seating->stand_ins ) ), true ) ) {
				$best = array( array( $suspect, $age ), $id, $address );
			}
		}
		return null === $best ? null : array( $best[1], $best[2] );
	}

	/** Whether this member has voted about a blog, as a stand-in: it then looks again once in each interval. */
	private function has_voted( string $blog ): bool {
		$sight = $this->meta->get( 'sight:' . $blog );
		return is_array( $sight ) && 'up' !== $sight['state'] && $sight['vote'];
	}

	/** The root's first proven address: an unproven one is never declared down. */
	private function address( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): ?string {
		$roles  = DGOS_Key_Roles::of( $blog );
		$proven = array_column( DGOS_Address_Proof::proven( $blog, $roster, $now_ms ), 'address' );
		return null === $roles ? null : array_values( array_intersect( $roles->root()->addresses, $proven ) )[0] ?? null;
	}

	private function probe( string $blog, string $address ): ?array {
		$limits = array(
			'time_ms' => max( 20, min( self::PROBE_TIME_MS, $this->deadline->left_ms() ) ),
			'bytes'   => self::PAGE_BYTES,
			'cut'     => true,
			'lenient' => true,
			'headers' => array( 'accept' => 'text/html,*/*;q=0.5' ),
			'sign'    => array( $this->request_signing, 'headers' ),
		);
		$answer = $this->safe_fetch->get( $address, $limits );
		$probed = self::judge( $answer, $blog );
		if ( null !== $probed && 'defended' === $probed[0] ) {
			return $this->walled( $blog, $answer, $probed );
		}
		if ( null === $probed || 'no-marker' !== $probed[1] ) {
			return $probed;
		}
		return 'file' === $this->attestor->marker( $blog, $address ) ? array( 'up', 'marker-file' ) : $probed;
	}

	/** What a wall says: nothing, but a pause that it asks for; and where a row of lives has ended behind it, no answer. */
	private function walled( string $blog, array $answer, array $probed ): array {
		$now   = $this->clock->now_ms();
		$pause = DGOS_Walls::retry_after_ms( $answer['headers']['retry-after'] ?? null, $now );
		if ( null !== $pause ) {
			$this->meta->set( 'resting:' . $blog, 1, $pause );
		}
		return null === DGOS_Lives::silent_since( $this->ledger->blog( $blog ), $now ) ? $probed : array( 'down', self::NO_LIFE );
	}

	/** Five members of other operators, one each: fewer than three answers, and this watcher is the one that is ill. */
	private function elsewhere(): array {
		$roster = $this->ledger->roster();
		$own    = $roster->member_of( $this->keys->get( 'member' )->key );
		$chosen = array();
		$all    = $roster->members;
		shuffle( $all );
		foreach ( $all as $candidate ) {
			if ( null !== $own && $candidate->operator !== $own->operator && ! isset( $chosen[ $candidate->operator ] ) && null === $this->meta->get( 'away:' . $candidate->id ) ) {
				$chosen[ $candidate->operator ] = $candidate;
			}
		}
		return array_slice( array_values( $chosen ), 0, self::ASKED_MAX );
	}

	/** Member id => whether it answered; who was not asked for want of time is not named. */
	private function ping( array $members ): array {
		$answers = array();
		foreach ( $members as $member ) {
			$left = $this->deadline->left_ms();
			if ( null !== $this->meta->get( 'away:' . $member->id ) ) {
				$answers[ $member->id ] = false;
				continue;
			}
			if ( $member->id === $this->keys->get( 'member' )->key || $left < self::PING_MS ) {
				continue;
			}
			$answer                 = $this->safe_fetch->get( $member->url . 'dgos/v1/ping', array( 'time_ms' => self::PING_MS ) );
			$answers[ $member->id ] = ! is_wp_error( $answer ) && 200 === $answer['status'];
			if ( ! $answers[ $member->id ] ) {
				$this->meta->set( 'away:' . $member->id, 1, DGOS_Wake_Pace::paced( self::AWAY_MS ) );
			}
		}
		return $answers;
	}
}
