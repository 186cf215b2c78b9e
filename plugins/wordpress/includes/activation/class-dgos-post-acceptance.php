<?php
/**
 * Posts of a blog that cannot speak for itself, once DGOS_Post_Policy lets them in: their attachments, this member's receipt
 * once the post is whole here, and the way to the other mirrors.
 *
 *   stored -> all attachments here? -> own receipt -> post and receipt to all mirrors (from its author)
 *                                                  -> receipt to those who hold it  (from a mirror)
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/posts/{attachments,receipts,replication}.ts.
 */
final class DGOS_Post_Acceptance {

	/** Images come within days of their post from its author; later from other mirrors alone. */
	const WANTED_MS = 2592000000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Outbox */
	private $outbox;
	/** @var DGOS_Allowance */
	private $allowance;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Blog_Mirrors $blog_mirrors,
		DGOS_Outbox $outbox,
		DGOS_Allowance $allowance,
		DGOS_Blob_Files $blobs,
		DGOS_Keys $keys,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta
	) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->outbox       = $outbox;
		$this->allowance    = $allowance;
		$this->blobs        = $blobs;
		$this->keys         = $keys;
		$this->deadline     = $deadline;
		$this->meta         = $meta;
	}

	/** Called for every stored object. */
	public function stored( stdClass $object, string $via ): void {
		if ( 'post' === $object->kind ) {
			$this->expect( $object );
			$this->taken( $object, $via );
		}
		if ( 'receipt' === $object->kind && 'self' !== $via && null !== $this->meta->get( 'origin:' . $object->payload->post ) ) {
			$this->outbox->queue( $object->id, $this->mirrors( $object->payload->blog ), DGOS_Outbox::KEPT_MS );
		}
	}

	/** Notes which bytes a post names, so that nobody reads all posts to find the one of an image. */
	public function expect( stdClass $post ): void {
		foreach ( $post->payload->attachments as $file ) {
			$this->meta->set( "wanted:{$file->blob}:{$post->id}", $post->id, self::WANTED_MS );
		}
	}

	/**
	 * How long the bytes are that accepted posts name by this hash, asked before any of them is read.
	 *
	 * @return int|DGOS_Refused
	 */
	public function wanted_bytes( string $hash ) {
		$named = $this->named( $hash );
		if ( ! $named ) {
			return DGOS_Codes::refuse( 'NOT_WANTED' );
		}
		$bytes = $named[0][1]->bytes;
		$full  = $this->blobs->size( $hash ) === $bytes ? null : $this->allowance->room( $bytes );
		return $full ?? $bytes;
	}

	/**
	 * Bytes of an attachment that an accepted post names, as they come; null where they are kept now.
	 *
	 * @param string         $hash   Their name.
	 * @param resource|false $stream Is closed.
	 */
	public function accept_blob( string $hash, $stream ): ?DGOS_Refused {
		$wanted = $this->wanted_bytes( $hash );
		if ( $wanted instanceof DGOS_Refused ) {
			return $wanted;
		}
		$named   = $this->named( $hash );
		$known   = $this->blobs->size( $hash ) === $wanted;
		$came    = $this->blobs->receive( $stream, $wanted );
		$problem = self::problem( $hash, $came, $named[0][1] );
		if ( null !== $problem ) {
			$this->blobs->drop( $came );
			return $problem;
		}
		$this->blobs->keep( $came );
		$this->allowance->booked( $known ? 0 : $wanted );
		foreach ( $named as list( $post ) ) {
			$this->complete( $post );
		}
		return null;
	}

	/** Accepted posts that name these bytes, each with the attachment. */
	private function named( string $hash ): array {
		$posts = array();
		foreach ( $this->meta->all( "wanted:$hash:" ) as $id ) {
			$post = $this->ledger->object( $id );
			foreach ( null === $post ? array() : $post->payload->attachments as $file ) {
				if ( $file->blob === $hash ) {
					$posts[] = array( $post, $file );
				}
			}
		}
		return $posts;
	}

	/** What is wrong with the bytes of an attachment, as DGOS_Blob_Files::receive() gives them. */
	public static function problem( string $hash, stdClass $came, stdClass $file ): ?DGOS_Refused {
		if ( $came->bytes !== $file->bytes ) {
			return DGOS_Codes::refuse( 'HASH_MISMATCH', "expected {$file->bytes} bytes, found " . ( $came->bytes > $file->bytes ? 'more' : $came->bytes ) );
		}
		if ( $came->hash !== $hash ) {
			return DGOS_Codes::refuse( 'HASH_MISMATCH' );
		}
		$type = self::image_type( $came->beginning );
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

	/** Receipts for posts of a blog that are whole here by now. False where the time was over. */
	public function complete_all( DGOS_Blog_Objects $blog ): bool {
		$given = $blog->post ? DGOS_Replica_Status::given_by( $this->keys->get( 'member' )->key, $blog ) : array();
		foreach ( $blog->post as $post ) {
			if ( $this->deadline->left_ms() < DGOS_Wake_Pace::STEP_MS ) {
				return false;
			}
			if ( ! isset( $given[ $post->id ] ) ) {
				$this->complete( $post );
			}
		}
		return true;
	}

	/** The post may be whole now: if so, this member says so to those who wait for it. */
	public function complete( stdClass $post ): bool {
		foreach ( $post->payload->attachments as $file ) {
			if ( null === $this->blobs->size( $file->blob ) ) {
				return false;
			}
		}
		$self    = $this->keys->get( 'member' )->key;
		$blog    = $this->ledger->blog( $post->payload->blog );
		$mirrors = $this->mirrors( $blog->blog );
		$origin  = null !== $this->meta->get( 'origin:' . $post->id );
		$givers  = DGOS_Replica_Status::givers( $post->id, $blog, $this->ledger->roster() );
		$is_mine = $origin || in_array( $self, $mirrors, true );
		if ( ! $is_mine || in_array( $self, $givers, true ) || null === $this->ledger->roster()->member_of( $self ) ) {
			return true;
		}
		$fields = array(
			'blog' => $blog->blog,
			'post' => $post->id,
		);
		$given = $this->ledger->publish( 'receipt', $fields, 'member' );
		$this->outbox->queue( $given['id'], array_diff( $origin || ! $givers ? array_merge( $mirrors, $givers ) : $givers, array( $self ) ), DGOS_Outbox::POST_MS );
		return true;
	}

	private function taken( stdClass $post, string $via ): void {
		$blog      = $this->ledger->blog( $post->payload->blog );
		$is_origin = 'peer' !== $via && ! DGOS_Replica_Status::givers( $post->id, $blog, $this->ledger->roster() );
		if ( $is_origin ) {
			$this->meta->set( 'origin:' . $post->id, 1, DGOS_Outbox::POST_MS );
			$mirrors = array_diff( $this->mirrors( $blog->blog ), array( $this->keys->get( 'member' )->key ) );
			$this->outbox->queue( $post->id, $mirrors, DGOS_Outbox::POST_MS );
		}
		$this->complete( $post );
	}

	private function mirrors( string $blog ): array {
		return $this->blog_mirrors->mirrors_of( $blog );
	}
}
