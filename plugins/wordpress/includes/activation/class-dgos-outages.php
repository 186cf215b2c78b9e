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
	const LISTED    = array( 'declaration', 'imported', 'head', 'post', 'root', 'refusal' );

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

	/** Routes. */
	public function routes(): array {
		return array(
			DGOS_Network_Routes::route( 'GET', 'outages', array( $this, 'answer' ), 1, 0, true ),
			DGOS_Network_Routes::route( 'GET', 'outages/:bucket', array( $this, 'answer' ), 1, 0, true ),
		);
	}

	/** The signed list as it was made last. */
	public function answer( array $request, array $params ): array {
		$bucket = $params['bucket'] ?? 'all';
		if ( ! $this->plugin->ledger()->joined() || ( 'all' !== $bucket && 1 !== preg_match( '/^(pins|[0-9a-f]{2})$/D', $bucket ) ) ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		$meta = $this->plugin->meta();
		$text = $meta->get( 'outages:' . $bucket );
		if ( ! is_string( $text ) ) {
			$text = $this->sealed( $bucket );
			$meta->set( 'outages:' . $bucket, $text, 1000 * self::MAX_AGE_S );
		}
		return array(
			'status'  => 200,
			'headers' => array(
				'content-type'  => 'application/json',
				'cache-control' => 'public, max-age=' . self::MAX_AGE_S,
			),
			'body'    => $text,
		);
	}

	/** Called for every stored object. */
	public function stored( stdClass $object ): void {
		if ( in_array( $object->kind, self::LISTED, true ) ) {
			foreach ( array_keys( $this->plugin->meta()->all( 'outages:' ) ) as $name ) {
				$this->plugin->meta()->remove( $name );
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
		foreach ( 'pins' === $bucket ? array() : $this->plugin->object_store()->blogs_with( 'declaration' ) as $blog ) {
			$entries += $this->entries_of( $blog );
		}
		$split = 'all' === $bucket && count( $entries ) > DGOS_Outage_List::ENTRIES_SPLIT;
		$found = array_filter( $entries, static fn ( $one ) => 'all' === $bucket ? ! $split : $one->bucket === $bucket );
		$list  = DGOS_Outage_List::seal(
			$this->plugin->ledger()->network()->id,
			$this->plugin->clock()->now_ms(),
			$split ? 'split' : $bucket,
			array_column( array_slice( $found, 0, DGOS_Outage_List::ENTRIES_MAX ), 'entry' ),
			$this->plugin->keys()->get( 'member' ),
			'pins' === $bucket ? $this->pins() : array()
		);
		return (string) json_encode( $list, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
	}

	/** This member, and the first active one of each operator in a ranking that every member computes alike. */
	private function pins(): array {
		$ledger = $this->plugin->ledger();
		$own    = $ledger->roster()->member_of( $this->plugin->keys()->get( 'member' )->key );
		$ranked = array_filter( DGOS_Placement::ranking( $ledger->network()->id, $ledger->roster() ), static fn ( $one ) => ! $one->passive );
		$pins   = array();
		foreach ( array_merge( array_filter( array( $own ) ), $ranked ) as $one ) {
			if ( ! isset( $pins[ $one->operator ] ) && 1 === preg_match( DGOS_Outage_List::URL, $one->url ) ) {
				$pins[ $one->operator ] = (object) array(
					'key'      => $one->key,
					'url'      => $one->url,
					'operator' => $one->operator,
				);
			}
		}
		return array_slice( array_values( $pins ), 0, DGOS_Outage_List::PINS_MAX );
	}

	/** One entry an address that is proven and belongs to this blog, by the address. */
	private function entries_of( string $id ): array {
		$ledger = $this->plugin->ledger();
		$state  = $ledger->state( $id );
		$shown  = self::list_state( $state );
		if ( null === $shown || null === $state['declaration'] ) {
			return array();
		}
		$entries = array();
		$mirrors = $this->mirrors_of( $ledger->blog( $id ), $state['declaration'] );
		foreach ( DGOS_Address_Proof::proven( $ledger->blog( $id ), $ledger->roster(), $this->plugin->clock()->now_ms() ) as $one ) {
			$host = DGOS_Addresses::host_path( $one->address );
			if ( $ledger->by_host( $host ) !== $id ) {
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
		$roster = $this->plugin->ledger()->roster();
		$now    = $this->plugin->clock()->now_ms();
		$self   = $this->plugin->keys()->get( 'member' )->key;
		$alive  = array( $self => true );
		foreach ( $blog->observation as $one ) {
			if ( $one->payload->time > $now - DGOS_Limits::OBSERVATION_FRESH_MS ) {
				$alive[ $roster->member_of( $one->payload->key )->id ?? '' ] = true;
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
			$words = array_filter( $blog->refusal, static fn ( $one ) => ( $roster->member_of( $one->payload->key )->id ?? '' ) === $member->id );
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
