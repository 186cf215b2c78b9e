<?php
/**
 * Who may sign what. Anything else is invalid, not ignored.
 *
 * Pure: everything an answer depends on is handed in, so that every member, browser and PHP gives the same one.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * One question about one object. Answers are null (it may be said) or a DGOS_Refused.
 */
final class DGOS_Authority {

	/**
	 * Everything known of the object's blog, without the object; null where nothing is.
	 *
	 * @var DGOS_Blog_Objects|null
	 */
	private $blog;

	/**
	 * The members.
	 *
	 * @var DGOS_Roster
	 */
	private $roster;

	/**
	 * Members and vouchers.
	 *
	 * @var stdClass[]
	 */
	private $network;

	/**
	 * Objects embedded in this one, opened: votes of a declaration, the life of an observation.
	 *
	 * @var stdClass[]
	 */
	private $inner;

	/**
	 * Now.
	 *
	 * @var int
	 */
	private $now_ms;

	/**
	 * Whose keys count, and for what; null where the blog has no root.
	 *
	 * @var DGOS_Key_Roles|null
	 */
	private $roles;

	private function __construct( ?DGOS_Blog_Objects $blog, DGOS_Roster $roster, array $network, array $inner, int $now_ms ) {
		$this->blog    = $blog;
		$this->roster  = $roster;
		$this->network = $network;
		$this->inner   = $inner;
		$this->now_ms  = $now_ms;
		$this->roles   = null === $blog ? null : DGOS_Key_Roles::of( $blog );
	}

	/**
	 * Whether the object's key may say this, now. Does not check the signature (DGOS_Envelope) or local policy.
	 *
	 * @param stdClass               $object  The object.
	 * @param DGOS_Blog_Objects|null $blog    Everything known of its blog.
	 * @param DGOS_Roster            $roster  The members.
	 * @param stdClass[]             $network Members and vouchers.
	 * @param stdClass[]             $inner   Embedded objects, opened.
	 * @param int                    $now_ms  Now.
	 */
	public static function authorise( stdClass $object, ?DGOS_Blog_Objects $blog, DGOS_Roster $roster, array $network, array $inner, int $now_ms ): ?DGOS_Refused {
		$payload = $object->payload;
		if ( 'network' === $object->kind ) {
			return $object->id === $roster->network->id ? null : self::refuse( 'OTHER_NETWORK' );
		}
		if ( $payload->network !== $roster->network->id ) {
			return self::refuse( 'OTHER_NETWORK' );
		}
		if ( $payload->time > $now_ms + DGOS_Limits::AHEAD_MS_MAX ) {
			return self::refuse( 'AHEAD_OF_TIME', self::ahead_words( $payload->time - $now_ms ) );
		}
		$question = new self( $blog, $roster, $network, $inner, $now_ms );
		switch ( $object->kind ) {
			case 'member':
				return $question->member( $payload ) ?? $question->member_key( $payload );
			case 'voucher':
				return $question->is_operator( $payload->key ) ? null : self::refuse( 'NOT_MEMBER', 'voucher' );
			case 'root':
				return $question->root( $object );
			case 'refusal':
			case 'attestation':
			case 'observation':
			case 'receipt':
			case 'checkpoint':
				return $question->member_word( $object );
			default:
				return $question->of_speaker( $object );
		}
	}

	/** Operators of members that are the blog's own server: they have no vote about it. */
	public static function own_operators( DGOS_Key_Roles $roles, DGOS_Roster $roster ): array {
		$member = isset( $roles->root()->online ) ? $roster->member_of( $roles->root()->online ) : null;
		return null === $member ? array() : array( $member->operator );
	}

	/** How far a clock is ahead, for whoever has to set it. */
	private static function ahead_words( int $ms ): string {
		return (int) ceil( $ms / 60000 ) . " minutes ahead of this member's clock";
	}

	private static function refuse( string $code, string $detail = '' ): DGOS_Refused {
		return DGOS_Codes::refuse( $code, $detail );
	}

