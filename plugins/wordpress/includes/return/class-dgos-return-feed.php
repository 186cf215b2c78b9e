<?php
/**
 * One page of a mirror's return.json, read without trusting it: only the signed envelopes count, and of these only the ones
 * about this blog. The rest of the feed is for other programs.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure.
 */
final class DGOS_Return_Feed {

	/** Objects, lists and commas of a page: 16 MB of empty objects would be a gigabyte of memory. */
	const PARTS_MAX = 200000;

	/** Where a mirror's feed begins. `$mirror` ends in a slash. */
	public static function url( string $mirror, string $blog ): string {
		return $mirror . 'dgos/v1/blogs/' . $blog . '/return.json';
	}

	/**
	 * Envelopes of a page and the address of the next one: {envelopes, next}. Null where the text is no such page. A next
	 * page lies below the first one: a mirror cannot send the blog's requests elsewhere.
	 *
	 * @param string $body  As it came.
	 * @param string $first Address of the first page.
	 */
	public static function page( string $body, string $first ): ?stdClass {
		$feed = self::has_too_many_parts( $body ) ? null : json_decode( $body, false, 32 );
		if ( ! is_object( $feed ) ) {
			return null;
		}
		$envelopes = self::list_of( DGOS_Bytes::field( DGOS_Bytes::field( $feed, '_dgos' ), 'objects' ) );
		foreach ( self::list_of( DGOS_Bytes::field( $feed, 'items' ) ) as $item ) {
			$envelopes = array_merge( $envelopes, self::list_of( DGOS_Bytes::field( DGOS_Bytes::field( $item, '_dgos' ), 'envelopes' ) ) );
		}
		$next = DGOS_Bytes::field( $feed, 'next_url' );
		return (object) array(
			'envelopes' => $envelopes,
			'next'      => is_string( $next ) && $next !== $first && 0 === strpos( $next, $first . '?' ) ? $next : null,
		);
	}

	private static function has_too_many_parts( string $body ): bool {
		$bare = preg_replace( '/"(?:[^"\\\\]|\\\\.)*+(?:"|\\\\?$)/s', '', $body );
		return null === $bare || substr_count( $bare, '{' ) + substr_count( $bare, '[' ) + substr_count( $bare, ',' ) > self::PARTS_MAX;
	}

	/**
	 * The object of an envelope, or null where it is not properly signed, of another network, or not about this blog.
	 *
	 * @param mixed  $envelope Decoded JSON, in object mode.
	 * @param string $network  Id of the network.
	 * @param string $blog     Id of the blog.
	 */
	public static function ours( $envelope, string $network, string $blog ): ?stdClass {
		$object = DGOS_Envelope::open( $envelope );
		if ( $object instanceof DGOS_Refused || ! DGOS_Kinds::changes( $object->kind, 'return' ) ) {
			return null;
		}
		return DGOS_Envelope::blog_of( $object ) === $blog && ( $object->payload->network ?? null ) === $network ? $object : null;
	}

	/**
	 * All of it as one blog. Confirmations count only where the blog's own keys signed them; posts are weighed when shown.
	 *
	 * @param string     $blog    Id of the blog.
	 * @param stdClass[] $objects Opened objects about it.
	 */
	public static function trusted( string $blog, array $objects ): DGOS_Blog_Objects {
		$roles = DGOS_Key_Roles::of( new DGOS_Blog_Objects( $blog, $objects ) );
		$good  = array_filter(
			$objects,
			static fn ( $object ) => 'imported' !== $object->kind
				|| ( null !== $roles && ( $roles->is_online( $object->payload->key ) || $roles->is_posting( $object->payload->key ) ) )
		);
		return new DGOS_Blog_Objects( $blog, array_values( $good ) );
	}

	/**
	 * A list, or none.
	 *
	 * @param mixed $value Decoded JSON.
	 */
	private static function list_of( $value ): array {
		return is_array( $value ) ? $value : array();
	}
}
