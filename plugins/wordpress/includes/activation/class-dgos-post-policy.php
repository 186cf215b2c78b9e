<?php
/**
 * The local rules for posts, receipts and confirmations of an import: what this member takes beyond who may sign it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/posts/post-policy.ts.
 */
final class DGOS_Post_Policy {

	/** Posts and attachments of one blog on this member, by its author. */
	const QUOTA_BYTES = 104857600;
	/** What apps and gateways may use of it: beside it, so that they take nothing from the author. */
	const DELEGATED_QUOTA_BYTES = 26214400;
	/** Posts of one posting key in an hour. Delegated keys have their own limit a day. */
	const POSTS_PER_HOUR = 60;
	const HOUR_MS        = 3600000;
	/** Receipts beyond those for known posts that one member may leave with a blog: for posts still on their way. */
	const EARLY_RECEIPTS = 30;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Clock $clock ) {
		$this->ledger = $ledger;
		$this->clock  = $clock;
	}

	/** Why an object of this kind is not taken here; null where nothing speaks against it. */
	public function policy( ?DGOS_Refused $refusal, stdClass $object, ?DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		if ( null !== $refusal || null === $blog ) {
			return $refusal;
		}
		switch ( $object->kind ) {
			case 'post':
				return $this->post_refusal( $object, $blog );
			case 'receipt':
				$given = count( array_filter( $blog->receipt, static fn ( $receipt ) => $receipt->payload->key === $object->payload->key ) );
				return $given < 2 * count( $blog->post ) + self::EARLY_RECEIPTS ? null : DGOS_Codes::refuse( 'RATE', 'receipts of one member' );
			case 'imported':
				return self::import_refusal( $object->payload, $blog );
			default:
				return null;
		}
	}

	private function post_refusal( stdClass $post, DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		$roles   = DGOS_Key_Roles::of( $blog );
		$authors = static fn ( $other ) => null !== $roles && $roles->is_posting( $other->payload->key );
		$mine    = $authors( $post );
		$share   = $mine ? self::QUOTA_BYTES : self::DELEGATED_QUOTA_BYTES;
		if ( self::bytes( array_merge( array_filter( $blog->post, static fn ( $other ) => $authors( $other ) === $mine ), array( $post ) ) ) > $share ) {
			return DGOS_Codes::refuse( 'QUOTA', "$share bytes a blog" . ( $mine ? '' : ' for delegated keys' ) );
		}
		$roster = $this->ledger->roster();
		if ( DGOS_Replica_Status::givers( $post->id, $blog, $roster ) ) {
			return null;
		}
		if ( true === ( $post->payload->withdrawn ?? null ) && null !== $blog->find( 'post', $post->payload->replaces ?? null ) ) {
			return null; // Taking back is always possible.
		}
		$now = $this->clock->now_ms();
		foreach ( array( $now, min( $post->payload->time, $now ) ) as $at ) {
			if ( 'up' !== DGOS_Blog_State::of( $blog, $roster, $at )->state ) {
				return self::rate_refusal( $post, $blog );
			}
		}
		return DGOS_Codes::refuse( 'BLOG_NOT_DOWN' );
	}

	private static function rate_refusal( stdClass $post, DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return DGOS_Codes::refuse( 'UNKNOWN_BLOG' );
		}
		$key  = $post->payload->key;
		$time = $post->payload->time;
		$own  = array_filter( $blog->post, static fn ( $other ) => $other->payload->key === $key && $other->id !== $post->id );
		if ( $roles->is_posting( $key ) ) {
			$lately = array_filter( $own, static fn ( $other ) => abs( $other->payload->time - $time ) < self::HOUR_MS );
			return count( $lately ) < self::POSTS_PER_HOUR ? null : DGOS_Codes::refuse( 'RATE', self::POSTS_PER_HOUR . ' posts an hour' );
		}
		$power = $roles->delegated( $key, 'post', $time );
		$limit = min( null === $power ? DGOS_Limits::DELEGATED_POSTS_PER_DAY : ( $power->payload->postsPerDay ?? DGOS_Limits::DELEGATED_POSTS_PER_DAY ), DGOS_Limits::DELEGATED_POSTS_PER_DAY );
		$today = array_filter( $own, static fn ( $other ) => DGOS_Posts::day_of( $other ) === DGOS_Posts::day_of( $post ) );
		return count( $today ) < $limit ? null : DGOS_Codes::refuse( 'RATE', "$limit posts a day with this key" );
	}

	/** A permalink lies below one of the blog's own addresses: mirrors redirect there for two years. */
	private static function import_refusal( stdClass $payload, DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return DGOS_Codes::refuse( 'UNKNOWN_BLOG' );
		}
		$addresses = array_merge( ...array_map( static fn ( $step ) => $step->payload->addresses, $roles->chain->steps ) );
		foreach ( $payload->posts as $post ) {
			if ( ! array_filter( $addresses, static fn ( $address ) => 0 === strpos( $post->url, $address ) ) ) {
				return DGOS_Codes::refuse( 'NOT_ALLOWED', 'a permalink lies outside of the addresses of the blog' );
			}
		}
		return null;
	}

	/** Bytes on disk: texts as they are kept, and each attachment once. */
	private static function bytes( array $posts ): int {
		$sizes = array();
		$sum   = 0;
		foreach ( $posts as $post ) {
			$sum += strlen( $post->envelope->payload );
			foreach ( $post->payload->attachments as $file ) {
				$sizes[ $file->blob ] = $file->bytes;
			}
		}
		return $sum + (int) array_sum( $sizes );
	}
}
