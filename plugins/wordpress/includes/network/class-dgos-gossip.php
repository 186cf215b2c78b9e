<?php
/**
 * Push-pull: at each wake this member reconciles with a random partner, first what all members share, then what the
 * mirrors of common blogs share. The asker does the work: it fetches what it lacks and hands over what the other lacks.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/gossip.ts, within the time of a wake.
 */
final class DGOS_Gossip {

	/** Messages of one talk. Each narrows the difference sixteenfold; more means that the other side plays. */
	const MESSAGES_MAX = 24;
	/** Objects that one talk fetches or hands over: the rest waits for the next wake. */
	const OBJECTS_MAX = 256;
	/** Text that one talk fetches, so that a wake stays small. */
	const FETCH_BYTES_MAX = 8388608;
	/** Ids in one question: with 64 of them its address would be longer than the guard lets pass. */
	const NAMED_MAX = 48;
	/** Objects opened at once, between two looks at the clock. */
	const TAKEN_FAST = 16;
	/** A signature's time without PHP's sodium extension. */
	const SLOW_MS = 60;
	/** An id that was refused here rests, each time twice as long: reasons pass, so nothing is given up. */
	const AWAY_MS     = 10000;
	const AWAY_MS_MAX = 3600000;
	/** Ids remembered. The oldest make room: they are asked for once more. */
	const AWAY_IDS = 2000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Live_Sets */
	private $live_sets;
	/** @var DGOS_Peers */
	private $peers;
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
		DGOS_Live_Sets $live_sets,
		DGOS_Peers $peers,
		DGOS_Keys $keys,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->live_sets    = $live_sets;
		$this->peers        = $peers;
		$this->keys         = $keys;
		$this->deadline     = $deadline;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** One partner, both scopes. True where it answered. */
	public function round(): bool {
		$self    = $this->keys->get( 'member' )->key;
		$others  = array_filter( $this->ledger->roster()->members, static fn ( $member ) => $member->id !== $self );
		$others  = array_values( array_filter( $others, fn ( $member ) => ! $this->peers->is_absent( $member->id ) ) );
		$partner = $others ? $others[ random_int( 0, count( $others ) - 1 ) ] : null;
		$ready   = null !== $partner && $this->live_sets->prepare( array( $this->deadline, 'left_ms' ) );
		return $ready && $this->sync_with( $partner );
	}

	/** Both scopes with one member. */
	public function sync_with( stdClass $partner ): bool {
		$since = $this->clock->running_ms();
		if ( ! $this->sync( $partner, 'network', array() ) ) {
			$this->peers->note_absence( $partner->id, $since );
			return false;
		}
		$blogs = $this->blog_mirrors->shared( $this->keys->get( 'member' )->key, $partner->id );
		if ( $blogs ) {
			$this->sync( $partner, 'mirrors', $blogs );
		}
		return true;
	}

	/** One talk. */
	private function sync( stdClass $partner, string $scope, array $blogs ): bool {
		$ids     = $this->ids( $scope, $blogs );
		$message = DGOS_Reconcile::first_message( $ids );
		$need    = array();
		$have    = array();
		for ( $turn = 0; $turn < self::MESSAGES_MAX && $message; $turn++ ) {
			$body = array(
				'from'   => $this->keys->get( 'member' )->key,
				'scope'  => $scope,
				'ranges' => $message,
			) + ( 'mirrors' === $scope ? array( 'blogs' => $blogs ) : array() );

			$reply  = $this->peers->post( $partner->url, 'dgos/v1/sync', $body );
			$common = DGOS_Bytes::field( $reply, 'blogs' );
			if ( is_array( $common ) ) {
				$common = array_values( array_intersect( $blogs, array_filter( $common, 'is_string' ) ) );
				if ( ! $common || count( $common ) >= count( $blogs ) ) {
					break;
				}
				$blogs   = $common;
				$ids     = $this->ids( $scope, $blogs );
				$message = DGOS_Reconcile::first_message( $ids );
				continue;
			}
			$ranges = DGOS_Reconcile::parse_ranges( DGOS_Bytes::field( $reply, 'ranges' ) );
			if ( null === $ranges ) {
				return $turn > 0;
			}
			$mine    = DGOS_Reconcile::answer( $ids, $ranges );
			$need    = array_merge( $need, $mine->need );
			$have    = array_merge( $have, $mine->have );
			$message = $mine->reply;
		}
		$this->fetch( $partner->url, array_slice( $this->wanted( $need ), 0, self::OBJECTS_MAX ) );
		$this->hand( $partner->url, array_slice( array_unique( $have ), 0, self::OBJECTS_MAX ) );
		return true;
	}

	private function ids( string $scope, array $blogs ): array {
		return 'network' === $scope ? $this->live_sets->network() : $this->live_sets->mirrors( $blogs );
	}

