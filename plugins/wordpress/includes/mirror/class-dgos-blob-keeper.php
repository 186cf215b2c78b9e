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
 * As mirror/keeping.ts, a few blobs at each wake.
 */
final class DGOS_Blob_Keeper {

	/** Every blog is looked through for missing blobs this often; sooner where some were not to be had. */
	const CHECK_MS = 3600000;
	const RETRY_MS = 60000;
	/** Blobs in one pull that a member may fail to hand out before it is left alone until the next. */
	const SILENT_MAX = 3;
	/** Bytes on this disk that one blog may claim, history and attachments included. */
	const BLOG_BYTES = 314572800;
	/** Copies that are kept of one signer, and days of which the last copy is. */
	const HISTORY_NEWEST = 5;
	const HISTORY_DAYS   = 14;
	const MATTERS        = array( 'root', 'head', 'snapshot', 'post', 'declaration', 'refusal' );

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

	/** Called for every stored object: the blog may want bytes, or may want them gone. */
	public function stored( stdClass $object ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null !== $blog && in_array( $object->kind, self::MATTERS, true ) ) {
			$this->plugin->meta()->remove( 'kept:' . $blog );
		}
	}

	/** Pulls for blogs that are due, while there is time. */
	public function tick(): void {
		$this->plugin->paged_work()->over(
			'keeping',
			$this->plugin->ledger()->blogs(),
			function ( string $blog ): void {
				$meta = $this->plugin->meta();
				if ( null !== $meta->get( 'kept:' . $blog ) ) {
					return;
				}
				// Set before: where another request stores a newer head meanwhile, its word that there is more to pull stands.
				$meta->set( 'kept:' . $blog, 1, DGOS_Wake::paced( self::RETRY_MS ) );
				if ( $this->pull( $blog ) && null !== $meta->get( 'kept:' . $blog ) ) {
					$meta->set( 'kept:' . $blog, 1, self::CHECK_MS );
				}
			}
		);
	}

	/** Everything this member owes the blog, fetched from whoever has it. False where something is still missing. */
	public function pull( string $id ): bool {
		$ledger = $this->plugin->ledger();
		$now    = $this->plugin->clock()->now_ms();
		$blog   = $ledger->blog( $id );
		$root   = DGOS_Roots::chain( $id, $blog->root );
		$head   = DGOS_Heads::current( $blog, $now );
		$closed = null !== $root && DGOS_Roots::is_closed( $root->current );
		if ( $closed || $this->plugin->refusals()->standing( $blog ) || ( null !== $head && ( $head->payload->forgotten ?? array() ) ) ) {
			$this->drop( $blog );
		}
		if ( $closed || null === $head || ! $this->is_mirror( $head ) || $this->refuses( $blog ) || $this->plugin->settings()->get( 'paused' ) ) {
			return true;
		}
		$whole = true;
		foreach ( self::shown_ids( $blog, $head ) as $snapshot ) {
			if ( null === $blog->find( 'snapshot', $snapshot ) ) {
				$whole = $this->fetch_object( $snapshot, $head ) && $whole;
			}
		}
		$shown = $this->plugin->refusals()->shown( $blog );
		if ( ! $this->complete( $shown ) ) {
			return false;
		}
		$whole = $this->fetch_blobs( $ledger->blog( $id ), $head ) && $whole;
		return $this->complete( $shown ) && $whole;
	}

	/** What is missing, as far as the blog's share of the disk reaches. False where something is to be had later. */
	private function fetch_blobs( DGOS_Blog_Objects $blog, stdClass $head ): bool {
		$absent = array_filter( $this->wanted( $blog ), fn ( $hash ) => null === $this->plugin->blobs()->size( (string) $hash ), ARRAY_FILTER_USE_KEY );
		$used   = $absent ? $this->usage( $blog ) : 0;
		$whole  = true;
		$silent = array();
		foreach ( $absent as $hash => $bytes ) {
			if ( $used + (int) $bytes > self::BLOG_BYTES ) {
				continue; // Never to be had here: not missing, but left out.
			}
			if ( $this->plugin->peers()->left_ms() < DGOS_Wake::STEP_MS ) {
				return false;
			}
			$used += (int) $bytes;
			$whole = $this->fetch_blob( (string) $hash, (int) $bytes, $head, $silent ) && $whole;
		}
		return $whole;
	}

	/** Hash => bytes of what readers see, the most important first, without what this member refuses. */
	private function wanted( DGOS_Blog_Objects $blog ): array {
		$files = DGOS_Retention::wanted( $this->plugin->refusals()->shown( $blog ), $this->plugin->clock()->now_ms() );
		foreach ( $this->plugin->refusals()->standing( $blog ) as $word ) {
			unset( $files[ $word->blob ?? '' ] );
		}
		return $files;
	}

	/** Bytes of the blog on this disk. */
	private function usage( DGOS_Blog_Objects $blog ): int {
		$sum = 0;
		foreach ( array_keys( $this->claims( $blog ) ) as $hash ) {
			$sum += (int) $this->plugin->blobs()->size( (string) $hash );
		}
		return $sum;
	}

	/** Whether this member's operator refuses the blog itself: a refused post or file leaves the rest. */
	private function refuses( DGOS_Blog_Objects $blog ): bool {
		return array() !== array_filter( $this->plugin->refusals()->standing( $blog ), static fn ( $word ) => ! isset( $word->blob ) && ! isset( $word->post ) );
	}

	/**
	 * Receipts for posts that are whole here by now. Asked for before the copy is pulled: an author waits for them, and a
	 * copy may take many wakes. False where the time was over.
	 */
	private function complete( DGOS_Blog_Objects $blog ): bool {
		$given = $blog->post ? DGOS_Replica_Status::given_by( $this->plugin->keys()->get( 'member' )->key, $blog ) : array();
		foreach ( $blog->post as $post ) {
			if ( $this->plugin->peers()->left_ms() < DGOS_Wake::STEP_MS ) {
				return false;
			}
			if ( ! isset( $given[ $post->id ] ) ) {
				$this->plugin->post_acceptance()->complete( $post );
			}
		}
		return true;
	}

	/**
	 * Once an hour, and over as many wakes as it takes: removes old copies, and blobs that nothing has named in two sweeps
	 * running.
	 */
	public function sweep(): void {
		$meta  = $this->plugin->meta();
		$named = $meta->get( 'sweeping' );
		if ( ! is_array( $named ) && ! $meta->lock( 'sweep', self::CHECK_MS ) ) {
			return;
		}
		$named = is_array( $named ) ? $named : array();
		$whole = $this->plugin->paged_work()->over(
			'sweep',
			$this->plugin->ledger()->blogs(),
			function ( string $id ) use ( &$named ): void {
				$named += $this->tidy( $id );
			}
		);
		if ( ! $whole ) {
			$meta->set( 'sweeping', $named, DGOS_Limits::DAY_MS );
			return;
		}
		$meta->remove( 'sweeping' );
		$this->remove_unnamed( $named + array_fill_keys( (array) apply_filters( 'dgos_blob_references', array() ), true ) );
	}

	/** Without its old copies: the blobs that the blog still names. */
	private function tidy( string $id ): array {
		$ledger = $this->plugin->ledger();
		$old    = DGOS_Retention::old_snapshots( $ledger->blog( $id ), $this->plugin->clock()->now_ms(), self::HISTORY_NEWEST, self::HISTORY_DAYS );
		if ( $old ) {
			$ledger->remove( $id, $old );
		}
		return $this->claims( $ledger->blog( $id ) );
	}

	private function remove_unnamed( array $named ): void {
		$unnamed = array();
		$before  = (array) $this->plugin->meta()->get( 'unnamed', array() );
		foreach ( $this->plugin->blobs()->all() as $hash => $size ) {
			if ( isset( $named[ $hash ] ) ) {
				continue;
			}
			if ( isset( $before[ $hash ] ) ) {
				$this->plugin->blobs()->remove( (string) $hash );
			} else {
				$unnamed[ $hash ] = 1;
			}
		}
		$this->plugin->meta()->set( 'unnamed', $unnamed, DGOS_Limits::DAY_MS );
		$this->plugin->meta()->remove( 'disk' );
	}

	/** Hashes of every blob that the blog's objects name and this member keeps, as names of an array. */
	private function claims( DGOS_Blog_Objects $blog ): array {
		$now  = $this->plugin->clock()->now_ms();
		$root = DGOS_Roots::chain( $blog->blog, $blog->root );
		if ( null === $root || DGOS_Roots::is_closed( $root->current ) || $this->plugin->refusals()->refuses_blog( $blog ) ) {
			return array();
		}
		$head  = DGOS_Heads::current( $blog, $now );
		$own   = ( $root->current->payload->online ?? null ) === $this->plugin->keys()->get( 'online' )->key;
		$files = $own || ( null !== $head && $this->is_mirror( $head ) ) ? DGOS_Retention::files( $blog, $now ) : array();
		$files = $files + DGOS_Retention::attachments( $this->plugin->refusals()->shown( $blog ), $now );
		foreach ( $this->plugin->refusals()->standing( $blog ) as $word ) {
			unset( $files[ $word->blob ?? '' ] );
		}
		return $files;
	}

	/** Bytes of the blog that nothing names any more leave now, unless another blog has the same. */
	private function drop( DGOS_Blog_Objects $blog ): void {
		$candidates = array();
		foreach ( $blog->snapshot as $one ) {
			$candidates += DGOS_Retention::files_of( $one->payload, array() );
		}
		foreach ( $blog->post as $post ) {
			$candidates += array_column( $post->payload->attachments, 'bytes', 'blob' );
		}
		$here = array_filter( array_keys( $candidates ), fn ( $hash ) => null !== $this->plugin->blobs()->size( (string) $hash ) );
		$gone = array_diff( $here, array_keys( $this->claims( $blog ) ), (array) apply_filters( 'dgos_blob_references', array() ) );
		foreach ( $gone ? $this->plugin->ledger()->blogs() : array() as $id ) {
			$gone = $id === $blog->blog ? $gone : array_diff( $gone, array_keys( $this->claims( $this->plugin->ledger()->blog( $id ) ) ) );
		}
		foreach ( $gone as $hash ) {
			$this->plugin->blobs()->remove( (string) $hash );
		}
		if ( $gone ) {
			do_action( 'dgos_kept', $blog->blog );
		}
	}

	private function is_mirror( stdClass $head ): bool {
		return in_array( $this->plugin->keys()->get( 'member' )->key, $head->payload->mirrors, true );
	}

	private static function shown_ids( DGOS_Blog_Objects $blog, stdClass $head ): array {
		$ids = array( $head->payload->snapshot ?? null );
		foreach ( $blog->declaration as $one ) {
			$ids[] = $one->payload->show ?? null;
		}
		return array_unique( array_filter( $ids ) );
	}

	/** Members that have what this one lacks: the signer of the head, then the other mirrors in random order. */
	private function holders( stdClass $head ): array {
		$mirrors = $head->payload->mirrors;
		shuffle( $mirrors );
		$members = array();
		foreach ( array_merge( array( $head->payload->key ), $mirrors ) as $key ) {
			$member = $this->plugin->ledger()->roster()->member_of( $key );
			if ( null !== $member && $member->id !== $this->plugin->keys()->get( 'member' )->key && ! $this->plugin->peers()->is_absent( $member->id ) ) {
				$members[ $member->id ] = $member;
			}
		}
		return array_values( $members );
	}

	private function fetch_object( string $id, stdClass $head ): bool {
		foreach ( $this->holders( $head ) as $member ) {
			$envelope = $this->plugin->peers()->get( $member->url, 'dgos/v1/objects/' . $id );
			if ( null !== $envelope ) {
				$this->plugin->ledger()->accept_all( array( $envelope ), 'peer' );
				if ( null !== $this->plugin->ledger()->envelope( $id ) ) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * One blob, from the first who hands it out whole.
	 *
	 * @param string   $hash   Its hash.
	 * @param int      $bytes  Its length.
	 * @param stdClass $head   The head whose mirrors are asked.
	 * @param int[]    $silent How many blobs a member did not hand out in this pull, by its id.
	 */
	private function fetch_blob( string $hash, int $bytes, stdClass $head, array &$silent ): bool {
		if ( null !== $this->plugin->allowance()->room( $bytes ) ) {
			return true; // Never to be had here: not missing, but left out.
		}
		foreach ( $this->holders( $head ) as $member ) {
			if ( ( $silent[ $member->id ] ?? 0 ) >= self::SILENT_MAX ) {
				continue;
			}
			$since = $this->plugin->clock()->running_ms();
			$body  = $this->plugin->peers()->blob( $member->url, $hash );
			if ( null === $body ) {
				$silent[ $member->id ] = ( $silent[ $member->id ] ?? 0 ) + 1;
				// One that is slower than a wake would take all of it, each time, before the next is asked.
				$this->plugin->peers()->note_slowness( $member->id, $since );
			}
			if ( null !== $body && strlen( $body ) === $bytes && DGOS_Bytes::sha256( $body ) === $hash ) {
				$this->plugin->blobs()->put( $body );
				$this->plugin->allowance()->booked( $bytes );
				do_action( 'dgos_kept', $head->payload->blog );
				return true;
			}
		}
		return false;
	}
}
