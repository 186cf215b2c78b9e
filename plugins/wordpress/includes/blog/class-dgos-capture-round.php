<?php
/**
 * Copies of this blog, signed by the blog itself.
 *
 *   something changed -> pages whose stamp is another -> files they need -> snapshot -> head, with the mirrors by placement
 *
 * A round stops when its time is over and the next one goes on; nothing is asked for twice. What looks wrong is left out and
 * the last good copy stays.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/capture/capture.ts and mirror/capture-round.ts, from the inside.
 */
final class DGOS_Capture_Round {

	const EVENT = 'dgos_snapshot';
	/** Time of a round on a click, and in WP-Cron. */
	const CLICK_MS = 20000;
	const CRON_MS  = 45000;
	/** A round that died keeps others away for so long. */
	const LOCK_MS = 60000;
	/** Without any event the database is looked at this often. */
	const LOOK_MS = 300000;
	/** After a failure: a server in trouble is not helped by questions. */
	const RETRY_MS = 300000;
	/** Everything is asked for again once a day: changes that no event tells of. */
	const FULL_MS = 86400000;
	/** A file that was not to be had. */
	const GONE_MS = 3600000;
	/** One request. */
	const ASK_MS = 10000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or of the running round.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Head_Signing */
	private $head_signing;
	/** @var DGOS_Forgotten_Paths */
	private $forgotten_paths;
	/** @var DGOS_Forgetting */
	private $forgetting;
	/** @var DGOS_Sent_Pages */
	private $sent_pages;
	/** @var DGOS_Visitor */
	private $visitor;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Failures */
	private $failures;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var int */
	private $until_ms = 0;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Own_Blog $own_blog,
		DGOS_Capture_State $capture_state,
		DGOS_Head_Signing $head_signing,
		DGOS_Forgotten_Paths $forgotten_paths,
		DGOS_Forgetting $forgetting,
		DGOS_Sent_Pages $sent_pages,
		DGOS_Visitor $visitor,
		DGOS_Blob_Files $blobs,
		DGOS_Keys $keys,
		DGOS_Failures $failures,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger          = $ledger;
		$this->own_blog        = $own_blog;
		$this->capture_state   = $capture_state;
		$this->head_signing    = $head_signing;
		$this->forgotten_paths = $forgotten_paths;
		$this->forgetting      = $forgetting;
		$this->sent_pages      = $sent_pages;
		$this->visitor         = $visitor;
		$this->blobs           = $blobs;
		$this->keys            = $keys;
		$this->failures        = $failures;
		$this->deadline        = $deadline;
		$this->meta            = $meta;
		$this->clock           = $clock;
	}

	/** A step of a wake: what is due, within what is left. */
	public function tick(): void {
		if ( null === DGOS_Own_Blog::id() ) {
			return;
		}
		$this->own_blog->renew();
		if ( $this->capture_state->is_due() ) {
			$this->work( max( 0, min( self::CRON_MS, $this->deadline->left_ms() ) ) );
		} else {
			$this->head_signing->renew();
		}
	}

	/**
	 * Goes on with the round for so long. 'done', 'unfinished' (call again), 'failed' (see trouble()), 'busy' or 'not-ours'.
	 * Throws nothing: who asks is a screen, or a cron event.
	 */
	public function work( int $ms ): string {
		if ( ! $this->own_blog->may_sign() ) {
			return 'not-ours';
		}
		if ( ! $this->meta->lock( 'copy', self::LOCK_MS ) ) {
			return 'busy';
		}
		$this->until_ms = $this->clock->running_ms() + $ms;
		try {
			$this->forgetting->look();
			$outcome = $this->round();
		} catch ( Throwable $error ) {
			do_action( 'dgos_failed', 'copy', $error );
			$code = $error instanceof DGOS_Disk_Error ? 'disk' : 'error';
			$this->capture_state->set_trouble( $code, $code, $this->clock->now_ms() );
			$outcome = 'failed';
		} finally {
			$this->meta->remove( 'copy' );
		}
		if ( 'done' === $outcome ) {
			$this->failures->forgive_disk();
		}
		if ( 'unfinished' !== $outcome ) {
			$this->capture_state->looked( DGOS_Wake_Pace::paced( 'failed' === $outcome ? self::RETRY_MS : self::LOOK_MS ) );
		}
		return $outcome;
	}

	private function round(): string {
		$address = DGOS_Own_Blog::facts()['address'];
		$wanted  = new DGOS_Blog_Pages( $address, $this->capture_state->epoch() );
		$list    = array_diff_key( $wanted->wanted(), array_flip( $this->forgotten_paths->all() ) );
		$pages   = $this->pages( $list, $wanted->items( array() ) );
		if ( null === $pages || ! isset( $pages['/'] ) ) {
			return null === $pages ? 'unfinished' : 'failed';
		}
		$feed  = $this->feed( $wanted->feed() );
		$found = null === $feed ? null : $this->files( $pages );
		if ( null === $found ) {
			return 'unfinished';
		}
		$about = array(
			'blog'     => DGOS_Own_Blog::id(),
			'address'  => $address,
			'title'    => DGOS_Blog_Pages::line( get_bloginfo( 'name' ) ),
			'language' => get_bloginfo( 'language' ),
		);
		$fields = DGOS_Snapshot_Fields::of( $about, $pages, $found, $feed, $wanted->items( array_map( 'strval', array_keys( $pages ) ) ) );
		return $this->seal( $fields );
	}

	/** Signs where something changed. */
	private function seal( array $fields ): string {
		$head   = DGOS_Heads::current( $this->own_blog->objects(), $this->clock->now_ms() );
		$known  = null === $head ? null : $this->own_blog->objects()->find( 'snapshot', $head->payload->snapshot ?? null );
		$online = $this->keys->get( 'online' )->key;
		$same   = null !== $known && $known->payload->key === $online && DGOS_Snapshot_Fields::same( $fields, $known->payload );
		$id     = $same ? $known->id : $this->ledger->publish( 'snapshot', $fields, 'online' )['id'];
		$this->head_signing->sign( $id );
		if ( ! $same ) {
			do_action( 'dgos_sealed', $id );
		}
		return 'done';
	}

	/** Pages by path; null where there was no time for all. */
	private function pages( array $list, array $items ): ?array {
		$known = $this->capture_state->pages();
		$pages = array();
		$now   = $this->clock->now_ms();
		$taker = new DGOS_Page_Taker( $this->capture_state, $this->sent_pages, $this->blobs, $this->clock, array( $this, 'visit' ) );
		$this->capture_state->set_trouble( null );
		$this->capture_state->keep_asides( array_map( 'strval', array_keys( $list ) ) );
		$asides = $this->capture_state->asides();
		foreach ( $list as $path => $wanted ) {
			$old = $known[ $path ] ?? null;
			if ( null !== $old && empty( $asides[ $path ] ) && $old['stamp'] === $wanted['stamp'] && $old['at'] > $now - self::FULL_MS && null !== $this->blobs->size( $old['blob'] ) ) {
				$pages[ $path ] = $old;
				continue;
			}
			if ( ! $this->has_time() ) {
				return null;
			}
			$page = $taker->page( $wanted, $old, $items );
			if ( null !== $page ) {
				$pages[ $path ] = $page;
				$known[ $path ] = $page;
				$this->capture_state->set_pages( array_intersect_key( $known, $list ) );
				$this->capture_state->add_path( (string) $path, $wanted['post'] );
			}
		}
		$this->capture_state->set_pages( $pages );
		return $pages;
	}

	/** The feed; empty where there is none, null where there was no time. */
	private function feed( ?array $wanted ): ?array {
		$old = $this->capture_state->feed();
		$now = $this->clock->now_ms();
		if ( null === $wanted ) {
			return array();
		}
		if ( $old && $old['stamp'] === $wanted['stamp'] && $old['url'] === $wanted['url'] && $old['at'] > $now - self::FULL_MS && null !== $this->blobs->size( $old['blob'] ) ) {
			return $old;
		}
		if ( ! $this->has_time() ) {
			return null;
		}
		$answer = $this->visit( $wanted['url'], DGOS_Snapshot_Limits::PAGE_BYTES_MAX, '' );
		if ( is_wp_error( $answer ) || 200 !== $answer['status'] || ! DGOS_Media_Type::is_feed( $answer['type'], $answer['body'] ) ) {
			return $old && null !== $this->blobs->size( $old['blob'] ) ? $old : array();
		}
		$feed = $wanted + array(
			'blob'  => $this->blobs->put( $answer['body'] ),
			'type'  => (string) preg_replace( '/^text\/html(?=;|$)/D', 'application/xml', $answer['type'] ),
			'bytes' => strlen( $answer['body'] ),
			'at'    => $now,
		);
		$this->capture_state->set_feed( $feed );
		return $feed;
	}

	/** Files of the pages by URL, stylesheets followed; null where there was no time for all. */
	private function files( array $pages ): ?array {
		$assets = new DGOS_Capture_Assets( $this->capture_state, $this->forgotten_paths, $this->blobs, $this->clock, array( $this, 'visit' ) );
		return $assets->files( $pages, fn () => $this->has_time() );
	}

	/**
	 * An anonymous request within what is left.
	 *
	 * @param string $url   Where.
	 * @param int    $bytes At most.
	 * @param string $tag   Of the last answer.
	 * @return array|WP_Error
	 */
	public function visit( string $url, int $bytes, string $tag ) {
		$limits = array(
			'time_ms' => max( 500, min( self::ASK_MS, $this->until_ms - $this->clock->running_ms() ) ),
			'bytes'   => $bytes,
			'tag'     => $tag,
		);
		return $this->visitor->get( $url, $limits );
	}

	private function has_time(): bool {
		return $this->clock->running_ms() + DGOS_Wake_Pace::STEP_MS < $this->until_ms;
	}
}
