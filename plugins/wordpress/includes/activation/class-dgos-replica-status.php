<?php
/**
 * Who has a post on disk, read from receipts. A receipt is a member's signed word that it stored the post with all its
 * attachments; one word an operator counts for safety.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as activation/posts/replica-status.ts.
 */
final class DGOS_Replica_Status {

	/** Ids of members that gave a receipt for a post, mirrors or not. */
	public static function givers( string $post, DGOS_Blog_Objects $blog, DGOS_Roster $roster ): array {
		$givers = array();
		foreach ( $blog->receipts_of( $post ) as $receipt ) {
			$member = $roster->member_of( $receipt->payload->key );
			if ( null !== $member ) {
				$givers[ $member->id ] = true;
			}
		}
		return array_map( 'strval', array_keys( $givers ) );
	}

	/** Ids of posts for which a key has given its receipt, as names of an array. */
	public static function given_by( string $key, DGOS_Blog_Objects $blog ): array {
		$given = array();
		foreach ( $blog->receipt as $receipt ) {
			if ( $receipt->payload->key === $key ) {
				$given[ $receipt->payload->post ] = true;
			}
		}
		return $given;
	}

	/**
	 * How safe a post is: {held, of, safe, operators, needed, missing}.
	 *
	 * @param string            $post    Its id.
	 * @param DGOS_Blog_Objects $blog    Its blog.
	 * @param stdClass[]        $mirrors Members that keep the blog.
	 * @param DGOS_Roster       $roster  The members.
	 */
	public static function of( string $post, DGOS_Blog_Objects $blog, array $mirrors, DGOS_Roster $roster ): array {
		$givers    = self::givers( $post, $blog, $roster );
		$operators = array();
		$all       = array();
		$missing   = array();
		$held      = 0;
		foreach ( $mirrors as $mirror ) {
			$all[ $mirror->operator ] = true;
			if ( in_array( $mirror->id, $givers, true ) ) {
				$operators[ $mirror->operator ] = true;
				++$held;
			} else {
				$missing[] = array(
					'member' => $mirror->id,
					'name'   => $mirror->name,
					'url'    => $mirror->url,
				);
			}
		}
		$needed = min( DGOS_Limits::SAFE_OPERATORS, count( $all ) );
		return array(
			'held'      => $held,
			'of'        => count( $mirrors ),
			'safe'      => $needed > 0 && count( $operators ) >= $needed,
			'operators' => count( $operators ),
			'needed'    => $needed,
			'missing'   => $missing,
		);
	}
}