	private function is_operator( string $key ): bool {
		return in_array( $key, $this->roster->network->payload->founders, true ) || in_array( $key, $this->roster->operators, true );
	}

	private function member( stdClass $payload ): ?DGOS_Refused {
		if ( $payload->expires > $payload->time + DGOS_Limits::MEMBER_UNTIL_MS_MAX || $payload->expires <= $payload->time ) {
			return self::refuse( 'BAD_FIELDS', '/expires' );
		}
		foreach ( $this->network as $object ) {
			if ( 'voucher' === $object->kind && $object->payload->invited === $payload->member ) {
				return null;
			}
		}
		$founder = in_array( $payload->member, $this->roster->network->payload->founders, true );
		return $founder || null !== $this->roster->member_of( $payload->member ) ? null : self::refuse( 'NOT_MEMBER', 'no voucher' );
	}

	/** The member's first key, or one to which a known record of the key before it has committed. Strangers sign no records. */
	private function member_key( stdClass $payload ): ?DGOS_Refused {
		// So that no chain of keys is longer than its network has days.
		if ( $payload->time < $this->roster->network->payload->time ) {
			return self::refuse( 'RATE', 'older than its network' );
		}
		if ( ! isset( $payload->previous ) ) {
			return $payload->key === $payload->member ? null : self::refuse( 'NOT_ALLOWED', 'a record in the name of another key' );
		}
		$commitment = DGOS_Bytes::sha256( hex2bin( $payload->key ) );
		foreach ( $this->network as $object ) {
			$before = $object->payload;
			if ( 'member' === $object->kind && $before->member === $payload->member && $before->key === $payload->previous && $before->next === $commitment ) {
				return $this->changes_too_soon( $payload ) ? self::refuse( 'RATE', 'a member changes its key once a day at most' ) : null;
			}
		}
		return self::refuse( 'BROKEN_CHAIN', 'no known record commits to this key' );
	}

	/**
	 * Whether a key comes within a day of the first known word of the key before it, where that key was itself a change. Of each
	 * key the newest word stays known: so who changes its key does so a day after it last renewed its record.
	 */
	private function changes_too_soon( stdClass $payload ): bool {
		$first = null;
		foreach ( $this->network as $object ) {
			$record = $object->payload;
			if ( 'member' !== $object->kind || $record->member !== $payload->member ) {
				continue;
			}
			if ( $record->key === $payload->key ) {
				return false;
			}
			if ( $record->key === $payload->previous && isset( $record->previous ) ) {
				$first = min( $first ?? PHP_INT_MAX, $record->time );
			}
		}
		return null !== $first && $first > $payload->time - DGOS_Limits::DAY_MS;
	}

	private function root( stdClass $object ): ?DGOS_Refused {
		if ( 1 === $object->payload->version ) {
			return DGOS_Roots::is_genesis( $object ) ? null : self::refuse( 'NOT_ALLOWED', 'root 1 is signed by one of its recovery keys' );
		}
		if ( null === $this->blog || ! $this->blog->root ) {
			return self::refuse( 'UNKNOWN_BLOG' );
		}
		$before = $this->blog->find( 'root', $object->payload->previous ?? null );
		if ( null === $before ) {
			return self::refuse( 'BROKEN_CHAIN', 'the root before it is not known here' );
		}
		return DGOS_Roots::follows( $before, $object, $this->blog->blog ) ? null : self::refuse( 'NOT_ALLOWED', 'needs a recovery key of the root before it' );
	}

	/** What everything but roots needs: a known blog that has not left. */
	private function open_blog(): ?DGOS_Refused {
		if ( null === $this->roles ) {
			return self::refuse( 'UNKNOWN_BLOG' );
		}
		return DGOS_Roots::is_closed( $this->roles->chain->current ) ? self::refuse( 'BLOG_CLOSED' ) : null;
	}

