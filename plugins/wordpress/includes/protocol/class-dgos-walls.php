<?php
/**
 * Walls: what stands before a blog and lets persons' browsers pass, but not guards. An answer of a wall says nothing about
 * the blog behind it, neither that it is there nor that it is gone.
 *
 * The walls.json beside this file is a copy of protocol/walls.json; a test fails where they differ.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as protocol/walls.ts.
 */
final class DGOS_Walls {

	/** Bytes of a page that are looked at. */
	const PAGE_BYTES = 32768;
	/** Visible characters, blanks not counted, of a page that a wall puts in a blog's place. */
	const WALL_TEXT_MAX = 3000;
	/** Of a page that is known only by what it says. */
	const PHRASE_TEXT_MAX = 1500;
	/** Of a page that is known only by its captcha. */
	const WIDGET_TEXT_MAX = 400;
	/** A host that asks for more quiet than this is not obeyed. */
	const RETRY_AFTER_MS_MAX = 3600000;

	/**
	 * The decoded walls.json.
	 *
	 * @var stdClass|null
	 */
	private static $table;

	/**
	 * The reason to call the blog defended, or null where no wall answered. Linear in the page.
	 *
	 * @param int      $status  Of the answer.
	 * @param string[] $headers Names in lower case.
	 * @param string   $page    The first 32 KiB.
	 */
	public static function reason( int $status, array $headers, string $page ): ?string {
		$table = self::table();
		if ( in_array( $status, $table->goneStatuses, true ) || ( $status >= 500 && 503 !== $status ) ) {
			return null;
		}
		$at_edge = in_array( $status, $table->edgeStatuses, true );
		$text    = strtolower( $page );
		$length  = self::visible_length( $text );
		foreach ( $table->walls as $wall ) {
			if ( self::bears( $headers, $wall->headers ) || ( $at_edge && self::bears( $headers, $wall->edges ) ) ) {
				return 'wall-' . $wall->name;
			}
			if ( $length <= self::WALL_TEXT_MAX && self::has_any( $text, $wall->page ) ) {
				return 'wall-' . $wall->name;
			}
		}
		if ( $length <= self::PHRASE_TEXT_MAX && self::has_any( $text, $table->phrases ) ) {
			return 'wall-captcha';
		}
		if ( $length <= self::WIDGET_TEXT_MAX && self::has_any( $text, $table->widgets ) ) {
			return 'wall-captcha';
		}
		return 429 === $status ? DGOS_Quorum::FLOODED : null;
	}

	/** Whether a text, in lower case, is what walls say: not what a copy should hold. For short pages only. */
	public static function says_challenge( string $text ): bool {
		return self::has_any( $text, array_merge( self::table()->phrases, self::table()->refusals ) );
	}

	/** The wall that a reason names, {name, title, letIn}; null for any other reason. */
	public static function of( string $reason ): ?stdClass {
		foreach ( self::table()->walls as $wall ) {
			if ( 'wall-' . $wall->name === $reason ) {
				return $wall;
			}
		}
		return null;
	}

	/** Milliseconds that `Retry-After` asks for, seconds or a date: at most an hour; null where it asks for nothing. */
	public static function retry_after_ms( ?string $value, int $now_ms ): ?int {
		$text = trim( (string) $value );
		if ( 1 === preg_match( '/^\d{1,9}$/D', $text ) ) {
			$ms = 1000 * (int) $text;
		} else {
			$date = 1 === preg_match( '/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/D', $text ) ? strtotime( $text ) : false;
			$ms   = false === $date ? 0 : 1000 * $date - $now_ms;
		}
		return $ms > 0 ? min( $ms, self::RETRY_AFTER_MS_MAX ) : null;
	}

	private static function bears( array $headers, array $wanted ): bool {
		foreach ( $wanted as $one ) {
			$value = $headers[ $one->name ] ?? null;
			if ( null !== $value && ( '' === $one->has || false !== strpos( strtolower( $value ), $one->has ) ) ) {
				return true;
			}
		}
		return false;
	}

	private static function has_any( string $text, array $marks ): bool {
		foreach ( $marks as $mark ) {
			if ( false !== strpos( $text, $mark ) ) {
				return true;
			}
		}
		return false;
	}

	/** Characters between the tags, without blanks, scripts and styles; what is cut off counts not. */
	private static function visible_length( string $text ): int {
		$length = 0;
		$size   = strlen( $text );
		for ( $at = 0; $at < $size; ) {
			$open    = strpos( $text, '<', $at );
			$end     = false === $open ? $size : $open;
			$length += $end - $at - self::blanks( $text, $at, $end );
			if ( false === $open ) {
				break;
			}
			$unseen = null;
			foreach ( array( 'script', 'style', 'noscript' ) as $name ) {
				$unseen = $unseen ?? ( 0 === substr_compare( $text, $name, min( $open + 1, $size ), strlen( $name ) ) ? $name : null );
			}
			$close = null === $unseen ? strpos( $text, '>', $open ) : strpos( $text, "</$unseen", $open );
			if ( false === $close ) {
				break;
			}
			$at = $close + 1;
			if ( null !== $unseen ) {
				$end = strpos( $text, '>', $close );
				$at  = false === $end ? $size : $end + 1;
			}
		}
		return $length;
	}

	/** Characters up to the blank, U+0000 to U+0020, in a part of a text. */
	private static function blanks( string $text, int $from, int $to ): int {
		return array_sum( array_intersect_key( count_chars( substr( $text, $from, $to - $from ), 1 ), array_flip( range( 0, 32 ) ) ) );
	}

	private static function table(): stdClass {
		if ( null === self::$table ) {
			self::$table = json_decode( (string) file_get_contents( __DIR__ . '/walls.json' ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of this plugin.
		}
		return self::$table;
	}
}
