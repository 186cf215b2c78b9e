<?php
/**
 * Keeping: every byte that this member owes to the blogs it mirrors is here, whole, and nothing else is.
 *
 *   head stored -> its snapshot object, from the signer or any mirror -> missing blobs, from any holder, hashed
 *   head forgets paths, root closes, owner refuses -> their bytes leave  |  sweep -> blobs that nothing names leave
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/blob-keeper.ts, a few blobs at each wake.
 */
final class DGOS_Blob_Keeper {

	/** Every blog is looked through for missing blobs this often; sooner where some were not to be had. */
	const CHECK_MS = 3600000;
	const RETRY_MS = 60000;
	/** Bytes on this disk that one blog may claim, history and attachments included. */
	const BLOG_BYTES = 314572800;
	/** Copies that are kept of one signer, and days of which the last copy is. */
	const HISTORY_NEWEST = 5;
	const HISTORY_DAYS   = 14;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Mirror_Fetcher */
	private $mirror_fetcher;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Paged_Work */
	private $paged_work;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $complete_posts;
	// phpcs:enable

	/**
	 * Over the parts that it uses.
	 *
	 * @param DGOS_Ledger         $ledger         Whose blogs.
	 * @param DGOS_Refusals       $refusals       What is not kept.
	 * @param DGOS_Mirror_Fetcher $mirror_fetcher Brings what is missing.
	 * @param DGOS_Blob_Files     $blobs          Where it lies.
	 * @param DGOS_Settings       $settings       Whether this member pauses.
	 * @param DGOS_Keys           $keys           Who this member is.
	 * @param DGOS_Paged_Work     $paged_work     A piece at each wake.
	 * @param DGOS_Deadline       $deadline       How long.
	 * @param DGOS_Meta           $meta           What was looked at.
	 * @param DGOS_Clock          $clock          Now.
	 * @param callable            $complete_posts fn( DGOS_Blog_Objects ): bool, called before a copy is pulled: an author waits
	 *                                            for the receipts of posts, and a copy may take many wakes. False where the
	 *                                            time was over.
	 */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Refusals $refusals,
		DGOS_Mirror_Fetcher $mirror_fetcher,
		DGOS_Blob_Files $blobs,
		DGOS_Settings $settings,
		DGOS_Keys $keys,
		DGOS_Paged_Work $paged_work,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta,
		DGOS_Clock $clock,
		callable $complete_posts
	) {
		$this->ledger         = $ledger;
		$this->refusals       = $refusals;
		$this->mirror_fetcher = $mirror_fetcher;
		$this->blobs          = $blobs;
		$this->settings       = $settings;
		$this->keys           = $keys;
		$this->paged_work     = $paged_work;
		$this->deadline       = $deadline;
		$this->meta           = $meta;
		$this->clock          = $clock;
		$this->complete_posts = $complete_posts;
	}

	/** Called for every stored object: the blog may want bytes, or may want them gone. */
	public function stored( stdClass $object ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null !== $blog && DGOS_Kinds::is_shown( $object->kind ) ) {
			$this->meta->remove( 'kept:' . $blog );
		}
	}

	/** Pulls for blogs that are due, while there is time. */
	public function tick(): void {
		$this->paged_work->over(
			'keeping',
			$this->ledger->blogs(),
			function ( string $blog ): void {
				$meta = $this->meta;
				if ( null !== $meta->get( 'kept:' . $blog ) ) {
					return;
				}
				// Set before: where another request stores a newer head meanwhile, its word that there is more to pull stands.
				$meta->set( 'kept:' . $blog, 1, DGOS_Wake_Pace::paced( self::RETRY_MS ) );
				if ( $this->pull( $blog ) && null !== $meta->get( 'kept:' . $blog ) ) {
					$meta->set( 'kept:' . $blog, 1, self::CHECK_MS );
				}
			}
		);
	}

	/** Everything this member owes the blog, fetched from whoever has it. False where something is still missing. */
	public function pull( string $id ): bool {
		$now    = $this->clock->now_ms();
		$blog   = $this->ledger->blog( $id );
		$root   = DGOS_Roots::chain( $id, $blog->root );
		$head   = DGOS_Heads::current( $blog, $now );
		$closed = null !== $root && DGOS_Roots::is_closed( $root->current );
		if ( $closed || $this->refusals->standing( $blog ) || ( null !== $head && ( $head->payload->forgotten ?? array() ) ) ) {
			$this->drop( $blog );
		}
		if ( $closed || null === $head || ! $this->is_mirror( $head ) || $this->refuses( $blog ) || $this->settings->get( 'paused' ) ) {
			return true;
		}
		$whole = true;
		foreach ( self::shown_ids( $blog, $head ) as $snapshot ) {
			if ( null === $blog->find( 'snapshot', $snapshot ) ) {
				$whole = $this->mirror_fetcher->fetch_object( $snapshot, $head ) && $whole;
			}
		}
		$shown = $this->refusals->shown( $blog );
		if ( ! call_user_func( $this->complete_posts, $shown ) ) {
			return false;
		}
		$whole = $this->fetch_blobs( $this->ledger->blog( $id ), $head ) && $whole;
		return call_user_func( $this->complete_posts, $shown ) && $whole;
	}

	/** What is missing, as far as the blog's share of the disk reaches. False where something is to be had later. */
	private function fetch_blobs( DGOS_Blog_Objects $blog, stdClass $head ): bool {
		$absent = array_filter( $this->wanted( $blog ), fn ( $hash ) => null === $this->blobs->size( (string) $hash ), ARRAY_FILTER_USE_KEY );
		$used   = $absent ? $this->usage( $blog ) : 0;
		$whole  = true;
		$silent = array();
		foreach ( $absent as $hash => $bytes ) {
			if ( $used + (int) $bytes > self::BLOG_BYTES ) {
				continue; // Never to be had here: not missing, but left out.
			}
			if ( $this->deadline->left_ms() < DGOS_Wake_Pace::STEP_MS ) {
				return false;
			}
			$used += (int) $bytes;
			$whole = $this->mirror_fetcher->fetch_blob( (string) $hash, (int) $bytes, $head, $silent ) && $whole;
		}
		return $whole;
	}

	/** Hash => bytes of what readers see, the most important first, without what this member refuses. */
	private function wanted( DGOS_Blog_Objects $blog ): array {
		$files = DGOS_Retention::wanted( $this->refusals->shown( $blog ), $this->clock->now_ms() );
		foreach ( $this->refusals->standing( $blog ) as $word ) {
			unset( $files[ $word->blob ?? '' ] );
		}
		return $files;
	}

	/** Bytes of the blog on this disk. */
	private function usage( DGOS_Blog_Objects $blog ): int {
		$sum = 0;
		foreach ( array_keys( $this->claims( $blog ) ) as $hash ) {
			$sum += (int) $this->blobs->size( (string) $hash );
		}
		return $sum;
	}

	/** Whether this member's operator refuses the blog itself: a refused post or file leaves the rest. */
	private function refuses( DGOS_Blog_Objects $blog ): bool {
		return array() !== array_filter( $this->refusals->standing( $blog ), static fn ( $word ) => ! isset( $word->blob ) && ! isset( $word->post ) );
	}

	/**
	 * Once an hour, and over as many wakes as it takes: removes old copies, and blobs that nothing has named in two sweeps
	 * running.
	 */
	public function sweep(): void {
		$named = $this->meta->get( 'sweeping' );
		if ( ! is_array( $named ) && ! $this->meta->lock( 'sweep', self::CHECK_MS ) ) {
			return;
		}
		$named = is_array( $named ) ? $named : array();
		$whole = $this->paged_work->over(
			'sweep',
			$this->ledger->blogs(),
			function ( string $id ) use ( &$named ): void {
				$named += $this->tidy( $id );
			}
		);
		if ( ! $whole ) {
			$this->meta->set( 'sweeping', $named, DGOS_Limits::DAY_MS );
			return;
		}
		$this->meta->remove( 'sweeping' );
		$this->remove_unnamed( $named + array_fill_keys( (array) apply_filters( 'dgos_blob_references', array() ), true ) );
	}

	/** Without its old copies, and what counts no longer: the blobs that the blog still names. */
	private function tidy( string $id ): array {
		if ( ! $this->is_own( $this->ledger->blog( $id ) ) ) {
			$this->ledger->sweep( $id );
		}
		$old = DGOS_Retention::old_snapshots( $this->ledger->blog( $id ), $this->clock->now_ms(), self::HISTORY_NEWEST, self::HISTORY_DAYS );
		if ( $old ) {
			$this->ledger->remove( $id, $old );
		}
		return $this->claims( $this->ledger->blog( $id ) );
	}

	private function remove_unnamed( array $named ): void {
		$unnamed = array();
		$before  = (array) $this->meta->get( 'unnamed', array() );
		foreach ( $this->blobs->all() as $hash => $size ) {
			if ( isset( $named[ $hash ] ) ) {
				continue;
			}
			if ( isset( $before[ $hash ] ) ) {
				$this->blobs->remove( (string) $hash );
			} else {
				$unnamed[ $hash ] = 1;
			}
		}
		$this->meta->set( 'unnamed', $unnamed, DGOS_Limits::DAY_MS );
		$this->meta->remove( 'disk' );
	}

	/** Hashes of every blob that the blog's objects name and this member keeps, as names of an array. */
	private function claims( DGOS_Blog_Objects $blog ): array {
		$now  = $this->clock->now_ms();
		$root = DGOS_Roots::chain( $blog->blog, $blog->root );
		if ( null === $root || DGOS_Roots::is_closed( $root->current ) || $this->refusals->refuses_blog( $blog ) ) {
			return array();
		}
		$head  = DGOS_Heads::current( $blog, $now );
		$files = $this->is_own( $blog ) || ( null !== $head && $this->is_mirror( $head ) ) ? DGOS_Retention::files( $blog, $now ) : array();
		$files = $files + DGOS_Retention::attachments( $this->refusals->shown( $blog ), $now );
		foreach ( $this->refusals->standing( $blog ) as $word ) {
			unset( $files[ $word->blob ?? '' ] );
		}
		return $files;
	}

	/** Bytes of the blog that nothing names any more leave now, unless another blog has the same. */
	private function drop( DGOS_Blog_Objects $blog ): void {
		$candidates = array();
		foreach ( $blog->snapshot as $snapshot ) {
			$candidates += DGOS_Retention::files_of( $snapshot->payload, array() );
		}
		foreach ( $blog->post as $post ) {
			$candidates += array_column( $post->payload->attachments, 'bytes', 'blob' );
		}
		$here = array_filter( array_keys( $candidates ), fn ( $hash ) => null !== $this->blobs->size( (string) $hash ) );
		$gone = array_diff( $here, array_keys( $this->claims( $blog ) ), (array) apply_filters( 'dgos_blob_references', array() ) );
		foreach ( $gone ? $this->ledger->blogs() : array() as $id ) {
			$gone = $id === $blog->blog ? $gone : array_diff( $gone, array_keys( $this->claims( $this->ledger->blog( $id ) ) ) );
		}
		foreach ( $gone as $hash ) {
			$this->blobs->remove( (string) $hash );
		}
		if ( $gone ) {
			do_action( 'dgos_kept', $blog->blog );
		}
	}

	/** Whether it is this site's own: its roots stay, attested or not. */
	private function is_own( DGOS_Blog_Objects $blog ): bool {
		$root = DGOS_Roots::chain( $blog->blog, $blog->root );
		return null !== $root && ( $root->current->payload->online ?? null ) === $this->keys->get( 'online' )->key;
	}

	private function is_mirror( stdClass $head ): bool {
		return in_array( $this->keys->get( 'member' )->key, $head->payload->mirrors, true );
	}

	private static function shown_ids( DGOS_Blog_Objects $blog, stdClass $head ): array {
		$ids = array( $head->payload->snapshot ?? null );
		foreach ( $blog->declaration as $declaration ) {
			$ids[] = $declaration->payload->show ?? null;
		}
		return array_unique( array_filter( $ids ) );
	}
}
