<?php
/**
 * Checkpoints: this mirror's signed word, every hour and after each change, of the newest state of a blog that it has
 * seen. Readers are told "confirmed fresh" where enough operators say so.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/checkpoints.ts.
 */
final class DGOS_Checkpoints {

	const AGAIN_MS = 3600000;
	/** Blogs of which something is said at one wake. */
	const BLOGS_MAX = 20;
	const NEW_STATE = array( 'root', 'head', 'post' );

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

	/** Called for every stored object: something new is said at the next wake. */
	public function stored( stdClass $object ): void {
		if ( in_array( $object->kind, self::NEW_STATE, true ) ) {
			$this->plugin->meta()->remove( 'said:' . DGOS_Envelope::blog_of( $object ) );
		}
	}

	/** Says what is due. */
	public function tick(): void {
		$ledger = $this->plugin->ledger();
		$self   = $this->plugin->keys()->get( 'member' )->key;
		$left   = self::BLOGS_MAX;
		foreach ( $this->plugin->live_sets()->kept_by( $self ) as $id ) {
			if ( $this->plugin->peers()->left_ms() < DGOS_Wake::STEP_MS ) {
				return;
			}
			if ( 0 === $left || null !== $this->plugin->meta()->get( 'said:' . $id ) ) {
				continue;
			}
			$this->plugin->meta()->set( 'said:' . $id, 1, self::AGAIN_MS );
			$now  = $this->plugin->clock()->now_ms();
			$blog = $ledger->blog( $id );
			$head = DGOS_Heads::current( $blog, $now );
			$root = DGOS_Roots::chain( $id, $blog->root );
			if ( null === $head || null === $root || DGOS_Roots::is_closed( $root->current ) || ! in_array( $self, $head->payload->mirrors, true ) ) {
				continue;
			}
			--$left;
			$ledger->publish(
				'checkpoint',
				array(
					'blog'        => $id,
					'posts'       => DGOS_Posts::tips( $blog ),
					'head'        => $head->id,
					'rootVersion' => $head->payload->rootVersion,
					'seq'         => $head->payload->seq,
				),
				'member'
			);
		}
	}
}
