<?php
/**
 * What the mirrors of this blog really have: "if this blog died now, what would readers see, where, how old?"
 *
 * Two kinds of evidence, and nothing is guessed. A mirror *showed* that it has the bytes: asked for the hash of a random part
 * of some of them under a fresh nonce, it answered as our own bytes do. Or it *says* so: its newest signed checkpoint, which
 * mirrors hand to the blog's own server, names the head of the newest copy. A host that lets PHP call nobody has only these.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Small values of the last answers, and the questions.
 */
final class DGOS_Mirror_Health {

	/** A mirror is asked again after this, by a wake. */
	const AGAIN_MS = 21600000;
	/** On a click, and on the open screen. */
	const SOON_MS = 10000;
	const KEPT_MS = 2592000000;
	const ASK_MS  = 4000;
	/** A word older than this says nothing of now. */
	const WORD_MS = DGOS_Limits::CHECKPOINT_FRESH_MS;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Copy_Question */
	private $copy_question;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog, DGOS_Copy_Question $copy_question, DGOS_Deadline $deadline, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger        = $ledger;
		$this->own_blog      = $own_blog;
		$this->copy_question = $copy_question;
		$this->deadline      = $deadline;
		$this->meta          = $meta;
		$this->clock         = $clock;
	}

	/** The copy that readers would see now; null before the first. */
	public function snapshot(): ?stdClass {
		$blog = $this->own_blog->objects();
		return null === $blog ? null : ( DGOS_Heads::current_snapshot( $blog, $this->clock->now_ms() )->snapshot ?? null );
	}

	/**
	 * One entry a mirror on the signed list: {id, name, page (for readers), state, copied (time of its copy, null where
	 * unknown), seen (when it was last heard of, or 0), failed (when it was last asked in vain, or null), costly (a document that
	 * asks for more than it gives one, as {document, next}, or null)}. A state is 'shown',
	 * 'says', 'lacks' (knows the newest copy and could not show its bytes), 'older' (or none) or 'unknown'.
	 */
	public function mirrors(): array {
		$blog = $this->own_blog->objects();
		$head = null === $blog ? null : DGOS_Heads::current( $blog, $this->clock->now_ms() );
		if ( null === $head ) {
			return array();
		}
		$roster   = $this->ledger->roster();
		$snapshot = $this->snapshot();
		$found    = array();
		foreach ( $head->payload->mirrors as $key ) {
			$member = $roster->member_of( $key );
			if ( null !== $member ) {
				$found[] = $this->of( $member, $blog, $snapshot );
			}
		}
		return $found;
	}

	/** {held, of}: how many of the mirrors have the newest copy, as they showed or say. */
	public function held(): array {
		$mirrors = $this->mirrors();
		return array(
			'held' => count( array_filter( $mirrors, static fn ( $mirror ) => in_array( $mirror['state'], array( 'shown', 'says' ), true ) ) ),
			'of'   => count( $mirrors ),
		);
	}

	/**
	 * Asks mirrors that have not been asked within SOON_MS. Returns how many have answered within that time.
	 *
	 * @param int  $until_ms By the running clock.
	 * @param bool $again    Also those that have shown the newest copy before.
	 */
	public function ask_all( int $until_ms, bool $again = false ): int {
		foreach ( $this->mirrors() as $mirror ) {
			$left = $until_ms - $this->clock->running_ms();
			if ( $left > 200 && ( $again || 'shown' !== $mirror['state'] ) && $this->meta->lock( 'health_ask:' . $mirror['id'], self::SOON_MS ) ) {
				$this->ask( $mirror['id'], min( self::ASK_MS, $left ) );
			}
		}
		$since = $this->clock->now_ms() - self::SOON_MS;
		return count( array_filter( $this->mirrors(), fn ( $mirror ) => $this->last( $mirror['id'] )['at'] >= $since ) );
	}

	/** A step of a wake: one mirror, each every six hours, soon where the copy is another. */
	public function tick(): void {
		$left = $this->deadline->left_ms();
		foreach ( null === DGOS_Own_Blog::id() || $left < 200 ? array() : $this->mirrors() as $mirror ) {
			$pause = 'shown' === $mirror['state'] ? self::AGAIN_MS : DGOS_Capture_Round::RETRY_MS;
			$last  = $this->last( $mirror['id'] );
			if ( $this->clock->now_ms() - max( $last['at'], (int) $last['failed'] ) >= $pause ) {
				$this->ask( $mirror['id'], min( self::ASK_MS, $left ) );
				return;
			}
		}
	}

	/**
	 * Asks one mirror which copy it shows, and where that is the newest, for parts of it; keeps what came of it. False where
	 * it did not answer.
	 */
	public function ask( string $id, int $ms ): bool {
		$member   = $this->ledger->roster()->member_of( $id );
		$snapshot = $this->snapshot();
		$until    = $this->clock->running_ms() + $ms;
		$shows    = null === $member || null === $snapshot ? null : $this->copy_question->shows( $member->url, $ms );
		if ( null === $shows ) {
			$this->note( $id, array( 'failed' => $this->clock->now_ms() ) );
			return false;
		}
		$newest = $shows['copy'] === $snapshot->id;
		$found  = array(
			'failed' => null,
			'at'     => $this->clock->now_ms(),
			'whole'  => $newest && $this->copy_question->shows_bytes( $member->url, $snapshot->payload, $until - $this->clock->running_ms() ),
		);
		$this->note( $id, $found + $shows );
		return true;
	}

	private function of( stdClass $member, DGOS_Blog_Objects $blog, ?stdClass $snapshot ): array {
		$asked = $this->last( $member->id );
		$word  = self::word( $member, $blog );
		$said  = null === $word || $word->payload->time < $asked['at'] ? null : self::snapshot_of( $word, $blog );
		$entry = array(
			'id'     => $member->id,
			'name'   => $member->name,
			'page'   => $member->url . 'm/' . $this->name() . '/?copy',
			'state'  => 'unknown',
			'copied' => null,
			'seen'   => max( $asked['at'], $word->payload->time ?? 0 ),
			'failed' => $asked['failed'],
			'costly' => $asked['costly'],
		);
		if ( null === $snapshot || ( null === $said && 0 === $asked['at'] ) ) {
			return $entry;
		}
		$newest = $asked['copy'] === $snapshot->id;
		if ( $newest && $asked['whole'] ) {
			$entry['state'] = 'shown';
		} elseif ( $said === $snapshot->id && $word->payload->time > $this->clock->now_ms() - self::WORD_MS ) {
			$entry['state'] = 'says';
		} else {
			$entry['state'] = $newest ? 'lacks' : 'older';
		}
		$older           = null === $said || $said === $snapshot->id ? null : ( $blog->find( 'snapshot', $said )->payload->time ?? null );
		$entry['copied'] = 'older' === $entry['state'] ? $older ?? $asked['time'] : $snapshot->payload->time;
		return $entry;
	}

	/** What stands after `/m/` on every member: the host where it is proven, else the blog's id. */
	private function name(): string {
		$blog   = $this->own_blog->objects();
		$proven = DGOS_Address_Proof::proven( $blog, $this->ledger->roster(), $this->clock->now_ms() );
		return $proven ? DGOS_Addresses::host_path( $proven[0]->address ) : $blog->blog;
	}

	private function last( string $id ): array {
		return (array) $this->meta->get( 'health:' . $id, array() ) + array(
			'at'     => 0,
			'copy'   => null,
			'time'   => null,
			'whole'  => false,
			'failed' => null,
			'costly' => null,
		);
	}

	private function note( string $id, array $more ): void {
		$this->meta->set( 'health:' . $id, $more + $this->last( $id ), self::KEPT_MS );
	}

	/** The newest checkpoint of a mirror. */
	private static function word( stdClass $member, DGOS_Blog_Objects $blog ): ?stdClass {
		$own = array_filter( $blog->checkpoint, static fn ( $checkpoint ) => $checkpoint->payload->key === $member->key || $checkpoint->payload->key === $member->id );
		usort( $own, array( 'DGOS_Bytes', 'by_time' ) );
		return $own ? $own[ count( $own ) - 1 ] : null;
	}

	/** Id of the copy that the head of a checkpoint names, where that head is still known here. */
	private static function snapshot_of( stdClass $word, DGOS_Blog_Objects $blog ): ?string {
		$head = $blog->find( 'head', $word->payload->head ?? null );
		return $head->payload->snapshot ?? null;
	}
}
