<?php
/**
 * Words that newer ones have replaced, and that may be forgotten.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as ledger/replaced.ts.
 */
final class DGOS_Replaced {

	/** Watchers and mirrors speak all day: of what they said, this many old words are forgotten at a time. */
	const AT_A_TIME = 64;
	/** Longer than any word of a watcher counts (a life in it: 30 minutes). */
	const FADING_MS = 2400000;

	/** Verdicts bear their votes: of those that ran out, so many are forgotten at a time, once every clock agrees that they have. */
	const VERDICTS_AT_A_TIME = 2;

	/**
	 * Ids of observations, checkpoints and lives that newer ones replaced: ten watchers leave 3000 a day on every blog. And of
	 * verdicts that were renewed since: each renewal bears its votes, which say since when, and gives back the room of those
	 * before.
	 */
	public static function faded( DGOS_Blog_Objects $blog, array $network, int $now_ms ): array {
		return array_merge( self::faded_talk( $blog, $network, $now_ms ), self::faded_verdicts( $blog, $network, $now_ms ) );
	}

	private static function faded_verdicts( DGOS_Blog_Objects $blog, array $network, int $now_ms ): array {
		$over = array_filter( $blog->declaration, static fn ( $object ) => 'quorum' === $object->payload->by && $object->payload->until < $now_ms - DGOS_Limits::AHEAD_MS_MAX );
		if ( count( $over ) <= self::VERDICTS_AT_A_TIME ) {
			return array();
		}
		$gone = array_filter( $over, static fn ( $object ) => ! DGOS_Live::is_live( $object, $blog, $network, $now_ms ) );
		return count( $gone ) < self::VERDICTS_AT_A_TIME ? array() : DGOS_Bytes::ids( array_values( $gone ) );
	}

	private static function faded_talk( DGOS_Blog_Objects $blog, array $network, int $now_ms ): array {
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
