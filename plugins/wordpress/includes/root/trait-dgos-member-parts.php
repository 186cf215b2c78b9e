<?php
/**
 * A part of the composition root: who is made of what.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The member: what it knows, whom it trusts, what it mirrors, and what it does while a blog is down.
 */
trait DGOS_Member_Parts {

	/** Own tables. */
	public function object_store(): DGOS_Object_Store {
		return $this->made( 'object_store', static fn () => new DGOS_Object_Store() );
	}

	/** Who claims which address. */
	public function address_book(): DGOS_Address_Book {
		return $this->made( 'address_book', fn () => new DGOS_Address_Book( $this->meta() ) );
	}

	/** Who has room here. */
	public function admission(): DGOS_Admission {
		return $this->made( 'admission', fn () => new DGOS_Admission( new DGOS_Unproven( $this->meta(), $this->clock(), static fn () => DGOS_Own_Blog::id() ), $this->meta() ) );
	}

	/** Objects that wait for their time. */
	public function future_objects(): DGOS_Future_Objects {
		return $this->made( 'future_objects', fn () => new DGOS_Future_Objects( $this->meta(), $this->clock() ) );
	}

	/** The gate for objects. */
	public function ledger(): DGOS_Ledger {
		return $this->made( 'ledger', fn () => new DGOS_Ledger( $this->object_store(), $this->address_book(), $this->admission(), $this->future_objects(), $this->settings(), $this->keys(), $this->clock() ) );
	}

	/** What was made once of objects. */
	public function derived_values(): DGOS_Derived_Values {
		return $this->made( 'derived_values', fn () => new DGOS_Derived_Values( $this->meta() ) );
	}

	/** Who mirrors a blog. */
	public function blog_mirrors(): DGOS_Blog_Mirrors {
		return $this->made( 'blog_mirrors', fn () => new DGOS_Blog_Mirrors( $this->ledger(), $this->derived_values(), $this->clock() ) );
	}

	/** Other members. */
	public function peers(): DGOS_Peers {
		return $this->made( 'peers', fn () => new DGOS_Peers( $this->safe_fetch(), $this->deadline(), $this->clock_check(), $this->meta(), $this->clock() ) );
	}

	/** What the owner refuses. */
	public function refusals(): DGOS_Refusals {
		return $this->made( 'refusals', fn () => new DGOS_Refusals( $this->ledger(), $this->keys(), $this->meta() ) );
	}

	/** What members reconcile. */
	public function live_sets(): DGOS_Live_Sets {
		return $this->made( 'live_sets', fn () => new DGOS_Live_Sets( $this->ledger(), $this->derived_values(), $this->clock() ) );
	}

	/** Reconciles with a partner what both should have. */
	public function gossip(): DGOS_Gossip {
		return $this->made(
			'gossip',
			fn () => new DGOS_Gossip(
				$this->ledger(),
				$this->blog_mirrors(),
				$this->live_sets(),
				$this->peers(),
				$this->keys(),
				$this->deadline(),
				$this->meta(),
				$this->clock()
			)
		);
	}

	/** What waits to be sent. */
	public function outbox(): DGOS_Outbox {
		return $this->made( 'outbox', fn () => new DGOS_Outbox( $this->ledger(), $this->blog_mirrors(), $this->peers(), $this->keys(), $this->deadline(), $this->meta(), $this->clock() ) );
	}

	/** The own record. */
	public function membership(): DGOS_Membership_Record {
		return $this->made(
			'membership',
			fn () => new DGOS_Membership_Record(
				$this->ledger(),
				$this->object_store(),
				$this->peers(),
				$this->safe_fetch(),
				$this->settings(),
				$this->keys(),
				$this->clock()
			)
		);
	}

	/** Whether others have what they should. */
	public function audits(): DGOS_Audits {
		return $this->made(
			'audits',
			fn () => new DGOS_Audits(
				$this->ledger(),
				$this->blog_mirrors(),
				$this->peers(),
				$this->blobs(),
				$this->keys(),
				$this->deadline(),
				$this->meta(),
				$this->clock()
			)
		);
	}

	/** How many blogs a sponsor may bring. */
	public function quotas(): DGOS_Quotas {
		return $this->made( 'quotas', fn () => new DGOS_Quotas( $this->ledger(), $this->keys(), $this->paged_work(), $this->deadline(), $this->meta(), $this->clock() ) );
	}

	/** Work at a call. */
	public function wake(): DGOS_Wake {
		return $this->made( 'wake', fn () => new DGOS_Wake( $this->settings(), $this->deadline(), $this->meta(), $this->clock(), fn () => $this->wake_steps() ) );
	}

	/** What the owner lends. */
	public function allowance(): DGOS_Allowance {
		return $this->made( 'allowance', fn () => new DGOS_Allowance( $this->settings(), $this->meta(), $this->blobs() ) );
	}

