<?php
/**
 * The one write of the protocol, and reading objects by id.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/http/routes/objects.ts.
 */
final class DGOS_Object_Routes {

	const IMMUTABLE = array( 'cache-control' => 'public, max-age=31536000, immutable' );
	/** What an envelope has beside its payload, no less. */
	const ENVELOPE_BYTES = 400;
	/** Signatures from one network of addresses in a minute, those inside of objects too, whatever the batch: each is a unit of work. */
	const SIGNATURE_RATE = 5 * DGOS_Api::RATE;
	/** The same where PHP has no sodium of its own and one takes some hundredth of a second. */
	const SIGNATURE_RATE_SLOW = 600;
	/** Objects of one signing key in a minute. */
	const KEY_RATE = 1200;
	/** New blogs from one network of addresses in a minute: a root costs nothing to make, and every member would keep it. */
	const ROOT_RATE = 20;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Rates */
	private $rates;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Refusals $refusals, DGOS_Membership_Record $membership, DGOS_Rates $rates ) {
		$this->ledger     = $ledger;
		$this->refusals   = $refusals;
		$this->membership = $membership;
		$this->rates      = $rates;
	}

	/** Routes, by the names of the methods that answer. */
	public static function routes(): array {
		return array(
			array(
				'method' => 'POST',
				'path'   => '/dgos/v1/objects',
				'open'   => true,
				'body'   => DGOS_Limits::BATCH_BYTES_MAX,
				'handle' => 'take',
			),
			array(
				'method' => 'GET',
				'path'   => '/dgos/v1/objects',
				'open'   => true,
				'cost'   => 4,
				'handle' => 'several',
			),
			array(
				'method' => 'GET',
				'path'   => '/dgos/v1/objects/:id',
				'open'   => true,
				'handle' => 'one',
			),
		);
	}

	/** A batch of envelopes. */
	public function take( array $request ): array {
		$objects = DGOS_Request::parse_batch( $request['body'] );
		if ( $objects instanceof DGOS_Refused ) {
			return DGOS_Api::refusal( $objects );
		}
		$rate    = DGOS_Ed25519::is_fast() ? self::SIGNATURE_RATE : self::SIGNATURE_RATE_SLOW;
		$wait_ms = $this->rates->take( $request['remote'], $rate, (int) array_sum( array_map( array( 'DGOS_Envelope', 'signatures_in' ), $objects ) ), 'signatures' );
		if ( $wait_ms > 0 ) {
			return DGOS_Api::too_fast( $wait_ms, 'signatures from this address, which you may share with others' );
		}
		foreach ( self::by_key( $objects ) as $key => $count ) {
			$wait_ms = max( $wait_ms, $this->rates->take( (string) $key, self::KEY_RATE, $count, 'key' ) );
		}
		$roots   = count( array_filter( $objects, static fn ( $object ) => 'root' === DGOS_Envelope::claimed_kind( $object ) ) );
		$wait_ms = max( $wait_ms, $this->rates->take( $request['remote'], self::ROOT_RATE, $roots, 'roots' ) );
		if ( $wait_ms > 0 ) {
			return DGOS_Api::too_fast( $wait_ms, '' );
		}
		$this->membership->meet( $objects );
		$answers = $this->ledger->accept_all( $objects, isset( $request['query']['from'] ) ? 'peer' : 'author', DGOS_Rates::block( $request['remote'] ) );
		return DGOS_Api::json( array( 'answers' => array_map( array( self::class, 'spoken' ), $answers ) ) );
	}

	/** `?ids=a,b,…`: those that are here, as many as fit one answer; `left` names the others that are here. */
	public function several( array $request ): array {
		$text = $request['query']['ids'] ?? '';
		$ids  = explode( ',', is_string( $text ) ? $text : '' );
		if ( count( $ids ) > DGOS_Limits::BATCH_OBJECTS_MAX || array_filter( $ids, static fn ( $id ) => ! DGOS_Bytes::is_hash( $id ) ) ) {
			return DGOS_Api::refused( 400, 'BAD_REQUEST', 'send ?ids= with at most ' . DGOS_Limits::BATCH_OBJECTS_MAX . ' ids' );
		}
		$found = array();
		$left  = array();
		$bytes = 0;
		foreach ( $ids as $id ) {
			$object = $this->object_of( $id );
			if ( null === $object || $this->refusals->refuses_object( $object ) ) {
				continue;
			}
			$bytes += strlen( $object->envelope->payload ) + self::ENVELOPE_BYTES;
			if ( $found && $bytes > DGOS_Limits::BATCH_BYTES_MAX - 64 * 1024 ) {
				$left[] = $id;
			} else {
				$found[] = $object->envelope;
			}
		}
		return DGOS_Api::json(
			array(
				'objects' => $found,
				'left'    => $left,
			)
		);
	}

	/** One envelope. */
	public function one( array $request, array $params ): array {
		$object = DGOS_Bytes::is_hash( $params['id'] ) ? $this->object_of( $params['id'] ) : null;
		if ( null !== $object && $this->refusals->refuses_object( $object ) ) {
			return DGOS_Api::refused( 451, 'REFUSED' );
		}
		return null === $object ? DGOS_Api::refused( 404, 'NOT_FOUND' ) : DGOS_Api::json( $object->envelope, self::IMMUTABLE );
	}

	/** An answer as the wire has it: an object that waits for its time is refused for now. */
	public static function spoken( array $answer ): array {
		$said = array(
			'id'     => $answer['id'],
			'result' => 'held' === $answer['status'] ? 'refused' : $answer['status'],
		);
		if ( null === $answer['code'] ) {
			return $said;
		}
		$said += array(
			'code'    => $answer['code'],
			'message' => $answer['message'],
		);
		return null === ( $answer['detail'] ?? null ) ? $said : $said + array( 'detail' => $answer['detail'] );
	}

	/** Anything but what is for this member alone. */
	private function object_of( string $id ): ?stdClass {
		$object = $this->ledger->object( $id );
		return null === $object || DGOS_Kinds::is_private( $object->kind ) ? null : $object;
	}

	/** How many envelopes name each key. The name is only a claim, but a false one spends the claimant's address as well. */
	private static function by_key( array $envelopes ): array {
		$counts = array();
		foreach ( $envelopes as $envelope ) {
			$signatures = DGOS_Bytes::field( $envelope, 'signatures' );
			$key        = is_array( $signatures ) ? DGOS_Bytes::field( $signatures[0] ?? null, 'keyid' ) : null;
			if ( DGOS_Bytes::is_hash( $key ) ) {
				$counts[ $key ] = ( $counts[ $key ] ?? 0 ) + 1;
			}
		}
		return $counts;
	}
}
