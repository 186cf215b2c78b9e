<?php
/**
 * Never replace a good copy by a bad page.
 *
 * Words alone condemn nothing: posts have titles like "Access denied". A page counts as a notice only where it says so outside
 * its links to posts, is short, and is not known as the blog's own.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/capture/last-good.ts.
 */
final class DGOS_Last_Good {

	/** Reasons that rest on what a page says and how it is built, and may therefore be wrong. */
	const GUESSES = array( 'suspended', 'challenge', 'login' );
	/** A guess, and a page that has shrunk, are looked at again after so long. */
	const LASTS_MS = 86400000;
	/** A page with less than this, no image and no marker says nothing. */
	const BLANK_LENGTH = 20;
	/** Notices are short; an article that quotes one is long. */
	const NOTICE_LENGTH_MAX = 1500;
	/** A page this much shorter than the one before has lost its text. */
	const SHRUNK_RATIO       = 0.3;
	const SHRUNK_FROM_LENGTH = 800;
	/** Notices lead to their host, or nowhere; a blog to several of its own pages. */
	const OWN_LINKS_MIN = 2;
	/** Runs of words by which a page is known again, and the share of them that must be found. */
	const RUN_WORDS   = 3;
	const RUNS_MIN    = 8;
	const ALIKE_SHARE = 0.5;
	/** Parking companies say little beside that; a post about a lost domain says more. */
	const PARKING_LENGTH_MAX = 500;
	/** Titles of posts shorter than this are found in any text. */
	const TITLE_LENGTH_MIN = 8;

	/**
	 * Null where the page may be shown, else why not.
	 *
	 * @param array $seen    {status, is_page, from, facts (of DGOS_Page_Facts, or null), is_wall}.
	 * @param array $context {blog, address, previous (facts, or null), items (of {url, title}), aside_since_ms (or null), now_ms}.
	 */
	public static function judge( array $seen, array $context ): ?string {
		$facts    = $seen['facts'];
		$previous = $context['previous'];
		if ( $seen['status'] >= 400 || $seen['status'] < 200 ) {
			return 'error';
		}
		if ( ! $seen['is_page'] || null === $facts ) {
			return 'not-a-page';
		}
		if ( null === DGOS_Page_Url::path_below( $seen['from'], $context['address'] ) ) {
			return 'elsewhere';
		}
		$marked = $facts['marker'] === $context['blog'];
		if ( $facts['shell'] || ( 0 === $facts['images'] && self::length( $facts['text'] ) < ( $marked ? 1 : self::BLANK_LENGTH ) ) ) {
			return 'blank';
		}
		$guess = self::guess( $facts, $context, $marked, $seen['is_wall'] );
		if ( null !== $guess ) {
			return $guess;
		}
		if ( null !== $previous && $previous['marker'] === $context['blog'] && ! $marked ) {
			return 'marker-gone';
		}
		return self::has_shrunk( $facts, $context, $marked ) ? 'shrunk' : null;
	}

	/** Whether the bytes of a page bear the marks by which probes know a wall too. */
	public static function is_wall_page( string $body ): bool {
		return null !== DGOS_Walls::reason( 200, array(), substr( $body, 0, DGOS_Walls::PAGE_BYTES ) );
	}

	/** The page is the blog's own by what only the blog has. */
	public static function is_known( array $facts, array $context ): bool {
		$items = $context['items'];
		if ( $items && self::named_items( $facts, $items ) >= min( 2, count( $items ) ) ) {
			return true;
		}
		return null !== $context['previous'] && self::is_alike( $context['previous'], $facts );
	}

	private static function guess( array $facts, array $context, bool $marked, bool $is_wall ): ?string {
		if ( self::length( $facts['text'] ) > self::NOTICE_LENGTH_MAX && ! $is_wall ) {
			return null;
		}
		$said   = mb_strtolower( $facts['title'], 'UTF-8' ) . ' ' . $facts['unlinked'];
		$notice = null;
		if ( ! $marked ) {
			$notice = 1 === preg_match( DGOS_Notice_Patterns::SUSPENDED, $said ) ? 'suspended' : ( $is_wall || DGOS_Walls::says_challenge( $said ) ? 'challenge' : null );
		}
		$asks  = $facts['asks_password'] && true !== ( $context['previous']['asks_password'] ?? false );
		$guess = $notice ?? ( $asks ? 'login' : null );
		return null === $guess || self::is_known( $facts, $context ) || self::is_built_like_blog( $facts, $said ) ? null : $guess;
	}

	private static function named_items( array $facts, array $items ): int {
		$links  = array_flip( $facts['links'] );
		$titled = mb_strtolower( $facts['title'], 'UTF-8' ) . ' ' . $facts['text'];
		$named  = 0;
		foreach ( $items as $item ) {
			$url    = isset( $item['url'] ) ? DGOS_Page_Url::resolve( $item['url'], $item['url'] ) : null;
			$title  = DGOS_Page_Facts::fold( $item['title'] );
			$named += ( null !== $url && isset( $links[ $url ] ) ) || ( self::length( $title ) >= self::TITLE_LENGTH_MIN && false !== strpos( $titled, $title ) ) ? 1 : 0;
		}
		return $named;
	}

	private static function is_alike( array $previous, array $facts ): bool {
		$before = self::runs( $previous['text'] );
		$now    = self::runs( $facts['text'] );
		$small  = count( $before ) <= count( $now ) ? $before : $now;
		$large  = count( $before ) <= count( $now ) ? $now : $before;
		if ( count( $small ) < self::RUNS_MIN ) {
			return $previous['text'] === $facts['text'];
		}
		return count( array_intersect_key( $small, $large ) ) >= count( $small ) * self::ALIKE_SHARE;
	}

	/** Runs of words => true. */
	private static function runs( string $text ): array {
		$words = explode( ' ', $text );
		$runs  = array();
		for ( $at = 0, $end = count( $words ) - self::RUN_WORDS; $at <= $end; $at++ ) {
			$runs[ 'r' . implode( ' ', array_slice( $words, $at, self::RUN_WORDS ) ) ] = true;
		}
		return $runs;
	}

	private static function is_built_like_blog( array $facts, string $said ): bool {
		$files = 1 === preg_match( DGOS_Notice_Patterns::LISTING, mb_strtolower( $facts['title'], 'UTF-8' ) ) || 1 === preg_match( DGOS_Notice_Patterns::LISTING, $facts['heading'] );
		$parked = self::length( $facts['text'] ) <= self::PARKING_LENGTH_MAX || 1 === preg_match( DGOS_Notice_Patterns::PARKING, mb_strtolower( $facts['title'], 'UTF-8' ) . ' ' . $facts['heading'] );
		return count( $facts['links'] ) >= self::OWN_LINKS_MIN && ! $files && ! ( $parked && 1 === preg_match( DGOS_Notice_Patterns::PARKING, $said ) );
	}

	private static function has_shrunk( array $facts, array $context, bool $marked ): bool {
		$previous = $context['previous'];
		if ( null === $previous || self::length( $previous['text'] ) < self::SHRUNK_FROM_LENGTH || self::length( $facts['text'] ) >= self::length( $previous['text'] ) * self::SHRUNK_RATIO ) {
			return false;
		}
		$lasting = null !== $context['aside_since_ms'] && $context['now_ms'] - $context['aside_since_ms'] >= self::LASTS_MS;
		return ! ( $lasting && ( $marked || null === $previous['marker'] ) );
	}

	private static function length( string $text ): int {
		return mb_strlen( $text, 'UTF-8' );
	}
}
