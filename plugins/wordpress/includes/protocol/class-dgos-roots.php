<?php
/**
 * Who speaks for a blog: the chain of its roots.
 *
 * Root 1 names the blog; root n+1 names root n and is signed by one recovery key of n. A signer of rank r leaves the keys
 * ranked above it as they are. Of two roots of one version the higher-ranked signer wins whenever it arrives; two by one
 * key freeze the blog at the version before. Every step is walked; nothing is skipped.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * A chain is a stdClass {blog, steps (root 1 to the current one), current, rivals}.
 */
final class DGOS_Roots {

	/**
	 * The chain, or null where root 1 is unknown or invalid. The same set gives the same chain in any order of arrival.
	 *
	 * @param string     $blog  The blog's id.
	 * @param stdClass[] $roots Known roots.
	 */
	public static function chain( string $blog, array $roots ): ?stdClass {
		$current = null;
		foreach ( $roots as $root ) {
			$current = null === $current && $root->id === $blog ? $root : $current;
		}
		if ( null === $current || ! self::is_genesis( $current ) ) {
			return null;
		}
		$steps  = array( $current );
		$rivals = array();
		while ( ! $rivals && ! self::is_closed( $current ) && count( $steps ) < DGOS_Limits::ROOT_VERSIONS_MAX ) {
			$winners = self::winners( $current, $blog, $roots );
			if ( ! $winners ) {
				break;
			}
			if ( count( $winners ) > 1 ) {
				$rivals = $winners;
				break;
			}
			$current = $winners[0];
			$steps[] = $current;
		}
		return (object) array(
			'blog'    => $blog,
			'steps'   => $steps,
			'current' => $current,
			'rivals'  => $rivals,
		);
	}

	/** Whether a root says that the blog has left. */
	public static function is_closed( stdClass $root ): bool {
		return true === ( $root->payload->closed ?? null );
	}

	/** Whether `$next` may follow `$current` by the rules of rank. Says nothing about rivals. */
	public static function follows( stdClass $current, stdClass $next, string $blog ): bool {
		$now  = $current->payload;
		$then = $next->payload;
		$rank = self::rank( $current, $then->key );
		return null !== $rank
			&& ( $then->blog ?? null ) === $blog
			&& $then->version === $now->version + 1
			&& ( $then->previous ?? null ) === $current->id
			&& $then->network === $now->network
			&& self::differ( $then->recovery )
			&& array_slice( $now->recovery, 0, $rank ) === array_slice( $then->recovery, 0, $rank );
	}

	/** Whether a root is a good root 1. */
	public static function is_genesis( stdClass $root ): bool {
		$payload = $root->payload;
		return 1 === $payload->version
			&& ! isset( $payload->blog )
			&& ! isset( $payload->previous )
			&& in_array( $payload->key, $payload->recovery, true )
			&& self::differ( $payload->recovery );
	}

	/**
	 * Every key revoked by any step, with the posts that stay good. A later root cannot take a revocation back.
	 *
	 * @param stdClass $chain As chain() gives it.
	 * @return array<string, string[]>
	 */
	public static function revoked_keys( stdClass $chain ): array {
		$revoked = array();
		foreach ( $chain->steps as $step ) {
			foreach ( $step->payload->revoked as $revocation ) {
				$revoked[ $revocation->key ] = $revoked[ $revocation->key ] ?? $revocation->lastGood;
			}
		}
		return $revoked;
	}

	/** The successors by the highest-ranked key that signed one, in order of id. */
	private static function winners( stdClass $current, string $blog, array $roots ): array {
		$by_rank = array();
		foreach ( $roots as $root ) {
			if ( self::follows( $current, $root, $blog ) ) {
				$by_rank[ self::rank( $current, $root->payload->key ) ][] = $root;
			}
		}
		if ( ! $by_rank ) {
			return array();
		}
		$winners = $by_rank[ min( array_keys( $by_rank ) ) ];
		usort( $winners, static fn ( $a, $b ) => strcmp( $a->id, $b->id ) );
		return $winners;
	}

	private static function rank( stdClass $root, string $key ): ?int {
		$rank = array_search( $key, $root->payload->recovery, true );
		return false === $rank ? null : $rank;
	}

	private static function differ( array $keys ): bool {
		return count( array_unique( $keys, SORT_STRING ) ) === count( $keys );
	}
}
