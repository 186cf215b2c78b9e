<?php
/**
 * Fetching what this member lacks of a blog, from whoever has it: the signer of the head, or any mirror on its list.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Objects go through the ledger's gate, blobs are hashed: nothing depends on who handed it out.
 */
final class DGOS_Mirror_Fetcher {

	/** Blobs in one pull that a member may fail to hand out before it is left alone until the next. */
	const SILENT_MAX = 3;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Peers */
	private $peers;
	/** @var DGOS_Allowance */
	private $allowance;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Peers $peers, DGOS_Allowance $allowance, DGOS_Blob_Files $blobs, DGOS_Keys $keys, DGOS_Clock $clock ) {
		$this->ledger    = $ledger;
		$this->peers     = $peers;
		$this->allowance = $allowance;
		$this->blobs     = $blobs;
		$this->keys      = $keys;
		$this->clock     = $clock;
	}

	/** Members that have what this one lacks: the signer of the head, then the other mirrors in random order. */
	private function sources( stdClass $head ): array {
		$mirrors = $head->payload->mirrors;
		shuffle( $mirrors );
		$members = array();
		foreach ( array_merge( array( $head->payload->key ), $mirrors ) as $key ) {
			$member = $this->ledger->roster()->member_of( $key );
			if ( null !== $member && $member->id !== $this->keys->get( 'member' )->key && ! $this->peers->is_absent( $member->id ) ) {
				$members[ $member->id ] = $member;
			}
		}
		return array_values( $members );
	}

	/** An object that the mirrors of a head should have. True where it is here now. */
	public function fetch_object( string $id, stdClass $head ): bool {
		foreach ( $this->sources( $head ) as $member ) {
			$envelope = $this->peers->get( $member->url, 'dgos/v1/objects/' . $id );
			if ( null !== $envelope ) {
				$this->ledger->accept_all( array( $envelope ), 'peer' );
				if ( null !== $this->ledger->envelope( $id ) ) {
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
	public function fetch_blob( string $hash, int $bytes, stdClass $head, array &$silent ): bool {
		if ( null !== $this->allowance->room( $bytes ) ) {
			return true; // Never to be had here: not missing, but left out.
		}
		foreach ( $this->sources( $head ) as $member ) {
			if ( ( $silent[ $member->id ] ?? 0 ) >= self::SILENT_MAX ) {
				continue;
			}
			$since = $this->clock->running_ms();
			$body  = $this->peers->blob( $member->url, $hash );
			if ( null === $body ) {
				$silent[ $member->id ] = ( $silent[ $member->id ] ?? 0 ) + 1;
				// One that is slower than a wake would take all of it, each time, before the next is asked.
				$this->peers->note_slowness( $member->id, $since );
			}
			if ( null !== $body && strlen( $body ) === $bytes && DGOS_Bytes::sha256( $body ) === $hash ) {
				$this->blobs->put( $body );
				$this->allowance->booked( $bytes );
				do_action( 'dgos_kept', $head->payload->blog );
				return true;
			}
		}
		return false;
	}
}
