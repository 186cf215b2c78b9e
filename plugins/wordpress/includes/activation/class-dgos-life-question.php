<?php
/**
 * Proof of life: the blog's own server signs a nonce that this watcher has just made up. It is asked for where others say
 * the blog is down and this watcher sees it, and travels inside the watcher's observation.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/watch/life.ts.
 */
final class DGOS_Life_Question {

	const BYTES    = 65536;
	const URL_MAX  = 1024;
	const APART_MS = 60000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Request_Signing */
	private $request_signing;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Safe_Fetch $safe_fetch, DGOS_Request_Signing $request_signing, DGOS_Deadline $deadline, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger          = $ledger;
		$this->safe_fetch      = $safe_fetch;
		$this->request_signing = $request_signing;
		$this->deadline        = $deadline;
		$this->meta            = $meta;
		$this->clock           = $clock;
	}

	/** The signed answer to a fresh nonce as an envelope, or null where there is none, it is late, or it is not this blog's. */
	public function ask( DGOS_Blog_Objects $blog, string $address ): ?stdClass {
		$roles  = DGOS_Key_Roles::of( $blog );
		$online = null === $roles ? null : $roles->root()->online ?? null;
		if ( null === $online || ! $this->meta->lock( 'life:' . $blog->blog, intdiv( self::APART_MS * DGOS_Wake_Pace::pause_ms(), DGOS_Wake_Pace::PAUSE_MS ) ) ) {
			return null;
		}
		$url = $this->url( $blog->blog, $address );
		if ( null === $url ) {
			return null;
		}
		$nonce = bin2hex( random_bytes( 32 ) );
		$found = $this->read( $url . ( false === strpos( $url, '?' ) ? '?' : '&' ) . 'nonce=' . $nonce );
		$life  = null === $found ? null : DGOS_Envelope::open( $found );
		if ( null === $life || $life instanceof DGOS_Refused || 'life' !== $life->kind ) {
			return null;
		}
		$said = $life->payload;
		$good = $said->network === $this->ledger->network()->id && $said->blog === $blog->blog && $said->address === $address
			&& $said->key === $online && hash_equals( $nonce, $said->nonce )
			&& abs( $said->time - $this->clock->now_ms() ) <= DGOS_Limits::AHEAD_MS_MAX;
		return $good ? $life->envelope : null;
	}

	/** Where the blog answers, as its marker file says: below its own origin. */
	private function url( string $blog, string $address ): ?string {
		if ( 1 !== preg_match( '#^https?://[^/]+/$#D', $address ) ) {
			return null;
		}
		$file = $this->read( $address . '.well-known/dgos.json' );
		$life = DGOS_Bytes::field( $file, 'life' );
		$own  = DGOS_Bytes::field( $file, 'blog' ) === $blog && is_string( $life ) && strlen( $life ) <= self::URL_MAX;
		return $own && 0 === strpos( $life, $address ) ? $life : null;
	}

	/**
	 * A small JSON document, in object mode.
	 *
	 * @return mixed
	 */
	private function read( string $url ) {
		$limits = array(
			'time_ms'   => max( 20, $this->deadline->left_ms() ),
			'bytes'     => self::BYTES,
			'redirects' => 0,
			'sign'      => array( $this->request_signing, 'headers' ),
		);
		$answer = $this->safe_fetch->get( $url, $limits );
		return is_wp_error( $answer ) || 200 !== $answer['status'] ? null : DGOS_Json::read( $answer['body'], 32 );
	}
}
