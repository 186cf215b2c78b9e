<?php
/**
 * The outage list that this member serves to beacons: signed bytes, made anew when a minute has passed or something was
 * declared, whole or in 256 buckets. Which blogs are on it follows from their states alone.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/outages.ts.
 */
final class DGOS_Outages {

	/** Seconds for which browsers and caches may keep a list. */
	const MAX_AGE_S = 60;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Object_Store */
	private $object_store;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Object_Store $object_store, DGOS_Keys $keys, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger       = $ledger;
		$this->object_store = $object_store;
		$this->keys         = $keys;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** The signed list as it was made last: whole ('all'), one bucket, or the members to ask ('pins'). */
	public function text( string $bucket ): string {
		$text = $this->meta->get( 'outages:' . $bucket );
		if ( ! is_string( $text ) ) {
			$text = $this->sealed( $bucket );
			$this->meta->set( 'outages:' . $bucket, $text, 1000 * self::MAX_AGE_S );
		}
		return $text;
	}

	/** Called for every stored object. */
	public function stored( stdClass $object ): void {
		if ( DGOS_Kinds::is_shown( $object->kind ) ) {
			foreach ( array_keys( $this->meta->all( 'outages:' ) ) as $name ) {
				$this->meta->remove( $name );
			}
		}
	}

	/** How a state stands in the list; null where the blog is not on it. */
	public static function list_state( array $state ): ?string {
		if ( 'returning' === $state['state'] ) {
			return 'returning';
		}
		if ( 'down' !== $state['state'] ) {
			return null;
		}
		if ( $state['exercise'] ) {
			return 'exercise';
		}
		return $state['disputed'] ? 'disputed' : 'down';
	}

	private function sealed( string $bucket ): string {
		$entries = array();
		foreach ( 'pins' === $bucket ? array() : $this->object_store->blogs_with( 'declaration' ) as $blog ) {
			$entries += $this->entries_of( $blog );
		}
		$split = 'all' === $bucket && count( $entries ) > DGOS_Outage_List::ENTRIES_SPLIT;
		$found = array_filter( $entries, static fn ( $entry ) => 'all' === $bucket ? ! $split : $entry->bucket === $bucket );
		$list  = DGOS_Outage_List::seal(
			$this->ledger->network()->id,
			$this->clock->now_ms(),
			$split ? 'split' : $bucket,
			array_column( array_slice( $found, 0, DGOS_Outage_List::ENTRIES_MAX ), 'entry' ),
			$this->keys->get( 'member' ),
			'pins' === $bucket ? $this->pins() : array()
		);
		return (string) json_encode( $list, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
	}

	/** This member, and the first active one of each operator in a ranking that every member computes alike. */
	private function pins(): array {
		$ledger = $this->ledger;
		$own    = $ledger->roster()->member_of( $this->keys->get( 'member' )->key );
		$ranked = array_filter( DGOS_Placement::ranking( $ledger->network()->id, $ledger->roster() ), static fn ( $member ) => ! $member->passive );
		$pins   = array();
		foreach ( array_merge( array_filter( array( $own ) ), $ranked ) as $candidate ) {
			if ( ! isset( $pins[ $candidate->operator ] ) && 1 === preg_match( DGOS_Outage_List::URL, $candidate->url ) ) {
				$pins[ $candidate->operator ] = (object) array(
					'key'      => $candidate->key,
					'url'      => $candidate->url,
					'operator' => $candidate->operator,
				);
			}
		}
		return array_slice( array_values( $pins ), 0, DGOS_Outage_List::PINS_MAX );
	}

	/** One entry an address that is proven and belongs to this blog, by the address. */
	private function entries_of( string $id ): array {
		$state = $this->ledger->state( $id );
		$shown = self::list_state( $state );
		if ( null === $shown || null === $state['declaration'] ) {
			return array();
		}
		$entries = array();
		$mirrors = $this->mirrors_of( $this->ledger->blog( $id ), $state['declaration'] );
		foreach ( DGOS_Address_Proof::proven( $this->ledger->blog( $id ), $this->ledger->roster(), $this->clock->now_ms() ) as $proof ) {
			$host = DGOS_Addresses::host_path( $proof->address );
			if ( $this->ledger->by_host( $host ) !== $id ) {
				continue;
			}
			$address             = DGOS_Outage_List::address_hash( $host );
			$entries[ $address ] = (object) array(
				'bucket' => DGOS_Outage_List::bucket_of( $host ),
				'entry'  => (object) array(
					'address'     => $address,
					'blog'        => $id,
					'declaration' => substr( $state['declaration']->id, 0, 32 ),
					'state'       => $shown,
					'mirrors'     => $mirrors,
				),
			);
		}
		return $entries;
	}

	/**
	 * Two mirrors, those that have shown themselves alive first. Each member names others, so that readers who ask two
	 * members get up to four, and no mirror is everybody's first.
	 */
	private function mirrors_of( DGOS_Blog_Objects $blog, stdClass $word ): array {
		$roster = $this->ledger->roster();
		$now    = $this->clock->now_ms();
		$self   = $this->keys->get( 'member' )->key;
		$alive  = array( $self => true );
		foreach ( $blog->observation as $observation ) {
			if ( $observation->payload->time > $now - DGOS_Limits::OBSERVATION_FRESH_MS ) {
				$alive[ $roster->member_of( $observation->payload->key )->id ?? '' ] = true;
			}
		}
		foreach ( $word->payload->votes ?? array() as $vote ) {
			$alive[ $roster->member_of( $vote->signatures[0]->keyid )->id ?? '' ] = true;
		}
		$head   = DGOS_Heads::current( $blog, $now );
		$scored = array();
		foreach ( null === $head ? array() : $head->payload->mirrors as $key ) {
			$member = $roster->member_of( $key );
			if ( null === $member || $member->expires <= $now || $member->leaving ) {
				continue;
			}
			$words = array_filter( $blog->refusal, static fn ( $refusal ) => ( $roster->member_of( $refusal->payload->key )->id ?? '' ) === $member->id );
			if ( DGOS_Refusals::refuse_all( DGOS_Refusals::newest( $words ) ) ) {
				continue; // Who refuses the blog shows nothing of it: no reader is sent there.
			}
			$score            = ( isset( $alive[ $member->id ] ) ? '0' : '1' ) . DGOS_Bytes::sha256( hex2bin( $self . $member->id . $blog->blog ) );
			$scored[ $score ] = (object) array(
				'key' => $member->key,
				'url' => $member->contentUrl ?? $member->url,
			);
		}
		ksort( $scored, SORT_STRING );
		return array_slice( array_values( $scored ), 0, 2 );
	}
}