	private function member_word( stdClass $object ): ?DGOS_Refused {
		$payload = $object->payload;
		$member  = $this->roster->member_of( $payload->key );
		if ( null === $member || $member->expires <= $this->now_ms ) {
			return self::refuse( 'NOT_MEMBER' );
		}
		if ( 'refusal' === $object->kind ) {
			return null;
		}
		$closed = $this->open_blog();
		if ( null !== $closed || 'observation' !== $object->kind || ! isset( $payload->life ) ) {
			return $closed;
		}
		$life = $this->inner[0] ?? null;
		if ( null === $life || 'life' !== $life->kind || $life->payload->blog !== $payload->blog || ! $this->roles->is_online( $life->payload->key ) ) {
			return self::refuse( 'NOT_ALLOWED', 'life' );
		}
		// One that the blog sent of itself shows that its server runs, not that anybody reaches it.
		if ( ! isset( $life->payload->nonce ) ) {
			return self::refuse( 'NOT_ALLOWED', 'life without a nonce' );
		}
		$timely = $life->payload->address === $payload->address && abs( $life->payload->time - $payload->time ) <= DGOS_Limits::AHEAD_MS_MAX;
		return $timely ? null : self::refuse( 'EXPIRED', 'life' );
	}

	private function of_speaker( stdClass $object ): ?DGOS_Refused {
		$closed = $this->open_blog();
		if ( null !== $closed ) {
			return $closed;
		}
		$key   = $object->payload->key;
		$time  = $object->payload->time;
		$roles = $this->roles;
		switch ( $object->kind ) {
			case 'delegation':
				return $this->delegation( $object->payload );
			case 'head':
				return DGOS_Head_Authority::authorise( $object, $roles, $this->blog, $this->roster, $this->now_ms );
			case 'snapshot':
				$may = in_array( $key, $roles->head_signers( $time ), true ) || null !== $roles->delegated( $key, 'snapshot', $time );
				return $may ? null : $this->denied( $key );
			case 'archive':
				if ( ! DGOS_Archive::is_part_count( count( $object->payload->parts ) ) ) {
					return self::refuse( 'BAD_FIELDS', '/parts' );
				}
				return in_array( $key, $roles->head_signers( $time ), true ) ? null : $this->denied( $key );
			case 'declaration':
				return 'author' === $object->payload->by ? $this->author_word( $object->payload ) : $this->verdict( $object );
			case 'life':
				if ( ! $roles->is_online( $key ) ) {
					return $this->denied( $key );
				}
				return ( $object->payload->since ?? $time ) <= $time ? null : self::refuse( 'BAD_FIELDS', '/since' );
			case 'post':
				return $this->post( $object );
			case 'imported':
				return $roles->is_online( $key ) || $roles->is_posting( $key ) ? null : $this->denied( $key );
			default:
				return $roles->is_posting( $key ) ? null : $this->denied( $key );
		}
	}

	private function denied( string $key ): DGOS_Refused {
		return $this->roles->denied( $key );
	}

	private function delegation( stdClass $payload ): ?DGOS_Refused {
		$by_recovery = $this->roles->is_recovery( $payload->key );
		if ( ! $by_recovery && ! $this->roles->is_posting( $payload->key ) ) {
			return $this->denied( $payload->key );
		}
		if ( ! $payload->may ) {
			return null;
		}
		if ( $this->roles->is_revoked( $payload->to ) ) {
			return self::refuse( 'KEY_REVOKED', 'what was delegated to this key is revoked for good' );
		}
		$steward = array_intersect( array( 'head', 'snapshot' ), $payload->may );
		if ( $steward && ! $by_recovery ) {
			return self::refuse( 'NOT_ALLOWED', 'a steward is named by a recovery key' );
		}
		$max = $steward ? DGOS_Limits::STEWARD_MS_MAX : DGOS_Limits::DELEGATION_MS_MAX;
		return $payload->until <= $payload->time + $max ? null : self::refuse( 'BAD_FIELDS', '/until' );
	}

