<?php
/**
 * Heads and snapshots: which one is the newest that counts, and whose turn it is to sign the next.
 *
 * Heads are ordered by (root version, seq); a new root starts again at 1, so that a stolen online key cannot run ahead.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure rules about heads.
 */
final class DGOS_Heads {

	/** The order of two head payloads by (root version, seq): -1, 0 or 1. */
	public static function compare( stdClass $a, stdClass $b ): int {
		return array( $a->rootVersion, $a->seq ) <=> array( $b->rootVersion, $b->seq );
	}

	/** The newest head that counts, or null. Of two with one number the earlier signer in order wins, then the lower id. */
	public static function current( DGOS_Blog_Objects $blog, int $now_ms ): ?stdClass {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return null;
		}
		$order      = $roles->head_signers( $now_ms );
		$distrusted = self::distrust_since( $blog, $roles );
		$rank       = static function ( stdClass $head ) use ( $order ): int {
			$at = array_search( $head->payload->key, $order, true );
			return false === $at ? count( $order ) : $at;
		};

		$best = null;
		foreach ( $blog->head as $head ) {
			if ( ! self::counts( $head, $blog, $roles, $distrusted ) ) {
				continue;
			}
			$newer = null === $best ? 1 : self::compare( $head->payload, $best->payload );
			// Heads come in order of id, so the lower id stands already.
			if ( $newer > 0 || ( 0 === $newer && $rank( $head ) < $rank( $best ) ) ) {
				$best = $head;
			}
		}
		return $best;
	}

	/** The newest head that counts and, where that was another, the one at an earlier moment: who sat then, and sits now. */
	public static function at( DGOS_Blog_Objects $blog, int $time_ms, int $now_ms ): array {
		$head       = self::current( $blog, $now_ms );
		$past       = clone $blog;
		$past->head = array_values( array_filter( $past->head, static fn ( $head ) => $head->payload->time <= $time_ms ) );
		$then       = self::current( $past, $now_ms );
		return array_values( array_filter( array( $head, $then === $head ? null : $then ) ) );
	}

	private static function counts( stdClass $head, DGOS_Blog_Objects $blog, DGOS_Key_Roles $roles, int $distrusted ): bool {
		$payload  = $head->payload;
		$previous = $payload->previous ?? null;
		$step     = $roles->chain->steps[ $payload->rootVersion - 1 ] ?? null;
		if ( null === $step || $step->id !== $payload->root || $roles->is_revoked( $payload->key ) ) {
			return false;
		}
		if ( $roles->is_online( $payload->key ) && $payload->time >= $distrusted ) {
			return false;
		}
		if ( null === $previous && 1 !== $payload->seq ) {
			return false;
		}
		$before = $blog->find( 'head', $previous );
		if ( null !== $before && ! self::is_next( $before->payload, $payload ) ) {
			return false;
		}
		return $roles->is_posting( $payload->key ) || self::signs_heads( $roles, $head );
	}

	/** Whether a head is by one of the blog's head signers: of the newest root, or of the root that the head names. */
	public static function signs_heads( DGOS_Key_Roles $roles, stdClass $head ): bool {
		$key = $head->payload->key;
		if ( $roles->is_revoked( $key ) ) {
			return false;
		}
		if ( in_array( $key, $roles->head_signers( $head->payload->time ), true ) ) {
			return true;
		}
		$step = $roles->chain->steps[ $head->payload->rootVersion - 1 ] ?? null;
		return null !== $step
			&& ( ( $step->payload->online ?? null ) === $key || in_array( $key, $step->payload->signers, true ) );
	}

	/** Whether `$next` may stand behind `$before` in the chain of heads. */
	public static function is_next( stdClass $before, stdClass $next ): bool {
		if ( $next->rootVersion === $before->rootVersion ) {
			return $next->seq === $before->seq + 1;
		}
		return $next->rootVersion > $before->rootVersion && 1 === $next->seq;
	}

	/** From when on objects of the online key are set aside; PHP_INT_MAX where the author has said nothing of the kind. */
	public static function distrust_since( DGOS_Blog_Objects $blog, DGOS_Key_Roles $roles ): int {
		$since = PHP_INT_MAX;
		foreach ( $blog->declaration as $declaration ) {
			$word = $declaration->payload;
			if ( 'author' === $word->by && isset( $word->distrustSince ) && $word->time >= $roles->root()->time && $roles->is_posting( $word->key ) ) {
				$since = min( $since, $word->distrustSince );
			}
		}
		return $since;
	}

	/**
	 * Whose turn it is to sign heads: the first signer in order that is not silent. Null where nobody is left.
	 *
	 * @param DGOS_Blog_Objects $blog   The blog.
	 * @param int               $now_ms Now.
	 * @param bool              $down   While the blog is down its own server is passed over.
	 * @param callable|null     $alive  Says of a key whether its member answers; null: all do.
	 */
	public static function signer( DGOS_Blog_Objects $blog, int $now_ms, bool $down, ?callable $alive = null ): ?string {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return null;
		}
		$head   = self::current( $blog, $now_ms );
		$last   = null === $head ? null : $head->payload->key;
		$since  = null === $head ? $roles->root()->time : $head->payload->time;
		$living = array();
		foreach ( $roles->head_signers( $now_ms ) as $key ) {
			$waits = $roles->is_online( $key ) && ( $down || ! ( in_array( $key, $roles->root()->signers, true ) || $last === $key ) );
			if ( ! $waits && ( null === $alive || $alive( $key ) ) ) {
				$living[] = $key;
			}
		}
		$at = null === $last ? false : array_search( $last, $living, true );
		if ( $now_ms - $since > DGOS_Limits::SIGNER_SILENT_MS && false !== $at && count( $living ) > 1 ) {
			return $living[ ( $at + 1 ) % count( $living ) ];
		}
		return $living[0] ?? null;
	}

	/**
	 * The copy to show: {snapshot, trust}, or null. Trust grows from 'captured-by-one' to 'captured-alike' to 'signed-by-blog'.
	 */
	public static function current_snapshot( DGOS_Blog_Objects $blog, int $now_ms ): ?stdClass {
		$roles = DGOS_Key_Roles::of( $blog );
		$head  = self::current( $blog, $now_ms );
		if ( null === $roles || null === $head ) {
			return null;
		}
		$chosen     = self::chosen_snapshot( $blog, $roles, $now_ms ) ?? $head->payload->snapshot ?? null;
		$distrusted = self::distrust_since( $blog, $roles );
		$known      = array_filter(
			$blog->snapshot,
			static fn ( $snapshot ) => ! ( $roles->is_online( $snapshot->payload->key ) && $snapshot->payload->time >= $distrusted )
		);
		$found = null;
		foreach ( $known as $object ) {
			$found = $object->id === $chosen ? $object : $found;
		}
		$found = $found ?? self::newest( array_filter( $known, static fn ( $object ) => $object->payload->time <= $head->payload->time ) );
		if ( null === $found ) {
			return null;
		}
		return (object) array(
			'snapshot' => $found,
			'trust'    => self::trust( $found, $known, $roles ),
		);
	}

	private static function chosen_snapshot( DGOS_Blog_Objects $blog, DGOS_Key_Roles $roles, int $now_ms ): ?string {
		$words = array_filter(
			$blog->declaration,
			static fn ( $declaration ) => isset( $declaration->payload->show ) && $declaration->payload->until > $now_ms && $roles->is_posting( $declaration->payload->key )
		);
		$word = self::newest( $words );
		return null === $word ? null : $word->payload->show;
	}

	/** Newest by time, then by the lower id. */
	private static function newest( array $objects ): ?stdClass {
		$best = null;
		foreach ( $objects as $object ) {
			$order = null === $best ? 1 : $object->payload->time <=> $best->payload->time;
			if ( $order > 0 || ( 0 === $order && strcmp( $object->id, $best->id ) < 0 ) ) {
				$best = $object;
			}
		}
		return $best;
	}

	private static function trust( stdClass $snapshot, array $known, DGOS_Key_Roles $roles ): string {
		if ( $roles->is_online( $snapshot->payload->key ) ) {
			return 'signed-by-blog';
		}
		foreach ( $known as $object ) {
			if ( $object->payload->key !== $snapshot->payload->key && $object->payload->alike === $snapshot->payload->alike ) {
				return 'captured-alike';
			}
		}
		return 'captured-by-one';
	}
}
