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

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Blog_Mirrors $blog_mirrors, DGOS_Keys $keys, DGOS_Deadline $deadline, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->keys         = $keys;
		$this->deadline     = $deadline;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** Called for every stored object: what may be new is looked at, at the next wake, and said where it is. */
	public function stored( stdClass $object ): void {
		if ( DGOS_Kinds::is_shown( $object->kind ) ) {
			$this->meta->remove( 'said:' . DGOS_Envelope::blog_of( $object ) );
		}
	}

	/** Says what is due. */
	public function tick(): void {
		$self = $this->keys->get( 'member' )->key;
		$left = self::BLOGS_MAX;
		foreach ( $this->blog_mirrors->kept_by( $self ) as $id ) {
			if ( $this->deadline->left_ms() < DGOS_Wake_Pace::STEP_MS ) {
				return;
			}
			if ( 0 === $left || null !== $this->meta->get( 'said:' . $id ) ) {
				continue;
			}
			$this->meta->set( 'said:' . $id, 1, self::AGAIN_MS );
			$now  = $this->clock->now_ms();
			$blog = $this->ledger->blog( $id );
			$head = DGOS_Heads::current( $blog, $now );
			$root = DGOS_Roots::chain( $id, $blog->root );
			if ( null === $head || null === $root || DGOS_Roots::is_closed( $root->current ) || ! in_array( $self, $head->payload->mirrors, true ) ) {
				continue;
			}
			$seen = array(
				'blog'        => $id,
				'posts'       => DGOS_Posts::tips( $blog ),
				'head'        => $head->id,
				'rootVersion' => $head->payload->rootVersion,
				'seq'         => $head->payload->seq,
			);
			$text = (string) wp_json_encode( $seen );
			$last = $this->meta->get( 'word:' . $id );
			if ( null !== $last && $last['text'] === $text ) {
				$this->meta->set( 'said:' . $id, 1, max( 1, $last['at'] + self::AGAIN_MS - $now ) );
				continue;
			}
			--$left;
			$this->ledger->publish( 'checkpoint', $seen, 'member' );
			$this->meta->set(
				'word:' . $id,
				array(
					'text' => $text,
					'at'   => $now,
				),
				self::AGAIN_MS
			);
		}
	}
}
