<?php
/**
 * Why there is no new copy, since when, and what mends it: for the set-up, the health tab, the dashboard and Site Health.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Words, as mirror/capture/copy-problem.ts has them for the command line.
 */
final class DGOS_Copy_Problems {

	/** Pages that are named one by one; of more it is enough to know how many. */
	const NAMED_MAX = 3;
	/** What is put aside since less than this is told without a time. */
	const SINCE_MS = 600000;

	/**
	 * A list of {words, next}.
	 *
	 * @param array|null $trouble Of the round: {code, detail, at}.
	 * @param array      $asides  Pages put aside, as DGOS_Capture_State keeps them.
	 * @param array      $pages   Pages of the copy.
	 * @param int        $now_ms  Now.
	 */
	public static function of( ?array $trouble, array $asides, array $pages, int $now_ms ): array {
		$found = array();
		if ( null !== $trouble ) {
			list( $words, $next ) = self::said( $trouble['code'] );
			$found[]              = compact( 'words', 'next' );
		}
		foreach ( array_slice( $asides, 0, self::NAMED_MAX ) as $aside ) {
			$found[] = self::aside( $aside, $now_ms );
		}
		$more = count( $asides ) - self::NAMED_MAX;
		if ( $more > 0 ) {
			$found[] = array(
				/* translators: %d: a number of pages. */
				'words' => sprintf( _n( '%d more page is put aside.', '%d more pages are put aside.', $more, 'dgos' ), $more ),
				'next'  => __( 'What mends the first mends most.', 'dgos' ),
			);
		}
		return array_merge( $found, self::unread( $pages ), self::made( $pages ) );
	}

	/** {reason, since, last, mend} of the first page that is put aside, as members tell it; null where nothing is wrong. */
	public static function first( array $asides ): ?array {
		$aside = array_values( $asides )[0] ?? null;
		return null === $aside ? null : array(
			'reason' => $aside['reason'],
			'since'  => $aside['since'],
			'last'   => $aside['last'],
			'mend'   => implode( ' ', self::said( $aside['reason'] ) ),
		);
	}

	/** The facts, for whoever helps. */
	public static function facts( ?array $trouble, array $asides ): string {
		$facts = null === $trouble ? array() : array( $trouble['detail'] );
		foreach ( $asides as $aside ) {
			$facts[] = $aside['reason'] . ' ' . gmdate( 'c', intdiv( $aside['since'], 1000 ) ) . ' ' . $aside['url'];
		}
		return implode( "\n", array_slice( $facts, 0, 12 ) );
	}

	/** A page put aside: what is wrong with it, since when, what mends it, and what readers have meanwhile. */
	private static function aside( array $aside, int $now_ms ): array {
		list( $words, $next ) = self::said( $aside['reason'] );
		if ( $now_ms - $aside['since'] >= self::SINCE_MS ) {
			/* translators: 1: a sentence, 2: time span such as "2 hours". */
			$words = sprintf( __( '%1$s For %2$s now:', 'dgos' ), $words, human_time_diff( intdiv( $aside['since'], 1000 ), intdiv( $now_ms, 1000 ) ) );
		}
		return array(
			'words' => "$words {$aside['url']}",
			'next'  => $next . ' ' . __( 'Until then its last good copy stays.', 'dgos' ),
		);
	}

	/** Pages that this host cannot read: their pictures and styles are in no copy. */
	private static function unread( array $pages ): array {
		$unread = array_values( array_filter( $pages, static fn ( $page ) => ! empty( $page['unread'] ) ) );
		return ! $unread ? array() : array(
			array(
				'words' => __( 'A page is too large to be read here: its words are in the copy, its pictures and styles are not.', 'dgos' ) . ' ' . $unread[0]['url'],
				'next'  => __( 'Show fewer posts on it, or excerpts, under Settings, Reading.', 'dgos' ),
			),
		);
	}

	/** Pages that show nothing without scripts. */
	private static function made( array $pages ): array {
		$made = array_values( array_filter( $pages, static fn ( $page ) => ! empty( $page['made'] ) ) );
		return ! $made ? array() : array(
			array(
				'words' => __( 'In the copy the posts themselves stand in for a page that shows nothing without scripts, and it says so.', 'dgos' ) . ' ' . $made[0]['url'],
				'next'  => __( 'A theme that writes its pages on the server would be copied as it looks.', 'dgos' ),
			),
		);
	}

	/** Of a reason: what is wrong, and what to do. */
	private static function said( string $reason ): array {
		$unasked = array( __( 'This site cannot ask itself for its pages: its host does not let it.', 'dgos' ), __( 'Nothing to do: the next visitor’s page becomes the copy. Open the front page in a private window to be that visitor.', 'dgos' ) );
		$login   = array( __( 'The page asks for a password.', 'dgos' ), __( 'Only what anybody may read is copied: take the password away, then look again.', 'dgos' ) );
		$known   = array(
			'http_request_failed' => $unasked,
			'http_failure'        => $unasked,
			'no-tag'              => array( __( 'The page does not show the tag yet.', 'dgos' ), __( 'A page cache hands out an old page: empty it, then look again. A page that leads to two of your posts is believed after a day without the tag.', 'dgos' ) ),
			'suspended'           => array( __( 'In the page’s place stands a notice of maintenance or of an error.', 'dgos' ), __( 'End the maintenance, or mend the error, then look again.', 'dgos' ) ),
			'challenge'           => array( __( 'In the page’s place stands a wall for robots.', 'dgos' ), __( 'Let requests of this site to itself pass that wall, then look again.', 'dgos' ) ),
			'login'               => $login,
			'blank'               => array( __( 'The page has no words without scripts.', 'dgos' ), __( 'Look at it with scripts switched off: what you see there is what is copied.', 'dgos' ) ),
			'shrunk'              => array( __( 'The page has lost most of its words.', 'dgos' ), __( 'If that is meant, wait: it is believed after a day.', 'dgos' ) ),
			'elsewhere'           => array( __( 'The page leads to another address.', 'dgos' ), __( 'Set the site address under Settings, General to where readers arrive, then look again.', 'dgos' ) ),
			'status-401'          => $login,
			'TOO_LARGE'           => array( __( 'The page is larger than 5 MB.', 'dgos' ), __( 'Show fewer posts on it, or excerpts, under Settings, Reading.', 'dgos' ) ),
			'disk'                => DGOS_Failures::disk(),
			'error'               => array( __( 'Making the copy failed: Site Health keeps the error under “Info”.', 'dgos' ), __( 'Look again; if it fails once more, tell whoever looks after this site.', 'dgos' ) ),
			'not-a-page'          => array( __( 'The answer is no page.', 'dgos' ), __( 'Look at the front page in a private window: what you see there is what is copied.', 'dgos' ) ),
		);
		return $known[ $reason ] ?? array(
			/* translators: %s: a technical word such as status-503. */
			sprintf( __( 'The page could not be had (%s).', 'dgos' ), $reason ),
			__( 'Look at it in a private window, mend what is wrong, then look again.', 'dgos' ),
		);
	}
}
