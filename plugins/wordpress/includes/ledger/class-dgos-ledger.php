<?php
/**
 * The one gate for objects: opened, authorised, kept, then told to whoever listens. Every part of this member reads blogs
 * from here and writes through here, whether an object comes from an author, a peer or the member itself.
 *
 *   envelope -> open -> inner objects -> known? -> authorise -> policies -> live? -> put -> `dgos_stored`
 *
 * Local rules are the filter `dgos_policy` ( ?DGOS_Refused $refusal, stdClass $object, ?DGOS_Blog_Objects $blog, string $via ).
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * What is read of the network stays in memory until the request ends; of blogs those that were asked for last.
 */
final class DGOS_Ledger {

	/** Text of blogs in memory at one time, beside the one that is asked for: with what is made of it, three times as much. */
	const TEXT_BYTES_KEPT = 4194304;
	/** Dead objects stay this long for local checks (the rule of one mirror slot a day looks back 24 hours). */
	const DEAD_MS_MAX = 90000000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or cached.
	/** @var DGOS_Object_Store */
	private $object_store;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	/** @var DGOS_Address_Book */
	private $address_book;
	/** @var DGOS_Admission */
	private $admission;
	/** @var DGOS_Future_Objects */
	private $future_objects;
	/** @var stdClass[]|null */
	private $network_objects = null;
	/** @var DGOS_Roster|null */
	private $roster = null;
	/** @var array<string, DGOS_Blog_Objects> */
	private $blogs = array();
	/** @var stdClass|null */
	private $network = null;
	// phpcs:enable

	/** What the gate needs. */
	public function __construct(
		DGOS_Object_Store $object_store,
		DGOS_Address_Book $address_book,
		DGOS_Admission $admission,
		DGOS_Future_Objects $future_objects,
		DGOS_Settings $settings,
		DGOS_Keys $keys,
		DGOS_Clock $clock
	) {
		$this->object_store   = $object_store;
		$this->address_book   = $address_book;
		$this->admission      = $admission;
		$this->future_objects = $future_objects;
		$this->settings       = $settings;
		$this->keys           = $keys;
		$this->clock          = $clock;
	}

	/** The network object; null before this member has joined one. */
	public function network(): ?stdClass {
		$this->network = $this->network ?? $this->settings->network();
		return $this->network;
	}

	/** Network, member, voucher and the network's refusal objects, live or not. */
	public function network_objects(): array {
		if ( null === $this->network_objects ) {
			$this->network_objects = $this->object_store->of_blog( '' );
		}
		return $this->network_objects;
	}

	/** The members. Throws LogicException before joining: ask joined() first. */
	public function roster(): DGOS_Roster {
		if ( null === $this->network() ) {
			throw new LogicException( 'no network yet' );
		}
		if ( null === $this->roster ) {
			$this->roster = DGOS_Membership::roster_of( $this->network(), $this->network_objects(), $this->clock->now_ms() );
		}
		return $this->roster;
	}

	/** Whether there is a network to speak of. */
	public function joined(): bool {
		return null !== $this->network();
	}

	/** Everything known of a blog. An unknown blog has no objects at all. */
	public function blog( string $id ): DGOS_Blog_Objects {
		$blog = $this->blogs[ $id ] ?? $this->read( $id );
		$this->keep( $blog );
		return $blog;
	}

	/** Ids of blogs. */
	public function blogs(): array {
		return $this->object_store->blogs();
	}

	/**
	 * Objects of a kind: of one blog, or of all.
	 *
	 * @param string      $kind A known kind.
	 * @param string|null $blog The blog's id.
	 * @return stdClass[]
	 */
	public function objects( string $kind, ?string $blog = null ): array {
		if ( null === $blog ) {
			return $this->object_store->of_kind( $kind );
		}
		return in_array( $kind, DGOS_Kinds::blog_names(), true ) ? $this->blog( $blog )->$kind : $this->object_store->of_blog( $blog, $kind );
	}

	/** Ids of all objects of one kind of a blog, live or not. */
	public function ids( string $blog, string $kind ): array {
		return $this->object_store->ids( $blog, $kind );
	}

	/** The envelope as JSON text, or null. */
	public function envelope( string $id ): ?string {
		return $this->object_store->get( $id );
	}

	/** The object, or null. */
	public function object( string $id ): ?stdClass {
		$text = $this->object_store->get( $id );
		return null === $text ? null : DGOS_Envelope::reopen( $id, json_decode( $text ) );
	}

	/** The fields of DGOS_Blog_State as an array. */
	public function state( string $blog ): array {
		return (array) DGOS_Blog_State::of( $this->blog( $blog ), $this->roster(), $this->clock->now_ms() );
	}

