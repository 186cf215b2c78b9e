<?php
/**
 * Posts of a blog that cannot speak for itself: which ones this member takes beyond who may sign them, its receipt once
 * the post is whole here, and the way to the other mirrors.
 *
 *   stored -> all attachments here? -> own receipt -> post and receipt to all mirrors (from its author)
 *                                                  -> receipt to those who hold it  (from a mirror)
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/posts/{post-policy,attachments,receipts,replication}.ts.
 */
final class DGOS_Post_Acceptance {

	/** Posts and attachments of one blog on this member. */
	const QUOTA_BYTES = 104857600;
	/** Posts of one posting key in an hour. Delegated keys have their own limit a day. */
	const POSTS_PER_HOUR = 60;
	const HOUR_MS        = 3600000;
	/** Images come within days of their post from its author; later from other mirrors alone. */
	const WANTED_MS = 2592000000;
	/** Receipts beyond those for known posts that one member may leave with a blog: for posts still on their way. */
	const EARLY_RECEIPTS = 30;

	/**
	 * The parts.
	 *
	 * @var DGOS_Plugin
	 */
	private $plugin;

	/** Over the parts of this member. */
	public function __construct( DGOS_Plugin $plugin ) {
		$this->plugin = $plugin;
	}

	/** The local rules for posts, receipts and confirmations of an import. */
	public function policy( ?DGOS_Refused $refusal, stdClass $object, ?DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		if ( null !== $refusal || null === $blog ) {
			return $refusal;
		}
		switch ( $object->kind ) {
			case 'post':
				return $this->post_refusal( $object, $blog );
			case 'receipt':
				$given = count( array_filter( $blog->receipt, static fn ( $one ) => $one->payload->key === $object->payload->key ) );
				return $given < 2 * count( $blog->post ) + self::EARLY_RECEIPTS ? null : DGOS_Codes::refuse( 'RATE', 'receipts of one member' );
			case 'imported':
				return self::import_refusal( $object->payload, $blog );
			default:
				return null;
		}
	}

	/** Called for every stored object. */
	public function stored( stdClass $object, string $via ): void {
		if ( 'post' === $object->kind ) {
			$this->expect( $object );
			$this->taken( $object, $via );
		}
		if ( 'receipt' === $object->kind && 'self' !== $via && null !== $this->plugin->meta()->get( 'origin:' . $object->payload->post ) ) {
			$this->plugin->outbox()->queue( $object->id, $this->mirrors( $object->payload->blog ), DGOS_Outbox::KEPT_MS );
		}
	}

	/** Notes which bytes a post names, so that nobody reads all posts to find the one of an image. */
	public function expect( stdClass $post ): void {
		foreach ( $post->payload->attachments as $file ) {
			$this->plugin->meta()->set( "wanted:{$file->blob}:{$post->id}", $post->id, self::WANTED_MS );
		}
	}

	/** Bytes of an attachment that an accepted post names; null where they are kept now. */
	public function accept_blob( string $hash, string $bytes ): ?DGOS_Refused {
		$posts = array();
		foreach ( $this->plugin->meta()->all( "wanted:$hash:" ) as $id ) {
			$post = $this->plugin->ledger()->object( $id );
			foreach ( null === $post ? array() : $post->payload->attachments as $file ) {
				if ( $file->blob === $hash ) {
					$posts[] = array( $post, $file );
				}
			}
		}
		if ( ! $posts ) {
			return DGOS_Codes::refuse( 'NOT_WANTED' );
		}
		$known   = $this->plugin->blobs()->size( $hash ) === strlen( $bytes );
		$problem = self::problem( $hash, $bytes, $posts[0][1] ) ?? ( $known ? null : $this->plugin->allowance()->room( strlen( $bytes ) ) );
		if ( null !== $problem ) {
			return $problem;
		}
		$this->plugin->blobs()->put( $bytes );
		$this->plugin->allowance()->booked( $known ? 0 : strlen( $bytes ) );
		foreach ( $posts as list( $post ) ) {
			$this->complete( $post );
		}
		return null;
	}

	/** What is wrong with the bytes of an attachment. */
	public static function problem( string $hash, string $bytes, stdClass $file ): ?DGOS_Refused {
		if ( strlen( $bytes ) !== $file->bytes ) {
			return DGOS_Codes::refuse( 'HASH_MISMATCH', "expected {$file->bytes} bytes, found " . strlen( $bytes ) );
		}
		if ( DGOS_Bytes::sha256( $bytes ) !== $hash ) {
			return DGOS_Codes::refuse( 'HASH_MISMATCH' );
		}
		$type = self::image_type( $bytes );
		return $type === $file->type ? null : DGOS_Codes::refuse( 'BAD_FIELDS', "the post says {$file->type}, the bytes are " . ( $type ?? 'no image' ) );
	}

