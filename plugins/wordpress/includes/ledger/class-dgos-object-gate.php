<?php
/**
 * The judgement about one object: what the network's rules say, then what this member adds to them.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Keeps nothing but objects that wait for their time.
 */
final class DGOS_Object_Gate {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Admission */
	private $admission;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Future_Objects */
	private $future_objects;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** What a judgement depends on. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Admission $admission, DGOS_Keys $keys, DGOS_Future_Objects $future_objects, DGOS_Clock $clock ) {
		$this->ledger         = $ledger;
		$this->admission      = $admission;
		$this->keys           = $keys;
		$this->future_objects = $future_objects;
		$this->clock          = $clock;
	}

	/**
	 * The answer: status 'stored' means that it may be.
	 *
	 * @param stdClass   $object Opened.
	 * @param stdClass[] $inner  What it carries, opened.
	 * @param string     $via    'author', 'peer' or 'self'.
	 * @param string     $from   The address block that handed it in; '' where it is not known.
	 */
	public function judge( stdClass $object, array $inner, string $via, string $from ): array {
		if ( ! $this->ledger->joined() ) {
			return self::refused( $object->id, DGOS_Codes::refuse( 'OTHER_NETWORK', 'this member has not joined one' ) );
		}
		$id   = DGOS_Envelope::blog_of( $object );
		$blog = null === $id ? null : $this->ledger->blog( $id );
		$all  = null === $id ? $this->ledger->network_objects() : $this->ledger->objects( $object->kind, $id );
		if ( in_array( $object->id, DGOS_Bytes::ids( $all ), true ) ) {
			return self::answer( $object->id, 'known' );
		}
		$self = $this->keys->get( 'member' )->key;
		$is_answer = 'life' === $object->kind && ! isset( $object->payload->since );
		if ( $is_answer || ! DGOS_Kinds::is_kept( $object->kind ) || ( DGOS_Kinds::is_private( $object->kind ) && $object->payload->member !== $self ) ) {
			return self::refused( $object->id, DGOS_Codes::refuse( 'NOT_WANTED', $object->kind ) );
		}
		$network = $this->ledger->network_objects();
		$now     = $this->clock->now_ms();
		$refusal = DGOS_Authority::authorise( $object, $blog, $this->ledger->roster(), $network, $inner, $now );
		if ( null !== $refusal && 'AHEAD_OF_TIME' === $refusal->code && $this->hold( $object, $blog, $inner, $via ) ) {
			return array( 'status' => 'held' ) + self::refused( $object->id, $refusal );
		}
		if ( null === $refusal && 'self' !== $via ) {
			$refusal = $this->full( $object, $all, $blog, $from );
		}
		$refusal = $refusal ?? apply_filters( 'dgos_policy', null, $object, $blog, $via );
		if ( $refusal instanceof DGOS_Refused ) {
			return self::refused( $object->id, $refusal );
		}
		$with = null === $blog ? null : $blog->with( $object );
		$net  = null === $blog ? array_merge( $network, array( $object ) ) : $network;
		// A root comes before the attestations on which it lives.
		$live = 'root' === $object->kind || DGOS_Live::is_live( $object, $with, $net, $now );
		return self::answer( $object->id, $live ? 'stored' : 'superseded' );
	}

	/** A refusal as an answer. */
	public static function refused( ?string $id, DGOS_Refused $refusal ): array {
		$message = $refusal->message() . ( '' === $refusal->detail ? '' : " ({$refusal->detail})" );
		return self::answer( $id, 'refused', $refusal->code, $message, '' === $refusal->detail ? null : $refusal->detail );
	}

	private static function answer( ?string $id, string $status, ?string $code = null, ?string $message = null, ?string $detail = null ): array {
		return compact( 'id', 'status', 'code', 'message', 'detail' );
	}

	/** Keeps an object that would be taken if its time had come: nothing of strangers waits here. */
	private function hold( stdClass $object, ?DGOS_Blog_Objects $blog, array $inner, string $via ): bool {
		$early = DGOS_Authority::authorise( $object, $blog, $this->ledger->roster(), $this->ledger->network_objects(), $inner, $object->payload->time );
		return null === $early && $this->future_objects->put( $object, $via );
	}

	/** Null where there is room. Unproven blogs that go for it are forgotten at once. */
	private function full( stdClass $object, array $all, ?DGOS_Blog_Objects $blog, string $from ): ?DGOS_Refused {
		if ( null === $blog ) {
			return DGOS_Budgets::network_refusal( $object, $all );
		}
		if ( 'refusal' === $object->kind && ! $blog->root ) {
			return DGOS_Codes::refuse( 'UNKNOWN_BLOG' ); // A word about a blog that there may never have been.
		}
		$room = $this->admission->room_for( $object, $all, $blog, $this->ledger->roster(), $from );
		foreach ( $room instanceof DGOS_Refused ? array() : $room as $gone ) {
			$this->ledger->forget( $gone );
		}
		return $room instanceof DGOS_Refused ? $room : null;
	}
}