	private function author_word( stdClass $payload ): ?DGOS_Refused {
		if ( $this->roles->is_posting( $payload->key ) ) {
			return $payload->until <= $payload->time + DGOS_Limits::AUTHOR_UNTIL_MS_MAX ? null : self::refuse( 'BAD_FIELDS', '/until' );
		}
		if ( null === $this->roles->delegated( $payload->key, 'declaration', $payload->time ) ) {
			return $this->denied( $payload->key );
		}
		if ( isset( $payload->distrustSince ) || isset( $payload->show ) ) {
			return self::refuse( 'NOT_ALLOWED', 'a delegated key cannot distrust the host' );
		}
		return $payload->until <= $payload->time + DGOS_Limits::DELEGATED_UNTIL_MS_MAX ? null : self::refuse( 'BAD_FIELDS', '/until' );
	}

	private function verdict( stdClass $object ): ?DGOS_Refused {
		$payload = $object->payload;
		if ( null === $this->roster->member_of( $payload->key ) ) {
			return self::refuse( 'NOT_MEMBER' );
		}
		if ( $payload->until > $payload->time + DGOS_Limits::QUORUM_UNTIL_MS || isset( $payload->distrustSince ) || isset( $payload->show ) ) {
			return self::refuse( 'BAD_FIELDS', '/until' );
		}
		// Evidence is judged at its own time: the author may have moved the blog to other mirrors since.
		$lists = DGOS_Heads::at( $this->blog, $payload->time, $this->now_ms );
		if ( ! $lists ) {
			return self::refuse( 'NO_QUORUM', 'no head is known' );
		}
		$holds = (bool) array_filter( $lists, fn ( $head ) => $this->is_verdict_of( $head, $object ) );
		return $holds ? null : self::refuse( 'NO_QUORUM' );
	}

	/** Whether a quorum of a head's mirrors, without the blog's own operator, stands behind a declaration. */
	private function is_verdict_of( stdClass $head, stdClass $object ): bool {
		$list = $head->payload;
		// Records may come after the head that names them: whom the ranking does not seat now, a verdict seats neither.
		if ( ! DGOS_Seats::are_ranked( $list->standIns ?? array(), $list->blog, $this->roster ) ) {
			$list = (object) array( 'mirrors' => $list->mirrors );
		}
		$votes = array_values( array_filter( $this->inner, static fn ( $carried ) => 'observation' === $carried->kind ) );
		return DGOS_Quorum::evidence_holds( $object, DGOS_Seats::of( $list, self::own_operators( $this->roles, $this->roster ), $this->roster ), $this->roster, $votes );
	}

	private function post( stdClass $object ): ?DGOS_Refused {
		$key = $object->payload->key;
		if ( $this->roles->is_revoked( $key ) ) {
			$good = DGOS_Key_Roles::ancestry( $this->blog->post, $this->roles->revoked[ $key ] );
			return isset( $good[ $object->id ] ) ? null : self::refuse( 'KEY_REVOKED' );
		}
		$before     = $this->blog->find( 'post', $object->payload->replaces ?? null );
		$cancelling = DGOS_Posts::cancels( $object, $before );
		if ( null !== $before && ! $cancelling && ! DGOS_Posts::may_replace( $object, $before, $this->roles ) ) {
			return self::refuse( 'NOT_ALLOWED', 'a delegated key replaces only its own posts' );
		}
		if ( $this->roles->is_posting( $key ) ) {
			return null;
		}
		if ( ! $cancelling && null === $this->roles->delegated( $key, 'post', $object->payload->time ) ) {
			return self::refuse( 'NOT_ALLOWED' );
		}
		$same_day = array_filter(
			$this->blog->post,
			static fn ( $other ) => $other->payload->key === $key && $other->id !== $object->id && DGOS_Posts::day_of( $other ) === DGOS_Posts::day_of( $object )
		);
		$max = DGOS_Limits::DELEGATED_POSTS_STORED;
		return count( $same_day ) < $max ? null : self::refuse( 'RATE', "$max posts of a delegated key a day" );
	}
}
