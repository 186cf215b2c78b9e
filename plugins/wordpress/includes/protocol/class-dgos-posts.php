<?php
/**
 * The emergency posts of a blog: a set that merges, not a chain.
 *
 * `replaces` makes a new text of a post; posts with one `draft` show as one; `prevs` name the newest posts that the
 * author's device knew, so that an unknown one shows that something is withheld.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure rules about posts.
 */
final class DGOS_Posts {

	/**
	 * Posts to show, newest first, withdrawn ones marked; posts before their `showAt` left out. Each is a stdClass
	 * {id (public), current, history (oldest first), withdrawn, importedAt (permalink or null)}.
	 */
	public static function shown( DGOS_Blog_Objects $blog, int $now_ms ): array {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return array();
		}
		$good   = self::good( $blog, $roles );
		$index  = self::index( $good );
		$groups = array();
		foreach ( $good as $post ) {
			if ( ( $post->payload->showAt ?? 0 ) <= $now_ms ) {
				$groups[ self::first_of( $post, $index, $roles ) ][] = $post;
			}
		}
		$links = self::permalinks( $blog );
		$shown = array();
		foreach ( $groups as $id => $texts ) {
			$shown[] = self::shown_post( (string) $id, $texts, $links, $roles );
		}
		$shown = self::without_copies( $shown, $roles );
		usort(
			$shown,
			static function ( $a, $b ) {
				$order = $b->history[0]->payload->published <=> $a->history[0]->payload->published;
				return 0 !== $order ? $order : strcmp( $b->id, $a->id );
			}
		);
		return $shown;
	}

	/**
	 * Posts whose signer had the right to them. Of a delegated key's posts the first ones of each UTC day count, up to its
	 * limit: members that learned of them in another order still show the same ones.
	 */
	public static function good( DGOS_Blog_Objects $blog, DGOS_Key_Roles $roles ): array {
		$kept = array();
		foreach ( $roles->revoked as $key => $last_good ) {
			$kept[ $key ] = DGOS_Key_Roles::ancestry( $blog->post, $last_good );
		}
		$called_back = self::called_back( $blog );
		$allowed     = array();
		$by_day      = array();
		foreach ( $blog->post as $post ) {
			$key = $post->payload->key;
			if ( isset( $called_back[ $post->id ] ) ) {
				continue;
			}
			if ( isset( $kept[ $key ] ) ? isset( $kept[ $key ][ $post->id ] ) : ( $roles->is_posting( $key ) || null !== $roles->delegated( $key, 'post', $post->payload->time ) ) ) {
				$allowed[] = $post;

				$by_day[ $key . ' ' . self::day_of( $post ) ][] = $post;
			}
		}
		$past = array();
		foreach ( $by_day as $own ) {
			usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
			foreach ( $own as $earlier => $post ) {
				$key   = $post->payload->key;
				$power = $roles->is_posting( $key ) ? null : $roles->delegated( $key, 'post', $post->payload->time );
				$limit = null === $power ? PHP_INT_MAX : min( $power->payload->postsPerDay ?? PHP_INT_MAX, DGOS_Limits::DELEGATED_POSTS_PER_DAY );
				if ( $earlier >= $limit ) {
					$past[ $post->id ] = true;
				}
			}
		}
		return array_values( array_filter( $allowed, static fn ( $post ) => ! isset( $past[ $post->id ] ) ) );
	}

	/** Posts that whoever holds their cancel key has called back, as keys. They are not shown at all. */
	private static function called_back( DGOS_Blog_Objects $blog ): array {
		$by_id = array();
		foreach ( $blog->post as $post ) {
			$by_id[ $post->id ] = $post;
		}
		$gone = array();
		foreach ( $blog->post as $post ) {
			if ( self::cancels( $post, $by_id[ $post->payload->replaces ?? '' ] ?? null ) ) {
				$gone[ $post->payload->replaces ] = true;
			}
		}
		return $gone;
	}

	/** `cancel` of a post is a key; an empty, withdrawn post by that key calls it back. It can say nothing else. */
	public static function cancels( stdClass $post, ?stdClass $before ): bool {
		$payload = $post->payload;
		if ( null === $before || ( $before->payload->cancel ?? null ) !== $payload->key || ( $payload->replaces ?? null ) !== $before->id ) {
			return false;
		}
		return true === ( $payload->withdrawn ?? null ) && '' === $payload->title . $payload->html . ( $payload->source ?? '' ) && array() === $payload->attachments;
	}

	/**
	 * One mail sent to two gateways makes two posts by two delegated keys, of one draft and alike word for word: the one
	 * with the lower id is shown. Nothing is joined, so neither key gains power over the other's post.
	 */
	private static function without_copies( array $shown, DGOS_Key_Roles $roles ): array {
		$words  = static fn ( $post ) => $post->current->payload->draft . ' ' . strlen( $post->current->payload->title ) . ' ' . $post->current->payload->title . $post->current->payload->html . (int) $post->withdrawn;
		$alone  = static fn ( $post ) => 1 === count( $post->history ) && $roles->speaks_by_delegation( $post->current->payload->key );
		$groups = array();
		$others = array();
		foreach ( $shown as $other ) {
			if ( $alone( $other ) ) {
				$groups[ $words( $other ) ][] = $other;
			} else {
				$others[] = $other;
			}
		}
		return array_merge( $others, array_map( array( self::class, 'join_copies' ), array_values( $groups ) ) );
	}

	/** The one with the lowest id stands for all: it keeps their ids, and where one of them went. */
	private static function join_copies( array $copies ): stdClass {
		usort( $copies, static fn ( $a, $b ) => strcmp( $a->id, $b->id ) );
		$first = $copies[0];
		foreach ( array_slice( $copies, 1 ) as $snapshot ) {
			$first->ids        = array_merge( $first->ids, $snapshot->ids );
			$first->importedAt = $first->importedAt ?? $snapshot->importedAt;
		}
		return $first;
	}

	/** The UTC day of a post's signed time, counted from 1970. */
	public static function day_of( stdClass $post ): int {
		return intdiv( $post->payload->time, DGOS_Limits::DAY_MS );
	}

	/** Posting keys may replace any post, delegated keys only their own. */
	public static function may_replace( stdClass $post, stdClass $before, DGOS_Key_Roles $roles ): bool {
		return $post->payload->key === $before->payload->key || $roles->is_posting( $post->payload->key );
	}

	/** Ids that some post names as its forerunner but that are not here: withheld, lost, or still on their way. */
	public static function withheld( DGOS_Blog_Objects $blog ): array {
		$named = array();
		foreach ( $blog->post as $post ) {
			$named = array_merge( $named, $post->payload->prevs, isset( $post->payload->replaces ) ? array( $post->payload->replaces ) : array() );
		}
		$missing = array_diff( array_unique( $named, SORT_STRING ), DGOS_Bytes::ids( $blog->post ) );
		sort( $missing, SORT_STRING );
		return $missing;
	}

	/** The newest known posts: those that no other post names. At most eight, latest first: the `prevs` of the next post. */
	public static function tips( DGOS_Blog_Objects $blog ): array {
		$named = array();
		foreach ( $blog->post as $post ) {
			$named += array_fill_keys( $post->payload->prevs, true );
		}
		$loose = array_filter( $blog->post, static fn ( $post ) => ! isset( $named[ $post->id ] ) );
		usort( $loose, static fn ( $a, $b ) => DGOS_Bytes::by_time( $b, $a ) );
		return array_slice( DGOS_Bytes::ids( $loose ), 0, 8 );
	}

	/** Good posts by id, and those that replace none by draft. */
	private static function index( array $good ): stdClass {
		$index = (object) array(
			'by_id'    => array(),
			'by_draft' => array(),
		);
		foreach ( $good as $post ) {
			$index->by_id[ $post->id ] = $post;
			if ( ! isset( $post->payload->replaces ) ) {
				$index->by_draft[ $post->payload->draft ][] = $post;
			}
		}
		return $index;
	}

	/**
	 * The public id of a post: the start of its `replaces` chain, or of those that share its draft the one with the lowest
	 * id. A delegated key's text joins the author's, never another delegated key's.
	 */
	private static function first_of( stdClass $post, stdClass $index, DGOS_Key_Roles $roles ): string {
		$start = $post;
		while ( isset( $start->payload->replaces, $index->by_id[ $start->payload->replaces ] ) ) {
			$before = $index->by_id[ $start->payload->replaces ];
			if ( ! self::may_replace( $start, $before, $roles ) ) {
				break;
			}
			$start = $before;
		}
		$twins  = $index->by_draft[ $start->payload->draft ] ?? array();
		$author = array_filter( $twins, static fn ( $twin ) => ! $roles->speaks_by_delegation( $twin->payload->key ) );
		$same   = $author ? $author : array_filter( $twins, static fn ( $twin ) => $twin->payload->key === $start->payload->key );
		$ids    = DGOS_Bytes::ids( $same );
		sort( $ids, SORT_STRING );
		return $ids[0] ?? $start->id;
	}

	private static function shown_post( string $id, array $texts, array $links, DGOS_Key_Roles $roles ): stdClass {
		$by_author = false;
		foreach ( $texts as $text ) {
			$by_author = $by_author || ( $text->id === $id && ! $roles->speaks_by_delegation( $text->payload->key ) );
		}
		// A delegated twin of the author's own post shows as the same one, and changes nothing about it.
		$order = static fn ( $member ) => array( (int) ( $by_author && ! $roles->speaks_by_delegation( $member->payload->key ) ), $member->payload->published );
		usort(
			$texts,
			static function ( $a, $b ) use ( $order ) {
				$by_date = $order( $a ) <=> $order( $b );
				return 0 !== $by_date ? $by_date : strcmp( $a->id, $b->id );
			}
		);
		$current = end( $texts );
		$link    = null;
		foreach ( $texts as $other ) {
			$link = $link ?? $links[ $other->id ] ?? null;
		}
		return (object) array(
			'id'         => $id,
			'ids'        => array_values( array_unique( array_merge( array( $id ), DGOS_Bytes::ids( $texts ) ), SORT_STRING ) ),
			'current'    => $current,
			'history'    => $texts,
			'withdrawn'  => true === ( $current->payload->withdrawn ?? null ),
			'importedAt' => $link ?? $links[ $id ] ?? null,
		);
	}

	/** Post id => address on the blog, as the newest confirmation says. */
	private static function permalinks( DGOS_Blog_Objects $blog ): array {
		$words = $blog->imported;
		usort( $words, array( 'DGOS_Bytes', 'by_time' ) );
		$links = array();
		foreach ( $words as $word ) {
			foreach ( $word->payload->posts as $post ) {
				$links[ $post->post ] = $post->url;
			}
		}
		return $links;
	}
}
