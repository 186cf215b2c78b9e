<?php
/**
 * A part of the composition root: who is made of what.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * This site as a protected blog: its copies and heads, its set-up, its return.
 */
trait DGOS_Blog_Parts {

	/** Who this blog is, and who speaks for it. */
	public function own_blog(): DGOS_Own_Blog {
		return $this->made( 'own_blog', fn () => new DGOS_Own_Blog( $this->ledger(), $this->keys(), $this->meta() ) );
	}

	/** This blog tells its mirrors that it is alive. */
	public function own_life(): DGOS_Own_Life {
		return $this->made( 'own_life', fn () => new DGOS_Own_Life( $this->ledger(), $this->own_blog(), $this->blog_mirrors(), $this->outbox(), $this->keys(), $this->meta(), $this->clock() ) );
	}

	/** What this blog says of itself. */
	public function own_answers(): DGOS_Own_Routes {
		return $this->made( 'own_answers', fn () => new DGOS_Own_Routes( $this->ledger(), $this->own_blog(), $this->keys(), $this->clock() ) );
	}

	/** What is known of the last rounds. */
	public function capture_state(): DGOS_Capture_State {
		return $this->made( 'capture_state', fn () => new DGOS_Capture_State( $this->meta() ) );
	}

	/** Copies of this blog. */
	public function capture_round(): DGOS_Capture_Round {
		return $this->made(
			'capture_round',
			fn () => new DGOS_Capture_Round(
				$this->ledger(),
				$this->own_blog(),
				$this->capture_state(),
				$this->head_signing(),
				$this->forgotten_paths(),
				$this->forgetting(),
				$this->sent_pages(),
				$this->visitor(),
				$this->blobs(),
				$this->keys(),
				$this->failures(),
				$this->deadline(),
				$this->meta(),
				$this->clock()
			)
		);
	}

	/** Paths that mirrors must forget. */
	public function forgotten_paths(): DGOS_Forgotten_Paths {
		return $this->made( 'forgotten_paths', fn () => new DGOS_Forgotten_Paths( $this->meta(), $this->clock() ) );
	}

	/** Heads of this blog. */
	public function head_signing(): DGOS_Head_Signing {
		return $this->made( 'head_signing', fn () => new DGOS_Head_Signing( $this->ledger(), $this->audits(), $this->own_blog(), $this->forgotten_paths(), $this->keys(), $this->meta(), $this->clock() ) );
	}

	/** When something is to be forgotten. */
	public function forgetting(): DGOS_Forgetting {
		return $this->made( 'forgetting', fn () => new DGOS_Forgetting( $this->own_blog(), $this->capture_state(), $this->head_signing(), $this->forgotten_paths() ) );
	}

	/** What an anonymous visitor gets. */
	public function visitor(): DGOS_Visitor {
		return $this->made( 'visitor', fn () => new DGOS_Visitor( $this->safe_fetch() ) );
	}

	/** What an anonymous visitor was sent. */
	public function sent_pages(): DGOS_Sent_Pages {
		return $this->made( 'sent_pages', fn () => new DGOS_Sent_Pages( $this->capture_state(), $this->blobs(), $this->meta() ) );
	}

	/** Takes what the author signed. */
	public function enrolment(): DGOS_Enrolment {
		return $this->made( 'enrolment', fn () => new DGOS_Enrolment( $this->ledger(), $this->own_blog(), $this->keys() ) );
	}

	/** The author's kit. */
	public function kit(): DGOS_Kit {
		return $this->made( 'kit', fn () => new DGOS_Kit( $this->ledger(), $this->own_blog(), $this->enrolment(), $this->keys(), $this->meta() ) );
	}

	/** How far the set-up is. */
	public function setup(): DGOS_Setup {
		return $this->made(
			'setup',
			fn () => new DGOS_Setup(
				$this->ledger(),
				$this->membership(),
				$this->wake(),
				$this->own_blog(),
				$this->capture_state(),
				$this->capture_round(),
				$this->mirror_health(),
				$this->settings(),
				$this->meta(),
				$this->clock()
			)
		);
	}

	/** What a mirror is asked about the copy. */
	public function copy_question(): DGOS_Copy_Question {
		return $this->made( 'copy_question', fn () => new DGOS_Copy_Question( $this->safe_fetch(), $this->blobs(), $this->clock() ) );
	}

	/** What the mirrors of this blog have. */
	public function mirror_health(): DGOS_Mirror_Health {
		return $this->made( 'mirror_health', fn () => new DGOS_Mirror_Health( $this->ledger(), $this->own_blog(), $this->copy_question(), $this->deadline(), $this->meta(), $this->clock() ) );
	}

	/** Whether a wall keeps the guards out. */
	public function own_wall(): DGOS_Own_Wall {
		return $this->made( 'own_wall', fn () => new DGOS_Own_Wall( $this->ledger(), $this->blog_mirrors(), $this->peers(), $this->meta() ) );
	}

	/** Which blog comes home, and to whom. */
	public function return_setup(): DGOS_Return_Setup {
		return $this->made( 'return_setup', fn () => new DGOS_Return_Setup( $this->ledger(), $this->safe_fetch(), $this->own_blog(), $this->settings(), $this->keys(), $this->meta(), $this->clock() ) );
	}

	/** Runs of the return. */
	public function return_runs(): DGOS_Return_Runs {
		return $this->made( 'return_runs', fn () => new DGOS_Return_Runs( $this->ledger(), $this->return_setup(), $this->settings(), $this->meta(), $this->clock() ) );
	}

	/** This blog's own routes. */
	public function own_routes(): array {
		return DGOS_Routes::bound( DGOS_Own_Routes::routes(), fn () => $this->own_answers() );
	}
}
