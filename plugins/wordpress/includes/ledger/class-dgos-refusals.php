<?php
/**
 * What the owner of this member refuses: it takes no posts for such a blog and shows none of it, nor the posts and files
 * that were named alone. The word is public and signed, so that readers and head signers go elsewhere.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/refusals.ts and ledger/refused.ts. Of this member's words about one thing the newest counts.
 */
final class DGOS_Refusals {

	/** Reasons of the kind `refusal` that an owner may give. */
	const REASONS = array( 'operator', 'law', 'abuse' );

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the ledger. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Keys $keys, DGOS_Meta $meta ) {
		$this->ledger = $ledger;
		$this->keys   = $keys;
		$this->meta   = $meta;
	}

	/** Called for every stored object. */
	public function stored( stdClass $object ): void {
		if ( 'refusal' === $object->kind && $object->payload->key === $this->keys->get( 'member' )->key ) {
			$this->meta->remove( 'refusing' );
		}
	}

	/** The words of this member about a blog that stand, as payloads. */
	public function standing( DGOS_Blog_Objects $blog ): array {
		$self  = $this->keys->get( 'member' )->key;
		$words = array_filter( $blog->refusal, static fn ( $refusal ) => $refusal->payload->key === $self );
		return self::newest( $words );
	}

	/** The words of one member that stand. */
	public static function newest( array $words ): array {
		usort( $words, array( 'DGOS_Bytes', 'by_time' ) );
		$newest = array();
		foreach ( $words as $word ) {
			$newest[ ( $word->payload->blob ?? '' ) . ' ' . ( $word->payload->post ?? '' ) ] = $word->payload;
		}
		return array_values( array_filter( $newest, static fn ( $refusal ) => true !== ( $refusal->lifted ?? null ) ) );
	}

	/** Whether nothing of the blog is kept or shown. Want of room is another matter: what is here stays readable. */
	public function refuses_blog( DGOS_Blog_Objects $blog ): bool {
		return self::refuse_all( $this->standing( $blog ) );
	}

	/** Whether words that stand mean the whole blog. */
	public static function refuse_all( array $standing ): bool {
		foreach ( $standing as $refusal ) {
			if ( ! isset( $refusal->blob ) && ! isset( $refusal->post ) && 'capacity' !== $refusal->reason ) {
				return true;
			}
		}
		return false;
	}

	/** Ids of posts that are not shown. */
	public function refused_posts( DGOS_Blog_Objects $blog ): array {
		return array_values( array_filter( array_map( static fn ( $word ) => $word->post ?? null, $this->standing( $blog ) ) ) );
	}

	/** Whether these bytes are not to be handed out: refused by name, or bytes of a blog that is refused as a whole. */
	public function refuses_blob( string $hash ): bool {
		foreach ( $this->blogs() as $id ) {
			$blog  = $this->ledger->blog( $id );
			$words = $this->standing( $blog );
			if ( in_array( $hash, array_map( static fn ( $word ) => $word->blob ?? null, $words ), true ) ) {
				return true;
			}
			$posts = self::refuse_all( $words ) ? $blog->post : array_filter( $blog->post, fn ( $post ) => in_array( $post->id, $this->refused_posts( $blog ), true ) );
			if ( in_array( $hash, self::attached( $posts ), true ) || ( self::refuse_all( $words ) && in_array( $hash, self::copied( $blog ), true ) ) ) {
				return true;
			}
		}
		return false;
	}

	/** Whether a signed text is not to be handed out: a post refused by its id, or a post or copy of a refused blog. */
	public function refuses_object( stdClass $object ): bool {
		if ( ! DGOS_Kinds::changes( $object->kind, 'pages' ) || ! in_array( $object->payload->blog, $this->blogs(), true ) ) {
			return false;
		}
		$blog = $this->ledger->blog( $object->payload->blog );
		return $this->refuses_blog( $blog ) || in_array( $object->id, $this->refused_posts( $blog ), true );
	}

	/** Blogs of which this member has refused something. Kept, as every file that is handed out asks. */
	private function blogs(): array {
		$kept = $this->meta->get( 'refusing' );
		if ( ! is_array( $kept ) ) {
			$self = $this->keys->get( 'member' )->key;
			$own  = array_filter( $this->ledger->objects( 'refusal' ), static fn ( $object ) => $object->payload->key === $self && isset( $object->payload->blog ) );
			$kept = array_values( array_unique( array_map( static fn ( $refusal ) => $refusal->payload->blog, $own ) ) );
			$this->meta->set( 'refusing', $kept );
		}
		return $kept;
	}

	/** The blog as pages see it: without what is refused. */
	public function shown( DGOS_Blog_Objects $blog ): DGOS_Blog_Objects {
		if ( $this->refuses_blog( $blog ) ) {
			return new DGOS_Blog_Objects( $blog->blog, array() );
		}
		$hidden      = $this->refused_posts( $blog );
		$shown       = clone $blog;
		$shown->post = array_values( array_filter( $blog->post, static fn ( $post ) => ! in_array( $post->id, $hidden, true ) ) );
		return $shown;
	}

	/** The local rule: no post for a refused blog. */
	public function policy( ?DGOS_Refused $refusal, stdClass $object, ?DGOS_Blog_Objects $blog ): ?DGOS_Refused {
		if ( null === $refusal && 'post' === $object->kind && null !== $blog && $this->refuses_blog( $blog ) ) {
			return DGOS_Codes::refuse( 'REFUSED', 'post' );
		}
		return $refusal;
	}

	private static function attached( array $posts ): array {
		$hashes = array();
		foreach ( $posts as $post ) {
			$hashes = array_merge( $hashes, array_map( static fn ( $file ) => $file->blob, $post->payload->attachments ) );
		}
		return $hashes;
	}

	private static function copied( DGOS_Blog_Objects $blog ): array {
		$hashes = array();
		foreach ( $blog->snapshot as $snapshot ) {
			foreach ( array_merge( $snapshot->payload->pages, $snapshot->payload->assets ) as $file ) {
				$hashes[] = $file->blob;
			}
		}
		return $hashes;
	}
}
