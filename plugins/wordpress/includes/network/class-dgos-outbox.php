<?php
/**
 * What cannot wait for gossip: objects that were born here, and the members that should have them. Kept with the small
 * values; sent after the answer of the request in which they were born, and with every wake until they are taken.
 *
 * A member that lacks what an object hangs on says so, and is given it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/spread.ts and activation/posts/delivery.ts.
 */
final class DGOS_Outbox {

	/** Members that get what is for everybody. */
	const RANDOM_MEMBERS = 20;
	/** Gossip brings the rest. A post is tried for a week. */
	const KEPT_MS = 600000;
	const POST_MS = 604800000;
	/** Refusals that end when the member has been told more. */

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
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

	/**
	 * Whether something was queued in this request.
	 *
	 * @var bool
	 */
	private $touched = false;

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Blog_Mirrors $blog_mirrors, DGOS_Peers $peers, DGOS_Keys $keys, DGOS_Deadline $deadline, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->peers        = $peers;
		$this->keys         = $keys;
		$this->deadline     = $deadline;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** Called for every stored object. */
	public function stored( stdClass $object, string $via ): void {
		if ( 'peer' !== $via && 'own-server' === DGOS_Kinds::urgency_of( $object->kind ) ) {
			$this->queue( $object->id, $this->own_server( $object->payload->blog ), self::KEPT_MS );
			return;
		}
		if ( 'peer' === $via || 'spread' !== DGOS_Kinds::urgency_of( $object->kind ) ) {
			return;
		}
		$roster  = $this->ledger->roster();
		$blog    = DGOS_Envelope::blog_of( $object );
		$mirrors = null === $blog ? array() : $this->blog_mirrors->mirrors_of( $blog );
		$is_wide = 'all' === DGOS_Kinds::spreads_to( $object );
		if ( 'observation' === $object->kind ) {
			$known   = $this->ledger->blog( $object->payload->blog );
			$now     = $this->clock->now_ms();
			$is_wide = $is_wide || DGOS_Watchers::contradicts( $object, $known, $now );
			$mirrors = DGOS_Watchers::is_doubted( $known, $now ) ? array_merge( $mirrors, DGOS_Bytes::ids( DGOS_Seats::current( $known, $roster, $now )->stand_ins ) ) : $mirrors;
		}
		$targets = array();
		$others  = $this->others( $roster );
		shuffle( $others );
		foreach ( $others as $at => $member ) {
			$wide = $is_wide && $at < self::RANDOM_MEMBERS;
			if ( $wide || in_array( $member->id, $mirrors, true ) ) {
				$targets[] = $member->id;
			}
		}
		$this->queue( $object->id, $targets, self::KEPT_MS );
	}

	/** Id of the member that speaks with the blog's online key, where that is one and another than this. */
	private function own_server( string $blog ): array {
		$roles  = DGOS_Key_Roles::of( $this->ledger->blog( $blog ) );
		$member = null === $roles ? null : $this->ledger->roster()->member_of( (string) ( $roles->root()->online ?? '' ) );
		return null === $member || $member->id === $this->keys->get( 'member' )->key ? array() : array( $member->id );
	}

	/** An object for members, by their ids. */
	public function queue( string $id, array $members, int $ms ): void {
		foreach ( array_unique( $members ) as $member ) {
			$this->touched = true;
			$this->meta->set( "out:$member:$id", 1, $ms );
		}
	}

	/** Whether something was queued in this request: then it is sent at its end. */
	public function is_touched(): bool {
		return $this->touched;
	}

	/** Sends what waits, within half of what is left. */
	public function tick(): void {
		$this->flush( $this->clock->running_ms() + intdiv( $this->deadline->left_ms(), 2 ) );
	}

