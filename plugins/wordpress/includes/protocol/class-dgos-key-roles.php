<?php
/**
 * Which roles a key has for a blog: the one place that reads roots and delegations into "may".
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Made of one blog's objects.
 */
final class DGOS_Key_Roles {

	/**
	 * The root chain.
	 *
	 * @var stdClass
	 */
	public $chain;

	/**
	 * Revoked keys, each with the ids of its last good posts.
	 *
	 * @var array<string, string[]>
	 */
	public $revoked;

	/**
	 * The newest delegation to each key; one that is revoked stays revoked.
	 *
	 * @var array<string, stdClass>
	 */
	public $delegations = array();

	private function __construct( stdClass $chain, array $delegations ) {
		$this->chain   = $chain;
		$this->revoked = DGOS_Roots::revoked_keys( $chain );
		usort( $delegations, array( 'DGOS_Bytes', 'by_time' ) );
		foreach ( $delegations as $delegation ) {
			$to = $delegation->payload->to;
			if ( ! $this->may_delegate( $delegation->payload->key ) ) {
				continue;
			}
			if ( ! $delegation->payload->may && ! $this->is_revoked( $to ) ) {
				$this->revoked[ $to ] = $delegation->payload->lastGood ?? array();
			}
			if ( ! $this->is_revoked( $to ) ) {
				$this->delegations[ $to ] = $delegation;
			}
		}
	}

	/** Null where the blog has no valid root 1. */
	public static function of( DGOS_Blog_Objects $blog ): ?DGOS_Key_Roles {
		$chain = DGOS_Roots::chain( $blog->blog, $blog->root );
		return null === $chain ? null : new self( $chain, $blog->delegation );
	}

	/** The payload of the current root. */
	public function root(): stdClass {
		return $this->chain->current->payload;
	}

	/** Whether a key is revoked. */
	public function is_revoked( string $key ): bool {
		return isset( $this->revoked[ $key ] );
	}

	/** The refusal of a key without the right. */
	public function denied( string $key ): DGOS_Refused {
		return DGOS_Codes::refuse( $this->is_revoked( $key ) ? 'KEY_REVOKED' : 'NOT_ALLOWED' );
	}

	/** Whether a key is a posting key that is not revoked. */
	public function is_posting( string $key ): bool {
		return ! $this->is_revoked( $key ) && $this->is_listed( $key );
	}

	/** Whether a key is a recovery key of the current root. */
	public function is_recovery( string $key ): bool {
		return in_array( $key, $this->root()->recovery, true );
	}

	/** Whether a key is the online key and not revoked. */
	public function is_online( string $key ): bool {
		return ! $this->is_revoked( $key ) && ( $this->root()->online ?? null ) === $key;
	}

	/** The delegation that lets `$key` use `$power` at `$time`, or null. */
	public function delegated( string $key, string $power, int $time ): ?stdClass {
		$found = $this->delegations[ $key ] ?? null;
		if ( null === $found || $this->is_revoked( $key ) ) {
			return null;
		}
		return in_array( $power, $found->payload->may, true ) && $found->payload->until >= $time ? $found : null;
	}

	/** Whether the key speaks by a delegation, not as a posting key. */
	public function speaks_by_delegation( string $key ): bool {
		return ! $this->is_posting( $key ) && isset( $this->delegations[ $key ] );
	}

	/** Keys that may sign heads, in order: the blog's own server, then the root's signers, then delegated stewards. */
	public function head_signers( int $time ): array {
		$stewards = array();
		foreach ( array_keys( $this->delegations ) as $key ) {
			if ( null !== $this->delegated( $key, 'head', $time ) ) {
				$stewards[] = $key;
			}
		}
		sort( $stewards, SORT_STRING );
		$online = isset( $this->root()->online ) ? array( $this->root()->online ) : array();
		$all    = array_unique( array_merge( $online, $this->root()->signers, $stewards ), SORT_STRING );
		return array_values( array_filter( $all, fn ( $key ) => ! $this->is_revoked( $key ) ) );
	}

	/**
	 * Ids of the given posts and of everything they follow, as far as known: id => true.
	 *
	 * @param stdClass[] $posts Known posts.
	 * @param string[]   $from  Ids.
	 */
	public static function ancestry( array $posts, array $from ): array {
		$by_id = array();
		foreach ( $posts as $post ) {
			$by_id[ $post->id ] = $post;
		}
		$seen = array();
		while ( $from ) {
			$id = array_pop( $from );
			if ( isset( $seen[ $id ] ) ) {
				continue;
			}
			$seen[ $id ] = true;
			foreach ( isset( $by_id[ $id ] ) ? $by_id[ $id ]->payload->prevs : array() as $prev ) {
				$from[] = $prev;
			}
		}
		return $seen;
	}

	private function is_listed( string $key ): bool {
		foreach ( $this->root()->posting as $device ) {
			if ( $device->key === $key ) {
				return true;
			}
		}
		return false;
	}

	private function may_delegate( string $key ): bool {
		return ! $this->is_revoked( $key ) && ( $this->is_recovery( $key ) || $this->is_listed( $key ) );
	}
}
