<?php
/**
 * Once an hour a mirror is asked for the hash of a random part of a blob that it should have, under a fresh nonce: a hash
 * that it kept from yesterday does not help. After three failures in a row this member leaves it out of the lists that it
 * signs; that is a view of its own, not a verdict. No answer is no failure: absence is watched elsewhere.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/audits.ts, one question a wake at most.
 */
final class DGOS_Audits {

	const FAILURES_MAX = 3;
	const PAUSE_MS     = 3600000;
	/** A mirror may need this long to fetch a new copy before it is asked for it. */
	const SETTLED_MS = 600000;
	/** How long failures are remembered without a further one. */
	const REMEMBERED_MS = 2592000000;
	/** A question is not begun with less than this. */
	const ASK_MS = 300;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Peers */
	private $peers;
	/** @var DGOS_Blob_Files */
	private $blobs;
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
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Blog_Mirrors $blog_mirrors,
		DGOS_Peers $peers,
		DGOS_Blob_Files $blobs,
		DGOS_Keys $keys,
		DGOS_Deadline $deadline,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->peers        = $peers;
		$this->blobs        = $blobs;
		$this->keys         = $keys;
		$this->deadline     = $deadline;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** Whether a member may stand on lists that are signed here. */
	public function is_trusted( string $member ): bool {
		return (int) $this->meta->get( 'audit:' . $member, 0 ) < self::FAILURES_MAX;
	}

	/** Asks one random mirror of one random blog that is kept here too, where that is due. */
	public function tick(): void {
		$self = $this->keys->get( 'member' )->key;
		$kept = $this->blog_mirrors->kept_by( $self );
		if ( ! $kept || $this->deadline->left_ms() < self::ASK_MS || ! $this->meta->lock( 'audit', self::PAUSE_MS ) ) {
			return;
		}
		$blog   = $kept[ random_int( 0, count( $kept ) - 1 ) ];
		$others = array_values( array_diff( $this->blog_mirrors->mirrors_of( $blog ), array( $self ) ) );
		$blob   = $this->blob_of( $blog );
		$member = $others ? $this->ledger->roster()->member_of( $others[ random_int( 0, count( $others ) - 1 ) ] ) : null;
		if ( null !== $member && null !== $blob ) {
			$this->ask( $member, $blob );
		}
	}

	/**
	 * True: proven. False: failed. Null: no answer, or nothing here to compare with.
	 *
	 * @param stdClass $member Of the roster.
	 * @param string   $blob   A hash.
	 */
	public function ask( stdClass $member, string $blob ): ?bool {
		$bytes = (string) $this->blobs->get( $blob );
		if ( '' === $bytes ) {
			return null;
		}
		list( $asked, $right ) = self::question( $blob, $bytes );
		$answer                = $this->peers->answer( $member->url, 'dgos/v1/audits', $asked );
		if ( null === $answer || $answer['status'] >= 500 || 429 === $answer['status'] ) {
			return null;
		}
		$proven = 200 === $answer['status'] && self::is_right( $answer['body'], $right );
		$this->note( $member->id, $proven );
		return $proven;
	}

	/**
	 * A question about a random part of a file, under a fresh nonce: the fields of the request, and the hash that is right.
	 *
	 * @param string $blob  Its hash.
	 * @param string $bytes At least one.
	 */
	public static function question( string $blob, string $bytes ): array {
		$from  = random_int( 0, strlen( $bytes ) - 1 );
		$to    = random_int( $from + 1, strlen( $bytes ) );
		$nonce = random_bytes( 32 );
		$asked = array(
			'blob'  => $blob,
			'from'  => $from,
			'to'    => $to,
			'nonce' => bin2hex( $nonce ),
		);
		return array( $asked, DGOS_Bytes::sha256( $nonce . substr( $bytes, $from, $to - $from ) ) );
	}

	/** Whether the body of an answer gives the hash that is right. */
	public static function is_right( string $body, string $right ): bool {
		$said = DGOS_Bytes::field( DGOS_Json::read( $body, 8 ), 'hash' );
		return is_string( $said ) && hash_equals( $right, $said );
	}

	private function note( string $member, bool $proven ): void {
		if ( $proven ) {
			$this->meta->remove( 'audit:' . $member );
			return;
		}
		$this->meta->set( 'audit:' . $member, (int) $this->meta->get( 'audit:' . $member, 0 ) + 1, self::REMEMBERED_MS );
	}

	/** A random file of the copy that readers see, once its mirrors had time to fetch it. */
	private function blob_of( string $id ): ?string {
		$now   = $this->clock->now_ms();
		$found = DGOS_Heads::current_snapshot( $this->ledger->blog( $id ), $now );
		if ( null === $found || $found->snapshot->payload->time > $now - self::SETTLED_MS ) {
			return null;
		}
		$all   = array_merge( $found->snapshot->payload->pages, $found->snapshot->payload->assets );
		$files = array_values( array_filter( $all, static fn ( $file ) => $file->bytes > 0 ) );
		return $files ? $files[ random_int( 0, count( $files ) - 1 ) ]->blob : null;
	}
}
