<?php
/**
 * Lives that a blog with code of its own sends to its mirrors every five minutes, without being asked. They come from
 * inside, so they pass where guards do not: while a wall answers in the blog's place they are all that is known of it.
 *
 * Each says since when the row has had no gap, so that the newest one tells the rhythm. Silence speaks only after a row of
 * a day: a blog that wakes when somebody visits is silent every night.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as protocol/lives.ts.
 */
final class DGOS_Lives {

	/** The newest life that the blog's own server sent of itself within a week, or null. */
	public static function newest( DGOS_Blog_Objects $blog, int $now_ms ): ?stdClass {
		$roles  = DGOS_Key_Roles::of( $blog );
		$newest = null;
		foreach ( null === $roles ? array() : $blog->life as $life ) {
			$said = $life->payload;
			if ( ! isset( $said->since ) || ! $roles->is_online( $said->key ) || $said->time <= $now_ms - DGOS_Limits::LIFE_KEPT_MS || $said->time > $now_ms + DGOS_Limits::AHEAD_MS_MAX ) {
				continue;
			}
			// The lists are in order of id: of two at one time the lower stays.
			$newest = null === $newest || $said->time > $newest->payload->time ? $life : $newest;
		}
		return $newest;
	}

	/** Since when a blog that had kept its rhythm for a day has been silent, if that is an hour; else null. */
	public static function silent_since( DGOS_Blog_Objects $blog, int $now_ms ): ?int {
		$life = self::newest( $blog, $now_ms )->payload ?? null;
		if ( null === $life || $life->time - $life->since < DGOS_Limits::LIFE_ROW_MS ) {
			return null;
		}
		return $now_ms - $life->time >= DGOS_Limits::LIFE_SILENT_MS ? $life->time : null;
	}

	/** What the next life says: the row goes on, or begins again. `$before` is the last one that was sent, {time, since}. */
	public static function next_since( ?array $before, int $now_ms ): int {
		$goes_on = null !== $before && $now_ms - $before['time'] <= DGOS_Limits::LIFE_GAP_MS && $before['since'] <= $now_ms;
		return $goes_on ? $before['since'] : $now_ms;
	}
}
