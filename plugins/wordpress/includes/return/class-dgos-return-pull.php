<?php
/**
 * Reads a blog's emergency posts from all its mirrors: what one withholds another gives, what one invents falls away.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Asks mirrors one after the other, as a plain PHP host can.
 */
final class DGOS_Return_Pull {

	/** Pages of one mirror. */
	const PAGES_MAX = 64;
	/** One page: up to 4 MiB of envelopes, the same text again for other programs, and one post that is longer. */
	const PAGE_BYTES_MAX = 16777216;
	const PAGE_TIME_MS   = 20000;
	/** Less than this is no fair share of the time. */
	const SHARE_MS = 5000;
	/** Envelopes of one mirror that are looked at. More is an attack on this host. */
	const ENVELOPES_MAX = 20000;

	/**
	 * Requests to mirrors.
	 *
	 * @var DGOS_Safe_Fetch
	 */
	private $http;

	/**
	 * Time.
	 *
	 * @var DGOS_Clock
	 */
	private $clock;

	/**
	 * {network, blog, mirrors (base URLs, best first)}.
	 *
	 * @var array
	 */
	private $options;

	/**
	 * Whom to ask, and about what.
	 *
	 * @param DGOS_Safe_Fetch  $http    Requests to mirrors.
	 * @param DGOS_Clock $clock   Time.
	 * @param array      $options {network, blog, mirrors}.
	 */
	public function __construct( DGOS_Safe_Fetch $http, DGOS_Clock $clock, array $options ) {
		$this->http    = $http;
		$this->clock   = $clock;
		$this->options = $options;
	}

	/**
	 * {blog (DGOS_Blog_Objects), sources (mirrors whose answer holds at least root 1)}. Every mirror has a share of the time
	 * and of the envelopes: one that talks without end keeps no other from being heard. Where the time is too short for all,
	 * each run begins with another mirror.
	 *
	 * @param int $until When it has to end, by the running clock.
	 */
	public function posts( int $until ): stdClass {
		$objects = array();
		$known   = array();
		$sources = array();
		$mirrors = $this->options['mirrors'];
		shuffle( $mirrors );
		foreach ( $mirrors as $asked => $mirror ) {
			$has_root = false;
			$now      = $this->clock->running_ms();
			$fair     = max( self::SHARE_MS, intdiv( $until - $now, count( $mirrors ) - $asked ) );
			$share    = min( $until, $now + $fair );
			$looked   = 0;
			foreach ( $this->envelopes( $mirror, $share ) as $envelope ) {
				if ( ++$looked > self::ENVELOPES_MAX || ( 0 === $looked % 64 && $this->clock->running_ms() > $share ) ) {
					break;
				}
				$text   = DGOS_Bytes::sha256( (string) wp_json_encode( $envelope ) );
				$object = $known[ $text ] ?? DGOS_Return_Feed::ours( $envelope, $this->options['network'], $this->options['blog'] );
				if ( null !== $object ) {
					$known[ $text ]         = $object;
					$objects[ $object->id ] = $object;
					$has_root               = $has_root || $object->id === $this->options['blog'];
				}
			}
			if ( $has_root ) {
				$sources[] = $mirror;
			}
		}
		return (object) array(
			'blog'    => DGOS_Return_Feed::trusted( $this->options['blog'], array_values( $objects ) ),
			'sources' => $sources,
		);
	}

	/** The bytes of a blob from any mirror, checked by their hash, or null where none has them now. */
	public function blob( string $hash ): ?string {
		foreach ( $this->options['mirrors'] as $mirror ) {
			do_action( 'dgos_import_step' );
			$answer = $this->http->get( $mirror . 'dgos/v1/blobs/' . $hash, $this->limits( DGOS_Limits::BLOB_BYTES_MAX ) );
			if ( ! is_wp_error( $answer ) && 200 === $answer['status'] && DGOS_Bytes::sha256( $answer['body'] ) === $hash ) {
				return $answer['body'];
			}
		}
		return null;
	}

	/** Hands signed objects to every mirror; how many took them all. */
	public function hand( array $envelopes ): int {
		$body  = (string) wp_json_encode( array( 'objects' => $envelopes ), JSON_UNESCAPED_SLASHES );
		$taken = 0;
		foreach ( $this->options['mirrors'] as $mirror ) {
			$answer = $this->http->post( $mirror . 'dgos/v1/objects', $body, array( 'headers' => array( 'content-type' => 'application/json' ) ) + $this->limits( 65536 ) );
			if ( is_wp_error( $answer ) || 200 !== $answer['status'] ) {
				continue;
			}
			$said    = DGOS_Bytes::field( DGOS_Json::read( $answer['body'], 16 ), 'answers' );
			$said    = is_array( $said ) ? $said : array();
			$refused = array_filter( $said, static fn ( $answer ) => 'refused' === DGOS_Bytes::field( $answer, 'result' ) );
			$taken  += count( $said ) === count( $envelopes ) && array() === $refused ? 1 : 0;
		}
		return $taken;
	}

	/** All envelopes of a mirror's feed, page by page; as far as they could be read by then. */
	private function envelopes( string $mirror, int $until ): Generator {
		$first = DGOS_Return_Feed::url( $mirror, $this->options['blog'] );
		$url   = $first;
		for ( $page = 0; null !== $url && $page < self::PAGES_MAX; $page++ ) {
			do_action( 'dgos_import_step' );
			$left = $until - $this->clock->running_ms();
			if ( $left <= 0 ) {
				return;
			}
			$answer = $this->http->get( $url, array( 'time_ms' => min( self::PAGE_TIME_MS, $left ) ) + $this->limits( self::PAGE_BYTES_MAX ) );
			$feed   = is_wp_error( $answer ) || 200 !== $answer['status'] ? null : DGOS_Return_Feed::page( $answer['body'], $first );
			$answer = null;
			$url    = null === $feed ? null : $feed->next;
			yield from null === $feed ? array() : $feed->envelopes;
		}
	}

	private function limits( int $bytes ): array {
		return array(
			'bytes'     => $bytes,
			'time_ms'   => self::PAGE_TIME_MS,
			'redirects' => 0,
		);
	}
}