	/** Sends what waits, member by member, until the time is over. Returns how many members took theirs. */
	public function flush( int $until_ms ): int {
		$waiting = array();
		foreach ( array_keys( $this->meta->all( 'out:' ) ) as $name ) {
			list( , $member, $id ) = explode( ':', $name );
			$waiting[ $member ][]  = $id;
		}
		$took    = 0;
		$members = array_keys( $waiting );
		shuffle( $members );
		foreach ( $members as $member ) {
			if ( $this->clock->running_ms() >= $until_ms ) {
				break;
			}
			$took += $this->send( (string) $member, $waiting[ $member ] ) ? 1 : 0;
		}
		return $took;
	}

	private function send( string $id, array $ids ): bool {
		$member = $this->ledger->roster()->member_of( $id );
		if ( null === $member ) {
			$this->done( $id, $ids );
			return false;
		}
		if ( $this->peers->is_absent( $id ) ) {
			return false;
		}
		$objects = array_values( array_filter( array_map( array( $this->ledger, 'object' ), $ids ) ) );
		$objects = $this->with_companions( $objects );
		$since   = $this->clock->running_ms();
		$answers = $this->peers->push( $member->url, $objects );
		if ( null === $answers ) {
			$this->peers->note_absence( $id, $since );
			return false;
		}
		$lacking = array();
		foreach ( $answers as $at => $answer ) {
			if ( isset( DGOS_Codes::CURABLE_BY[ (string) DGOS_Bytes::field( $answer, 'code' ) ] ) ) {
				$lacking[ (string) DGOS_Envelope::blog_of( $objects[ $at ] ) ] = true;
			}
		}
		if ( $lacking ) {
			$this->bring_up( $member, array_keys( $lacking ), $objects );
		}
		$this->done( $id, $ids );
		return true;
	}

	/** What a post hangs on goes before it: the key's delegation, the word that the blog is down; known receipts behind. */
	private function with_companions( array $objects ): array {
		$first = array();
		$last  = array();
		foreach ( $objects as $object ) {
			if ( 'post' !== $object->kind ) {
				$last[ $object->id ] = $object;
				continue;
			}
			$blog    = $this->ledger->blog( $object->payload->blog );
			$key     = $object->payload->key;
			$time    = $object->payload->time;
			$lending = self::last( array_filter( $blog->delegation, static fn ( $delegation ) => $delegation->payload->to === $key ) );
			$word    = self::last( array_filter( $blog->declaration, static fn ( $declaration ) => 'down' === $declaration->payload->state && $declaration->payload->until > $time ) );
			foreach ( array_filter( array( $lending, $word, $object ) ) as $companion ) {
				$first[ $companion->id ] = $companion;
			}
			foreach ( $blog->receipts_of( $object->id ) as $receipt ) {
				$last[ $receipt->id ] = $receipt;
			}
		}
		return array_values( $first + $last );
	}

	/** Everything the member should have of the blogs ('' for the network), then the objects once more. */
	private function bring_up( stdClass $member, array $blogs, array $objects ): void {
		$told = array();
		foreach ( array_merge( array( '' ), $blogs ) as $blog ) {
			foreach ( $this->ledger->live( '' === (string) $blog ? null : (string) $blog, 'receipt' ) as $object ) {
				if ( DGOS_Kinds::is_foundation( $object->kind ) ) {
					$told[ $object->id ] = $object;
				}
			}
		}
		$this->peers->push( $member->url, array_values( $told ) );
		$this->peers->push( $member->url, $objects );
	}

	private function done( string $member, array $ids ): void {
		foreach ( $ids as $id ) {
			$this->meta->remove( "out:$member:$id" );
		}
	}

	private function others( DGOS_Roster $roster ): array {
		$self = $this->keys->get( 'member' )->key;
		return array_values( array_filter( $roster->members, static fn ( $member ) => $member->id !== $self ) );
	}

	private static function last( array $objects ): ?stdClass {
		usort( $objects, array( 'DGOS_Bytes', 'by_time' ) );
		return $objects ? $objects[ count( $objects ) - 1 ] : null;
	}
}
