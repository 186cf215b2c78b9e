<?php
/**
 * Other members: what they are asked and told, and how long one request of ours may wait for them.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Never throws: an unreachable member is an answer (null).
 */
final class DGOS_Peers {

	const CALL_MS = 5000;
	/** With less than this nobody is asked. */
	const ASK_MS = 20;
	/** Who does not answer within so long is left alone for a while. With less time to answer it is not to blame. */
	const FAIR_MS = 400;
	/** How long a member that did not answer is left alone. */
	const ABSENT_MS = 60000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Safe_Fetch */
	private $safe_fetch;
	/** @var DGOS_Clock */
	private $clock;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Deadline */
	private $deadline;
	/** @var DGOS_Clock_Check */
	private $clock_check;
	// phpcs:enable

	/** Over requests; who is away is remembered with the small values. */
	public function __construct( DGOS_Safe_Fetch $safe_fetch, DGOS_Deadline $deadline, DGOS_Clock_Check $clock_check, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->safe_fetch  = $safe_fetch;
		$this->deadline    = $deadline;
		$this->clock_check = $clock_check;
		$this->meta        = $meta;
		$this->clock       = $clock;
	}

	/** Whether a member did not answer lately. */
	public function is_absent( string $member ): bool {
		return null !== $this->meta->get( 'absent:' . $member );
	}

	/**
	 * A member did not answer: it is left alone for a while, where it had time enough.
	 *
	 * @param string $member   Its id.
	 * @param int    $since_ms When it was asked, by the running clock.
	 */
	public function note_absence( string $member, int $since_ms ): void {
		if ( $this->deadline->left_ms() >= self::ASK_MS ) {
			$this->leave_alone( $member );
		} else {
			$this->note_slowness( $member, $since_ms );
		}
	}

	/** The same for a member that may have answered, only not with what was asked for: an answer that came soon is one. */
	public function note_slowness( string $member, int $since_ms ): void {
		if ( $this->clock->running_ms() - $since_ms >= self::FAIR_MS ) {
			$this->leave_alone( $member );
		}
	}

	private function leave_alone( string $member ): void {
		$this->meta->set( 'absent:' . $member, 1, DGOS_Wake_Pace::paced( self::ABSENT_MS ) );
	}

	/**
	 * A JSON document, in object mode; null on anything but 200 and JSON.
	 *
	 * @param string $url  Of the member, with a final slash.
	 * @param string $path Below it.
	 * @return mixed
	 */
	public function get( string $url, string $path ) {
		return self::json( $this->ask( 'get', $url . $path, '', DGOS_Limits::BATCH_BYTES_MAX ) );
	}

	/**
	 * Posts a JSON document.
	 *
	 * @param string $url  Of the member.
	 * @param string $path Below it.
	 * @param mixed  $body What JSON can hold.
	 * @return mixed
	 */
	public function post( string $url, string $path, $body ) {
		return self::json( $this->answer( $url, $path, $body ) );
	}

	/**
	 * Posts a JSON document: the answer {status, headers, body} whatever it is, or null where there was none.
	 *
	 * @param string $url  Of the member.
	 * @param string $path Below it.
	 * @param mixed  $body What JSON can hold.
	 */
	public function answer( string $url, string $path, $body ): ?array {
		$text = (string) json_encode( $body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
		return $this->ask( 'post', $url . $path, $text, DGOS_Limits::BATCH_BYTES_MAX );
	}

	/** Hands in objects; one answer each, or null where the member did not answer properly. */
	public function push( string $url, array $objects ): ?array {
		$all = array();
		foreach ( self::batches( $objects ) as $batch ) {
			$answer  = $this->post( $url, 'dgos/v1/objects?from=peer', array( 'objects' => array_column( $batch, 'envelope' ) ) );
			$answers = DGOS_Bytes::field( $answer, 'answers' );
			if ( ! is_array( $answers ) || count( $answers ) !== count( $batch ) ) {
				return null;
			}
			$all = array_merge( $all, $answers );
		}
		return $all;
	}

	/** The bytes of a blob as the member sent them, unchecked, or null. */
	public function blob( string $url, string $hash ): ?string {
		$answer = $this->ask( 'get', $url . 'dgos/v1/blobs/' . $hash, '', DGOS_Limits::BLOB_BYTES_MAX );
		return is_array( $answer ) && 200 === $answer['status'] ? $answer['body'] : null;
	}

	/** Batches that a member takes in one request. */
	public static function batches( array $objects ): array {
		$batches = array();
		$batch   = array();
		$bytes   = 0;
		foreach ( $objects as $object ) {
			$size = strlen( $object->envelope->payload ) + 400;
			if ( count( $batch ) === DGOS_Limits::BATCH_OBJECTS_MAX || ( $batch && $bytes + $size > DGOS_Limits::BATCH_BYTES_MAX - 1024 ) ) {
				$batches[] = $batch;
				$batch     = array();
				$bytes     = 0;
			}
			$batch[] = $object;
			$bytes  += $size;
		}
		return $batch ? array_merge( $batches, array( $batch ) ) : $batches;
	}

	/**
	 * One request, within what is left.
	 *
	 * @return array|null
	 */
	private function ask( string $method, string $url, string $body, int $bytes ): ?array {
		$time_ms = min( self::CALL_MS, $this->deadline->left_ms() );
		if ( $time_ms < self::ASK_MS ) {
			return null;
		}
		$limits = array(
			'time_ms'   => $time_ms,
			'bytes'     => $bytes,
			'redirects' => 0,
			'headers'   => 'post' === $method ? array( 'content-type' => 'application/json' ) : array(),
		);
		$answer = 'post' === $method ? $this->safe_fetch->post( $url, $body, $limits ) : $this->safe_fetch->get( $url, $limits );
		if ( is_wp_error( $answer ) ) {
			return null;
		}
		if ( 'post' === $method && isset( $answer['headers']['date'] ) ) { // No cache keeps what answers a POST.
			$this->clock_check->heard( $url, $answer['headers']['date'] );
		}
		return $answer;
	}

	/**
	 * The document of an answer.
	 *
	 * @return mixed
	 */
	private static function json( ?array $answer ) {
		return null === $answer || 200 !== $answer['status'] ? null : DGOS_Json::read( $answer['body'] );
	}
}