	/** What an image is by its first bytes, whatever it was called; null for anything that posts may not carry. */
	public static function image_type( string $bytes ): ?string {
		$types = array(
			'image/jpeg' => '/^\xff\xd8\xff/',
			'image/png'  => '/^\x89PNG\r\n\x1a\n/',
			'image/gif'  => '/^GIF8[79]a/',
			'image/webp' => '/^RIFF.{4}WEBP/s',
			'image/avif' => '/^.{4}ftypavi[fs]/s',
		);
		foreach ( $types as $type => $pattern ) {
			if ( 1 === preg_match( $pattern, substr( $bytes, 0, 16 ) ) ) {
				return $type;
			}
		}
		return null;
	}

	/** The post may be whole now: if so, this member says so to those who wait for it. */
	public function complete( stdClass $post ): bool {
		foreach ( $post->payload->attachments as $file ) {
			if ( null === $this->plugin->blobs()->size( $file->blob ) ) {
				return false;
			}
		}
		$ledger  = $this->plugin->ledger();
		$self    = $this->plugin->keys()->get( 'member' )->key;
		$blog    = $ledger->blog( $post->payload->blog );
		$mirrors = $this->mirrors( $blog->blog );
		$origin  = null !== $this->plugin->meta()->get( 'origin:' . $post->id );
		$givers  = DGOS_Replica_Status::givers( $post->id, $blog, $ledger->roster() );
		$is_mine = $origin || in_array( $self, $mirrors, true );
		if ( ! $is_mine || in_array( $self, $givers, true ) || null === $ledger->roster()->member_of( $self ) ) {
			return true;
		}
		$fields = array(
			'blog' => $blog->blog,
			'post' => $post->id,
		);
		$given = $ledger->publish( 'receipt', $fields, 'member' );
		$this->plugin->outbox()->queue( $given['id'], array_diff( $origin || ! $givers ? array_merge( $mirrors, $givers ) : $givers, array( $self ) ), DGOS_Outbox::POST_MS );
		return true;
	}

	private function taken( stdClass $post, string $via ): void {
		$ledger    = $this->plugin->ledger();
		$blog      = $ledger->blog( $post->payload->blog );
		$is_origin = 'peer' !== $via && ! DGOS_Replica_Status::givers( $post->id, $blog, $ledger->roster() );
		if ( $is_origin ) {
			$this->plugin->meta()->set( 'origin:' . $post->id, 1, DGOS_Outbox::POST_MS );
			$mirrors = array_diff( $this->mirrors( $blog->blog ), array( $this->plugin->keys()->get( 'member' )->key ) );
			$this->plugin->outbox()->queue( $post->id, $mirrors, DGOS_Outbox::POST_MS );
		}
		$this->complete( $post );
	}

	private function mirrors( string $blog ): array {
		return $this->plugin->live_sets()->mirrors_of( $blog );
	}

	private function post_refusal( stdClass $post, DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		if ( self::bytes( array_merge( $blog->post, array( $post ) ) ) > self::QUOTA_BYTES ) {
			return DGOS_Codes::refuse( 'QUOTA', self::QUOTA_BYTES . ' bytes a blog' );
		}
		$roster = $this->plugin->ledger()->roster();
		if ( DGOS_Replica_Status::givers( $post->id, $blog, $roster ) ) {
			return null;
		}
		if ( true === ( $post->payload->withdrawn ?? null ) && null !== $blog->find( 'post', $post->payload->replaces ?? null ) ) {
			return null; // Taking back is always possible.
		}
		$now = $this->plugin->clock()->now_ms();
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
		$own  = array_filter( $blog->post, static fn ( $one ) => $one->payload->key === $key && $one->id !== $post->id );
		if ( $roles->is_posting( $key ) ) {
			$lately = array_filter( $own, static fn ( $one ) => abs( $one->payload->time - $time ) < self::HOUR_MS );
			return count( $lately ) < self::POSTS_PER_HOUR ? null : DGOS_Codes::refuse( 'RATE', self::POSTS_PER_HOUR . ' posts an hour' );
		}
		$power = $roles->delegated( $key, 'post', $time );
		$limit = min( null === $power ? DGOS_Limits::DELEGATED_POSTS_PER_DAY : ( $power->payload->postsPerDay ?? DGOS_Limits::DELEGATED_POSTS_PER_DAY ), DGOS_Limits::DELEGATED_POSTS_PER_DAY );
		$today = array_filter( $own, static fn ( $one ) => DGOS_Posts::day_of( $one ) === DGOS_Posts::day_of( $post ) );
		return count( $today ) < $limit ? null : DGOS_Codes::refuse( 'RATE', "$limit posts a day with this key" );
	}

	/** A permalink lies below one of the blog's own addresses: mirrors redirect there for two years. */
	private static function import_refusal( stdClass $payload, DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		$roles = DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return DGOS_Codes::refuse( 'UNKNOWN_BLOG' );
		}
		$addresses = array_merge( ...array_map( static fn ( $step ) => $step->payload->addresses, $roles->chain->steps ) );
		foreach ( $payload->posts as $one ) {
			if ( ! array_filter( $addresses, static fn ( $address ) => 0 === strpos( $one->url, $address ) ) ) {
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
