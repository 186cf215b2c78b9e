<?php
/**
 * How much may be kept of what one blog's author, and what others, say of it: objects and bytes, of each kind, of each key,
 * and in all. Every object is signed by somebody who may say it, and yet a stolen key, a hostile member or a stranger with a
 * blog of his own could fill this disk with them. Far above what the honest need.
 *
 * Five groups have room of their own, so that nobody's use shrinks another's: the author's keys; the blog's own server and its
 * stewards; keys that the author delegated to; members near the blog; all other members. Unknown fields count.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as ledger/budgets.ts.
 */
final class DGOS_Budgets {

	/** The part of a kind's room that a group has for itself, in quarters. */
	const SHARES = array(
		'author'    => 4,
		'server'    => 4,
		'delegated' => 1,
		'near'      => 4,
		'others'    => 1,
	);
	/**
	 * Payload bytes of one group with one blog, of all kinds. All text of a blog but receipts is read at once, and hosts give PHP
	 * some 128 MiB: together they are a third of what a Node member keeps.
	 */
	const GROUP_BYTES = array(
		'author'    => 4194304,
		'server'    => 4194304,
		'delegated' => 1048576,
		'near'      => 2621440,
		'others'    => 524288,
	);
	/** One member has no more of its group's bytes of a kind than this part: so many would have to work together to fill it. */
	const MEMBERS_TO_FILL = 24;

	/** Payload bytes of an object, from its text. */
	public static function bytes_of( stdClass $object ): int {
		return intdiv( strlen( $object->envelope->payload ) * 3, 4 );
	}

	/** Payload bytes of objects. */
	public static function bytes_of_all( array $objects ): int {
		return (int) array_sum( array_map( array( self::class, 'bytes_of' ), $objects ) );
	}

	/**
	 * Who a key is to a blog: a function of keys.
	 *
	 * @param DGOS_Blog_Objects $blog    What is known of it.
	 * @param stdClass          $object  May be the root that the keys come from.
	 * @param callable          $is_near Whether a key is that of a member near the blog.
	 * @return callable(string): string
	 */
	public static function groups_of( DGOS_Blog_Objects $blog, stdClass $object, callable $is_near ): callable {
		$roles   = DGOS_Key_Roles::of( $blog );
		$authors = null === $roles && 'root' === $object->kind ? array( $object->payload->key => true ) : array();
		$servers = null === $roles ? array() : array_fill_keys( $roles->head_signers( $object->payload->time ), true );
		foreach ( $blog->root as $root ) {
			$authors += array_fill_keys( array_merge( $root->payload->recovery, array_column( $root->payload->posting, 'key' ) ), true );
		}
		$known = array();
		return static function ( string $key ) use ( $roles, $authors, $servers, $is_near, &$known ): string {
			if ( ! isset( $known[ $key ] ) ) {
				$is_lent = null !== $roles && isset( $roles->delegations[ $key ] );
				if ( isset( $authors[ $key ] ) || ( null !== $roles && $roles->is_recovery( $key ) ) ) {
					$known[ $key ] = 'author';
				} elseif ( isset( $servers[ $key ] ) && ! $is_lent ) {
					$known[ $key ] = 'server';
				} else {
					$known[ $key ] = $is_lent ? 'delegated' : ( $is_near( $key ) ? 'near' : 'others' );
				}
			}
			return $known[ $key ];
		};
	}

	/**
	 * Null where there is room, as the kind's row in kinds.json says.
	 *
	 * @param stdClass          $object   The object.
	 * @param stdClass[]        $all      Known objects of the same kind.
	 * @param DGOS_Blog_Objects $blog     What is known of the blog. Receipts, which are read only where one comes, weigh for themselves.
	 * @param callable          $group_of Of groups_of().
	 */
	public static function blog_refusal( stdClass $object, array $all, DGOS_Blog_Objects $blog, callable $group_of ): ?DGOS_Refused {
		$too_large = self::size_refusal( $object );
		if ( null !== $too_large ) {
			return $too_large;
		}
		$kind  = $object->kind;
		$group = $group_of( $object->payload->key );
		$of    = static fn ( array $objects ) => array_filter( $objects, static fn ( $other ) => $group_of( $other->payload->key ) === $group );
		$mates = self::bytes_of_all( $of( 'receipt' === $kind ? $blog->receipt : $blog->all( 'receipt' ) ) );
		if ( $mates + self::bytes_of( $object ) > self::GROUP_BYTES[ $group ] ) {
			return DGOS_Codes::refuse( 'QUOTA', "of $group with one blog" );
		}
		$kept      = DGOS_Kinds::kept_of( $kind, 'blog' );
		$own       = array_filter( $all, static fn ( $other ) => $other->payload->key === $object->payload->key );
		$by_signer = $kept->signer ?? null;
		$by_all    = $kept->all ?? null;
		$part      = self::SHARES[ $group ];
		$alone     = in_array( $group, array( 'near', 'others' ), true ) && null !== $by_all ? intdiv( $by_all->bytes * $part, 4 * self::MEMBERS_TO_FILL ) : PHP_INT_MAX;
		if ( null !== $by_signer && self::exceeds( $object, $own, $by_signer->objects, min( $by_signer->bytes, $alone ) ) ) {
			return DGOS_Codes::refuse( 'RATE', "{$by_signer->objects} objects \"$kind\" of one key, or too many bytes" );
		}
		if ( null === $by_all || ! self::exceeds( $object, $of( $all ), intdiv( $by_all->objects * $part, 4 ), intdiv( $by_all->bytes * $part, 4 ) ) ) {
			return null;
		}
		return DGOS_Codes::refuse( 'RATE', "objects \"$kind\" of $group" );
	}

	/**
	 * The same for objects of the network, which only members and operators sign.
	 *
	 * @param stdClass   $object The object.
	 * @param stdClass[] $all    All that are known.
	 */
	public static function network_refusal( stdClass $object, array $all ): ?DGOS_Refused {
		$too_large = self::size_refusal( $object );
		if ( null !== $too_large ) {
			return $too_large;
		}
		$most = DGOS_Kinds::kept_of( $object->kind, 'network' )->signer ?? null;
		$own  = array_filter( $all, static fn ( $other ) => $other->kind === $object->kind && $other->payload->key === $object->payload->key );
		return null !== $most && self::exceeds( $object, $own, $most->objects, $most->bytes ) ? DGOS_Codes::refuse( 'RATE', "{$most->objects} objects \"{$object->kind}\" of one key" ) : null;
	}

	private static function size_refusal( stdClass $object ): ?DGOS_Refused {
		$most = DGOS_Kinds::bytes_each_of( $object->kind );
		return self::bytes_of( $object ) > $most ? DGOS_Codes::refuse( 'TOO_LARGE', "$most bytes are kept of one \"{$object->kind}\"" ) : null;
	}

	private static function exceeds( stdClass $object, array $before, int $objects, int $bytes ): bool {
		return count( $before ) + 1 > $objects || self::bytes_of_all( $before ) + self::bytes_of( $object ) > $bytes;
	}
}
