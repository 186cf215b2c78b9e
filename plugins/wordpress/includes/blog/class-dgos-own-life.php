<?php
/**
 * This blog tells its mirrors every five minutes that it is alive, without being asked: so they know it even where a wall
 * keeps them out. WordPress has no clock, so this is as regular as its visits, or its cron; each life says since when.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * DGOS_Lives says what mirrors make of it.
 */
final class DGOS_Own_Life {

	const EVENT    = 'dgos_life';
	const SCHEDULE = 'dgos_five_minutes';
	const SENT     = 'own_life';
	/** Two of them may wait for a mirror that does not answer; older ones say nothing. */
	const WAITS_MS = 600000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Outbox */
	private $outbox;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog, DGOS_Blog_Mirrors $blog_mirrors, DGOS_Outbox $outbox, DGOS_Keys $keys, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger       = $ledger;
		$this->own_blog     = $own_blog;
		$this->blog_mirrors = $blog_mirrors;
		$this->outbox       = $outbox;
		$this->keys         = $keys;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** At each wake, and every five minutes by WP-Cron. */
	public function tick(): void {
		if ( null === DGOS_Own_Blog::id() ) {
			return;
		}
		if ( false === wp_next_scheduled( self::EVENT ) ) {
			wp_schedule_event( time(), self::SCHEDULE, self::EVENT );
		}
		$now  = $this->clock->now_ms();
		$sent = $this->sent();
		if ( null === $sent || $now - $sent['time'] >= DGOS_Wake_Pace::paced( DGOS_Limits::LIFE_EVERY_MS ) ) {
			$this->send( DGOS_Lives::next_since( $sent, $now ) );
		}
	}

	/** Before this plugin ends: the row ends, so that silence means nothing. */
	public function end(): void {
		wp_clear_scheduled_hook( self::EVENT );
		if ( null !== DGOS_Own_Blog::id() && null !== $this->sent() ) {
			$this->send( $this->clock->now_ms() );
		}
	}

	/** A schedule that WordPress does not have. */
	public static function schedules( $schedules ): array {
		$own = array(
			'interval' => 300,
			'display'  => __( 'Every five minutes', 'dgos' ),
		);
		return (array) $schedules + array( self::SCHEDULE => $own );
	}

	/** The last life, {time, since}. */
	private function sent(): ?array {
		$sent = $this->meta->get( self::SENT );
		return is_array( $sent ) ? $sent : null;
	}

	private function send( int $since ): void {
		if ( ! $this->own_blog->may_sign() ) {
			return;
		}
		$now    = $this->clock->now_ms();
		$fields = array(
			'blog'    => DGOS_Own_Blog::id(),
			'time'    => $now,
			'address' => DGOS_Own_Blog::facts()['address'],
			'since'   => min( $since, $now ),
		);
		$this->meta->set(
			self::SENT,
			array(
				'time'  => $now,
				'since' => $fields['since'],
			)
		);
		$life = $this->ledger->publish( 'life', $fields, 'online' );
		$self = $this->keys->get( 'member' )->key;
		$this->outbox->queue( $life['id'], array_diff( $this->blog_mirrors->mirrors_of( $fields['blog'] ), array( $self ) ), self::WAITS_MS );
	}
}