	/** Words about addresses. */
	public function attestor(): DGOS_Attestor {
		return $this->made( 'attestor', fn () => new DGOS_Attestor( $this->ledger(), $this->safe_fetch(), $this->request_signing(), $this->keys(), $this->paged_work(), $this->deadline(), $this->meta(), $this->clock() ) );
	}

	/** What is missing, from whoever has it. */
	public function mirror_fetcher(): DGOS_Mirror_Fetcher {
		return $this->made( 'mirror_fetcher', fn () => new DGOS_Mirror_Fetcher( $this->ledger(), $this->peers(), $this->allowance(), $this->blobs(), $this->keys(), $this->clock() ) );
	}

	/** Bytes owed to blogs. */
	public function blob_keeper(): DGOS_Blob_Keeper {
		return $this->made(
			'blob_keeper',
			fn () => new DGOS_Blob_Keeper(
				$this->ledger(),
				$this->refusals(),
				$this->mirror_fetcher(),
				$this->blobs(),
				$this->settings(),
				$this->keys(),
				$this->paged_work(),
				$this->deadline(),
				$this->meta(),
				$this->clock(),
				fn ( DGOS_Blog_Objects $blog ) => $this->post_acceptance()->complete_all( $blog )
			)
		);
	}

	/** Blogs of which nothing bad is known. */
	public function quiet_blogs(): DGOS_Quiet_Blogs {
		return $this->made( 'quiet_blogs', fn () => new DGOS_Quiet_Blogs( $this->ledger(), $this->derived_values(), $this->meta(), $this->clock() ) );
	}

	/** Proof of life. */
	public function life_question(): DGOS_Life_Question {
		return $this->made( 'life_question', fn () => new DGOS_Life_Question( $this->ledger(), $this->safe_fetch(), $this->request_signing(), $this->deadline(), $this->meta(), $this->clock() ) );
	}

	/** Looks at the blogs that are mirrored here. */
	public function watch(): DGOS_Watch {
		return $this->made(
			'watch',
			fn () => new DGOS_Watch(
				$this->ledger(),
				$this->blog_mirrors(),
				$this->quiet_blogs(),
				$this->safe_fetch(),
				$this->request_signing(),
				$this->attestor(),
				$this->life_question(),
				$this->keys(),
				$this->deadline(),
				$this->meta(),
				$this->clock()
			)
		);
	}

	/** Declarations of the watchers. */
	public function verdict(): DGOS_Verdict {
		return $this->made( 'verdict', fn () => new DGOS_Verdict( $this->ledger(), $this->blog_mirrors(), $this->quiet_blogs(), $this->keys(), $this->paged_work(), $this->clock() ) );
	}

	/** The outage list. */
	public function outages(): DGOS_Outages {
		return $this->made( 'outages', fn () => new DGOS_Outages( $this->ledger(), $this->object_store(), $this->keys(), $this->meta(), $this->clock() ) );
	}

	/** Which posts are taken. */
	public function post_policy(): DGOS_Post_Policy {
		return $this->made( 'post_policy', fn () => new DGOS_Post_Policy( $this->ledger(), $this->clock() ) );
	}

	/** Posts of blogs that are down. */
	public function post_acceptance(): DGOS_Post_Acceptance {
		return $this->made(
			'post_acceptance',
			fn () => new DGOS_Post_Acceptance(
				$this->ledger(),
				$this->blog_mirrors(),
				$this->outbox(),
				$this->allowance(),
				$this->blobs(),
				$this->keys(),
				$this->deadline(),
				$this->meta()
			)
		);
	}

	/** Words about the newest state. */
	public function checkpoints(): DGOS_Checkpoints {
		return $this->made( 'checkpoints', fn () => new DGOS_Checkpoints( $this->ledger(), $this->blog_mirrors(), $this->keys(), $this->deadline(), $this->meta(), $this->clock() ) );
	}

	/** What a wake does, in this order; nothing is made of a part before its turn. */
	private function wake_steps(): array {
		$first = array( fn () => $this->ledger()->accept_due(), fn () => $this->outbox()->tick() );
		$steps = array(
			fn () => $this->watch()->look(),
			fn () => $this->verdict()->consider_all(),
			fn () => $this->blob_keeper()->tick(),
			fn () => $this->attestor()->tick(),
			fn () => $this->gossip()->round(),
			fn () => $this->checkpoints()->tick(),
			fn () => $this->membership()->keep(),
			fn () => $this->audits()->tick(),
			fn () => $this->quotas()->tick(),
			function (): void {
				$this->meta()->tick();
				$this->blob_keeper()->sweep();
			},
		);
		return array_merge( $first, (array) apply_filters( 'dgos_wake_steps', $steps ) );
	}
}
