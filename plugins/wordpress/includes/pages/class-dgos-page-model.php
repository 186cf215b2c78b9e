<?php
/**
 * The mirror page of a blog as a value: everything it says, decided; nothing of how it looks. The fields and their names
 * are those of mirror/pages/model.ts, so that a test can hand the same model to both renderings.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: the protocol's rules, each asked once.
 */
final class DGOS_Page_Model {

	const RIGHT_TO_LEFT = array( 'ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'nqo', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi' );

	/**
	 * Null where nobody may speak for the blog (no valid root).
	 *
	 * @param DGOS_Blog_Objects $blog    Everything known of it.
	 * @param DGOS_Roster       $roster  The members.
	 * @param int               $now_ms  Now.
	 * @param array             $options `self` (the member's key), `owned` (host paths that are the blog's own, first one is its name).
	 */
	public static function of( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms, array $options ): ?stdClass {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return null;
		}
		$root      = $roles->root();
		$copy      = DGOS_Heads::current_snapshot( $blog, $now_ms );
		$head      = DGOS_Heads::current( $blog, $now_ms );
		$state     = DGOS_Blog_State::of( $blog, $roster, $now_ms );
		$fresh     = DGOS_Freshness::of( $blog, $roster, $now_ms );
		$proven    = DGOS_Address_Proof::proven( $blog, $roster, $now_ms );
		$language  = $root->language ?? $copy->snapshot->payload->language ?? null;
		$name      = $options['owned'][0] ?? $blog->blog;
		$titles    = array_filter( array( $root->title ?? '', $copy->snapshot->payload->title ?? '', $name ) );
		$listed    = array_values( array_filter( array_map( array( $roster, 'member_of' ), $head->payload->mirrors ?? array() ) ) );
		$self      = $roster->member_of( $options['self'] );
		$direction = self::direction( $language );
		return (object) array(
			'network'     => $roster->network->id,
			'blog'        => $blog->blog,
			'name'        => $name,
			'title'       => reset( $titles ),
			'language'    => $language,
			'direction'   => $direction,
			'homeProven'  => (bool) $proven,
			'home'        => $proven[0]->address ?? $root->addresses[0] ?? $copy->snapshot->payload->address ?? '',
			'state'       => $state,
			'votes'       => array_map( static fn ( $vote ) => self::name_of( $vote->signatures[0]->keyid, $roster ), $state->declaration->payload->votes ?? array() ),
			'operators'   => count( array_unique( array_map( static fn ( $member ) => $member->operator, $listed ) ) ),
			'posts'       => array_map( static fn ( $post ) => self::post( $post, $blog, $roster, $roles, array( $language, $direction ) ), DGOS_Posts::shown( $blog, $now_ms ) ),
			'withheld'    => count( DGOS_Posts::withheld( $blog ) ),
			'copy'        => self::copy( $copy, $roles, $roster ),
			'confirming'  => $fresh->confirming,
			'needed'      => $fresh->needed,
			'fresh'       => $fresh->fresh,
			'mirrors'     => array_map( static fn ( $member ) => self::mirror( $member, $name, null !== $self && $self->id === $member->id ), $listed ),
			'head'        => null === $head ? null : (object) array(
				'id'          => $head->id,
				'rootVersion' => $head->payload->rootVersion,
				'seq'         => $head->payload->seq,
				'time'        => $head->payload->time,
			),
			'rootVersion' => $root->version,
			'frozen'      => (bool) ( $roles->chain->rivals ?? array() ),
			'closed'      => true === ( $root->closed ?? null ),
			'items'       => $copy->snapshot->payload->feed->items ?? array(),
			'posting'     => $root->posting,
			'hubs'        => $root->hubs ?? array(),
			'nowMs'       => $now_ms,
		);
	}

	private static function mirror( stdClass $member, string $name, bool $is_self ): stdClass {
		return (object) array(
			'name'     => $member->name,
			'url'      => $member->url . "m/$name/",
			'member'   => $member->url,
			'operator' => $member->operator,
			'self'     => $is_self,
		);
	}

	private static function copy( ?stdClass $copy, DGOS_Key_Roles $roles, DGOS_Roster $roster ): ?stdClass {
		if ( null === $copy ) {
			return null;
		}
		$payload = $copy->snapshot->payload;
		return (object) array(
			'capturedAt' => $payload->time,
			'by'         => $roles->is_online( $payload->key ) ? 'the blog itself' : self::name_of( $payload->key, $roster ),
			'trust'      => $copy->trust,
			'files'      => count( $payload->pages ) + count( $payload->assets ),
			'id'         => $copy->snapshot->id,
		);
	}

	private static function post( stdClass $post, DGOS_Blog_Objects $blog, DGOS_Roster $roster, DGOS_Key_Roles $roles, array $spoken ): stdClass {
		$payload = $post->current->payload;
		$own     = isset( $payload->language ) ? self::direction( $payload->language ) : $spoken[1];
		return (object) array(
			'id'          => $post->id,
			'ids'         => $post->ids,
			'title'       => $payload->title,
			'html'        => $payload->html,
			'attachments' => $payload->attachments,
			'language'    => $payload->language ?? $spoken[0],
			'direction'   => $payload->direction ?? $own,
			'published'   => $post->history[0]->payload->published,
			'edited'      => count( $post->history ) > 1 ? $payload->published : null,
			'withdrawn'   => $post->withdrawn,
			'importedAt'  => $post->importedAt,
			'signedBy'    => self::name_of_poster( $payload, $roles ),
			'key'         => $payload->key,
			'held'        => self::holders( $post->current->id, $blog, $roster ),
		);
	}

	/** Operators whose mirrors signed a receipt for this text. */
	private static function holders( string $id, DGOS_Blog_Objects $blog, DGOS_Roster $roster ): int {
		$operators = array();
		foreach ( $blog->receipts_of( $id ) as $receipt ) {
			$member = $roster->member_of( $receipt->payload->key );
			if ( null !== $member ) {
				$operators[ $member->operator ] = true;
			}
		}
		return count( $operators );
	}

	private static function name_of_poster( stdClass $payload, DGOS_Key_Roles $roles ): string {
		foreach ( $roles->root()->posting as $device ) {
			if ( $device->key === $payload->key ) {
				return $device->name;
			}
		}
		$name = $roles->delegations[ $payload->key ]->payload->name ?? 'a delegated key';
		return isset( $payload->through ) ? "$name, $payload->through" : $name;
	}

	private static function name_of( string $key, DGOS_Roster $roster ): string {
		$member = $roster->member_of( $key );
		return null === $member ? 'key ' . substr( $key, 0, 8 ) : $member->name;
	}

	/** Which way a language is written. */
	public static function direction( ?string $language ): string {
		return in_array( explode( '-', strtolower( (string) $language ), 2 )[0], self::RIGHT_TO_LEFT, true ) ? 'rtl' : 'ltr';
	}
}