	/** Without those that were refused here lately. */
	private function wanted( array $ids ): array {
		$away = (array) $this->meta->get( 'away', array() );
		$now  = $this->clock->now_ms();
		return array_values( array_filter( array_unique( $ids ), static fn ( $id ) => ! isset( $away[ $id ] ) || $away[ $id ][0] <= $now || $away[ $id ][0] > $now + $away[ $id ][1] ) );
	}

	private function fetch( string $url, array $ids ): void {
		$envelopes = array();
		$bytes     = 0;
		foreach ( array_chunk( $ids, self::NAMED_MAX ) as $some ) {
			while ( $some && $bytes < self::FETCH_BYTES_MAX ) {
				$found   = $this->peers->get( $url, 'dgos/v1/objects?ids=' . implode( ',', $some ) );
				$objects = DGOS_Bytes::field( $found, 'objects' );
				$left    = DGOS_Bytes::field( $found, 'left' );
				if ( ! is_array( $objects ) || ! $objects ) {
					break;
				}
				$envelopes = array_merge( $envelopes, $objects );
				foreach ( $objects as $object ) {
					$bytes += strlen( (string) DGOS_Bytes::field( $object, 'payload' ) );
				}
				$rest = is_array( $left ) ? array_values( array_intersect( $some, array_filter( $left, 'is_string' ) ) ) : array();
				$some = count( $rest ) < count( $some ) ? $rest : array();
			}
		}
		$this->take( $envelopes );
	}

	/** Accepts, and offers once more what waited for another object of the same batch, as long as that helps. */
	private function take( array $envelopes ): void {
		$away = array();
		while ( $envelopes ) {
			$answers = $this->accept( $envelopes );
			$stored  = 0;
			$again   = array();
			foreach ( $answers as $at => $answer ) {
				$stored += 'stored' === $answer['status'] ? 1 : 0;
				if ( in_array( $answer['status'], array( 'refused', 'superseded', 'held' ), true ) && null !== $answer['id'] ) {
					$away[ $answer['id'] ] = 1;
				} else {
					unset( $away[ $answer['id'] ?? '' ] );
				}
				if ( isset( DGOS_Codes::CURABLE_BY[ (string) $answer['code'] ] ) ) {
					$again[] = $envelopes[ $at ];
				}
			}
			$envelopes = $stored > 0 ? $again : array();
		}
		if ( $away ) {
			$before = (array) $this->meta->get( 'away', array() );
			$this->meta->set( 'away', self::resting( $before, array_keys( $away ), $this->clock->now_ms() ), self::AWAY_MS_MAX );
		}
	}

	/** As many as there is time for, a few at a time, what others hang on first. The rest is wanted again at the next wake. */
	private function accept( array $envelopes ): array {
		$answers = array();
		uasort( $envelopes, static fn ( $a, $b ) => self::rank( $a ) <=> self::rank( $b ) );
		foreach ( array_chunk( $envelopes, DGOS_Ed25519::is_fast() ? self::TAKEN_FAST : 1, true ) as $some ) {
			$left = $this->deadline->left_ms();
			if ( $left < DGOS_Wake_Pace::STEP_MS ) {
				break;
			}
			if ( DGOS_Ed25519::is_fast() || $left > DGOS_Wake_Pace::STEP_MS + self::SLOW_MS * DGOS_Envelope::signatures_in( current( $some ) ) ) {
				$answers += array_combine( array_keys( $some ), $this->ledger->accept_all( $some, 'peer' ) );
			}
		}
		return $answers;
	}

	/** Of an envelope that nobody has opened: a place in line, nothing more. */
	private static function rank( $envelope ): int {
		return DGOS_Kinds::place( (string) DGOS_Envelope::claimed_kind( $envelope ) );
	}

	/**
	 * Pure: who rests until when, once more ids were refused.
	 *
	 * @param array    $before Id => [until, how long it rests].
	 * @param string[] $ids    Refused now.
	 * @param int      $now_ms Now.
	 */
	public static function resting( array $before, array $ids, int $now_ms ): array {
		$away = array();
		foreach ( $ids as $id ) {
			$rest        = min( self::AWAY_MS_MAX, isset( $before[ $id ] ) ? 2 * $before[ $id ][1] : self::AWAY_MS );
			$away[ $id ] = array( $now_ms + $rest, $rest );
		}
		return array_slice( $away + $before, 0, self::AWAY_IDS, true );
	}

	/** What others hang on goes first. */
	private function hand( string $url, array $ids ): void {
		$objects = array();
		foreach ( $ids as $id ) {
			$object = $this->ledger->object( $id );
			if ( null !== $object && ! DGOS_Kinds::is_private( $object->kind ) ) {
				$objects[] = $object;
			}
		}
		usort( $objects, static fn ( $a, $b ) => DGOS_Kinds::place( $a->kind ) <=> DGOS_Kinds::place( $b->kind ) );
		if ( $objects ) {
			$this->peers->push( $url, $objects );
		}
	}
}