	/**
	 * Objects that still count: of one blog, or (null) of the network.
	 *
	 * @param string|null $blog Its id.
	 * @param string|null $but  A kind that is left out, and not read.
	 * @return stdClass[]
	 */
	public function live( ?string $blog, ?string $but = null ): array {
		$network = $this->network_objects();
		$now     = $this->clock->now_ms();
		if ( null === $blog ) {
			return DGOS_Live::of_network( $network, $now );
		}
		$objects = $this->blog( $blog );
		return array_values( array_filter( $objects->all( $but ), static fn ( $object ) => DGOS_Live::is_live( $object, $objects, $network, $now ) ) );
	}

	/** The blog that owns an address by proof, or whose id was given; null for anything else. */
	public function by_host( string $host_path ): ?string {
		if ( DGOS_Bytes::is_hash( $host_path ) ) {
			return $this->blog( $host_path )->root ? $host_path : null;
		}
		$claims = $this->address_book->of( $host_path );
		foreach ( $claims as $address => $ids ) {
			$owner = DGOS_Address_Proof::owner( $address, array_map( array( $this, 'blog' ), $ids ), $this->roster(), $this->clock->now_ms() );
			if ( null !== $owner ) {
				return $owner;
			}
		}
		return null;
	}

	/** Accepts one envelope: {id, status, code, message}. See accept_all(). */
	public function accept( string $envelope_json, string $via = 'author' ): array {
		return $this->accept_all( array( json_decode( $envelope_json, false, 32 ) ), $via )[0];
	}

	/** Takes the objects whose time has come. */
	public function accept_due(): void {
		foreach ( $this->future_objects->take_due() as $waiting ) {
			$this->accept( (string) wp_json_encode( $waiting['envelope'] ), $waiting['via'] );
		}
	}

	/**
	 * One answer an envelope, in the same order: {id, status, code, message} with a status of stored, known, superseded, held
	 * or refused. Objects of a batch are taken in the order of their dependencies.
	 *
	 * @param array  $envelopes Decoded JSON, in object mode.
	 * @param string $via       'author', 'peer' or 'self'.
	 * @param string $from      The address block that handed them in; '' where it is not known.
	 */
	public function accept_all( array $envelopes, string $via, string $from = '' ): array {
		$answers = array();
		$opened  = array();
		foreach ( array_values( $envelopes ) as $at => $envelope ) {
			$item = DGOS_Batch::open( $envelope );
			if ( $item instanceof DGOS_Refused ) {
				$answers[ $at ] = DGOS_Object_Gate::refused( DGOS_Envelope::id_of( $envelope ), $item );
			} else {
				$opened[ $at ] = $item;
			}
		}
		$answers += $this->take( $opened, $via, $from );
		ksort( $answers );
		return $answers;
	}

	/**
	 * Judges and keeps what is opened: position => {object, inner} to position => answer. Where the database fails in the
	 * middle, those that were kept are told all the same: they would be known when they are sent again.
	 */
	private function take( array $opened, string $via, string $from ): array {
		$gate    = new DGOS_Object_Gate( $this, $this->admission, $this->keys, $this->future_objects, $this->clock );
		$answers = array();
		$fresh   = array();
		try {
			foreach ( DGOS_Batch::in_order( $opened ) as $at ) {
				$object         = $opened[ $at ]->object;
				$answers[ $at ] = $gate->judge( $object, $opened[ $at ]->inner, $via, $from );
				if ( 'stored' !== $answers[ $at ]['status'] ) {
					continue;
				}
				if ( $this->object_store->put( $object ) ) {
					$this->remember( $object, $from );
					$fresh[] = $object;
				} else {
					$answers[ $at ]['status'] = 'known';
				}
			}
		} finally {
			$this->tell( $fresh, $via );
		}
		return $answers;
	}

	/** What one part makes of an object is no reason for the others not to hear of the rest. */
	private function tell( array $objects, string $via ): void {
		$failed = null;
		foreach ( $objects as $object ) {
			try {
				do_action( 'dgos_stored', $object, $via );
			} catch ( Throwable $error ) {
				$failed = $error;
			}
		}
		if ( null !== $failed ) {
			throw $failed;
		}
	}

