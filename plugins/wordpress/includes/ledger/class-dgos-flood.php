<?php
/**
 * How much one key may leave here. Every object is signed by somebody who may say it, and yet a stolen key, a hostile
 * member or a stranger with a blog of his own could fill this disk with them. Local rules, far above what the honest do.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as ledger/flood.ts.
 */
final class DGOS_Flood {

	/** Watchers and mirrors speak all day: of what they said, this many old words are forgotten at a time. */
	const AT_A_TIME = 64;
	/** Text of one blog here, receipts aside: all of it is read at once, and hosts give PHP some 128 MiB. */
	const TEXT_BYTES_MAX = 12582912;
	/** Beyond it there is room for the words by which an author keeps hold of a blog. */
	const AUTHORS_BYTES_MAX = 16777216;
	/** Those words. Only PHP has such a bound: Node reads no blog as a whole. */
	const AUTHORS = array( 'root', 'delegation', 'head', 'declaration' );
	/** Longer than any word of a watcher counts (a life in it: 30 minutes). */
	const FADING_MS = 2400000;

	/**
	 * Null where there is room.
	 *
	 * @param stdClass   $object  The object.
	 * @param stdClass[] $all     Objects of the same kind that are known of the blog, or of the network.
	 * @param bool       $of_blog Whether it speaks of a blog.
	 */
	public static function refusal( stdClass $object, array $all, bool $of_blog ): ?DGOS_Refused {
		$most = DGOS_Kinds::kept_of( $object->kind, $of_blog ? 'blog' : 'network' )->signer->objects ?? null;
		if ( null === $most || count( $all ) < $most ) {
			return null;
		}
		$own = 0;
		foreach ( $all as $known ) {
			$own += $known->kind === $object->kind && $known->payload->key === $object->payload->key ? 1 : 0;
		}
		return $own < $most ? null : DGOS_Codes::refuse( 'RATE', "$most objects \"{$object->kind}\" of one key" );
	}

	/** Null where the blog's text has room for one more object. */
	public static function full( stdClass $object, DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		$max = in_array( $object->kind, self::AUTHORS, true ) ? self::AUTHORS_BYTES_MAX : self::TEXT_BYTES_MAX;
		return $blog->bytes() + strlen( $object->envelope->payload ) <= $max ? null : DGOS_Codes::refuse( 'QUOTA', "$max bytes of text a blog" );
	}

	/** Ids of observations, checkpoints and lives that newer ones replaced: ten watchers leave 3000 a day on every blog. */
	public static function faded( DGOS_Blog_Objects $blog, array $network, int $now_ms ): array {
		$old = array_filter(
			array_merge( $blog->observation, $blog->checkpoint, $blog->life ),
			static fn ( $object ) => $object->payload->time < $now_ms - self::FADING_MS
		);
		if ( count( $old ) < self::AT_A_TIME ) {
			return array();
		}
		$gone = array_filter( $old, static fn ( $object ) => ! DGOS_Live::is_live( $object, $blog, $network, $now_ms ) );
		return count( $gone ) < self::AT_A_TIME ? array() : DGOS_Bytes::ids( array_values( $gone ) );
	}

	/** Ids of records that newer ones of the same key replaced: all but the first, which may hold its commitment, and the newest. */
	public static function replaced( array $network ): array {
		$by_key = array();
		foreach ( $network as $object ) {
			if ( 'member' === $object->kind ) {
				$by_key[ $object->payload->key ][] = $object;
			}
		}
		$gone = array();
		foreach ( $by_key as $own ) {
			usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
			$gone = array_merge( $gone, array_slice( $own, 1, -1 ) );
		}
		return count( $gone ) < self::AT_A_TIME ? array() : DGOS_Bytes::ids( $gone );
	}
}