	/**
	 * Signs with a key of this host at the present time and accepts the result. Throws RuntimeException where the gate
	 * refuses its own member.
	 *
	 * @param string $kind     A known kind.
	 * @param array  $fields   Without key, network and time.
	 * @param string $key_name Of DGOS_Keys.
	 */
	public function publish( string $kind, array $fields, string $key_name ): array {
		$fields += array(
			'network' => $this->network()->id,
			'time'    => $this->clock->now_ms(),
		);
		$object = DGOS_Envelope::seal( $kind, $fields, $this->keys->get( $key_name ) );
		$answer = $this->take( array( DGOS_Batch::own( $object ) ), 'self', '' )[0];
		if ( 'refused' === $answer['status'] ) {
			throw new RuntimeException( "own $kind refused: {$answer['code']} {$answer['message']}" ); // phpcs:ignore WordPress.Security.EscapeOutput -- Not output.
		}
		return $answer;
	}

	/** Forgets objects of a blog ('' for the network). */
	public function remove( string $blog, array $ids ): void {
		$this->object_store->remove( $ids );
		$this->reread( $blog );
		if ( '' === $blog ) {
			$this->forget_network();
		}
	}

	/**
	 * Removes what no longer counts and is older than a day. Of a closed blog stay the roots, and the attestations that tell
	 * them from a stranger's; of a blog that nobody attests, nothing. Snapshots are left to DGOS_Blob_Keeper.
	 */
	public function sweep( string $id ): void {
		$blog   = $this->blog( $id );
		$now    = $this->clock->now_ms();
		$closed = (bool) array_filter( $blog->root, array( 'DGOS_Roots', 'is_closed' ) );
		$dead   = array_filter( $blog->all( $closed ? null : 'receipt' ), fn ( $object ) => ! DGOS_Live::is_live( $object, $blog, $this->network_objects(), $now ) );
		if ( in_array( $id, DGOS_Bytes::ids( $dead ), true ) ) {
			$this->forget( $id );
			return;
		}
		$old = static fn ( $object ) => $closed ? 'attestation' !== $object->kind : 'snapshot' !== $object->kind && $object->payload->time < $now - self::DEAD_MS_MAX;
		$this->drop( $id, DGOS_Bytes::ids( array_values( array_filter( $dead, $old ) ) ) );
	}

	/** As if a blog had never come. */
	public function forget( string $blog ): void {
		$this->address_book->forget( $this->blog( $blog ) );
		$this->admission->forget( $blog );
		$this->object_store->forget_blog( $blog );
		$this->reread( $blog );
	}

	/** Ids of blogs of which no address has been seen to be proven: they have little room, and are nobody's but who handed them in. */
	public function unproven(): array {
		return $this->admission->unproven();
	}

	/** After joining, and where another part has written to the store. */
	public function forget_network(): void {
		$this->network         = null;
		$this->network_objects = null;
		$this->roster          = null;
	}

	/** Another request may have written about the blog: it is read anew when it is asked for. */
	public function reread( string $blog ): void {
		unset( $this->blogs[ $blog ] );
	}

	private function read( string $id ): DGOS_Blog_Objects {
		return new DGOS_Blog_Objects( $id, $this->object_store->of_blog_but( $id, 'receipt' ), fn () => $this->object_store->of_blog( $id, 'receipt' ) );
	}

	/** The one that was asked for longest ago makes room. */
	private function keep( DGOS_Blog_Objects $blog ): void {
		unset( $this->blogs[ $blog->blog ] );
		$this->blogs[ $blog->blog ] = $blog;
		$bytes                      = array_sum( array_map( static fn ( $blog ) => $blog->bytes(), $this->blogs ) );
		foreach ( array_keys( $this->blogs ) as $id ) {
			if ( $bytes <= self::TEXT_BYTES_KEPT || $id === $blog->blog ) {
				return;
			}
			$bytes -= $this->blogs[ $id ]->bytes();
			unset( $this->blogs[ $id ] );
		}
	}

	private function remember( stdClass $object, string $from ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null === $blog ) {
			$this->network_objects[] = $object;
			$this->roster            = null;
			if ( 'member' === $object->kind ) {
				$this->drop( '', DGOS_Replaced::replaced( $this->network_objects() ) );
			}
			return;
		}
		if ( 'attestation' === $object->kind ) {
			$this->address_book->attested( $object );
		}
		// Where it was not in memory it is read with the new object, which is stored already.
		$known = isset( $this->blogs[ $blog ] ) ? $this->blogs[ $blog ]->with( $object ) : $this->read( $blog );
		$this->keep( $known );
		$this->admission->stored( $known, $this->roster(), $from );
		$this->drop( $blog, DGOS_Replaced::faded( $known, $this->network_objects(), $this->clock->now_ms() ) );
	}

	private function drop( string $blog, array $ids ): void {
		if ( $ids ) {
			$this->remove( $blog, $ids );
		}
	}
}
