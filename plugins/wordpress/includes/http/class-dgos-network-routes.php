<?php
/**
 * What members say to each other: who is there, what each has, the proof that bytes are here, and "do your work now".
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/http/routes/network.ts and audits.ts.
 */
final class DGOS_Network_Routes {

	/** Blogs that two members may name as common. */
	const BLOGS_MAX = 2000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Live_Sets */
	private $live_sets;
	/** @var DGOS_Wake */
	private $wake;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Request_Signing */
	private $request_signing;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Blog_Mirrors $blog_mirrors,
		DGOS_Live_Sets $live_sets,
		DGOS_Wake $wake,
		DGOS_Blob_Files $blobs,
		DGOS_Request_Signing $request_signing,
		DGOS_Keys $keys,
		DGOS_Clock $clock
	) {
		$this->ledger          = $ledger;
		$this->blog_mirrors    = $blog_mirrors;
		$this->live_sets       = $live_sets;
		$this->wake            = $wake;
		$this->blobs           = $blobs;
		$this->request_signing = $request_signing;
		$this->keys            = $keys;
		$this->clock           = $clock;
	}

	/** Routes, by the names of the methods that answer. */
	public static function routes(): array {
		$ask = DGOS_Limits::ASK_BYTES_MAX;
		return array(
			DGOS_Routes::route( 'GET', 'ping', 'ping', 1, 0, true ),
			DGOS_Routes::route( 'GET', 'members', 'members', 4, 0, true ),
			DGOS_Routes::route( 'GET', 'members/:key', 'member', 4, 0, true ),
			DGOS_Routes::route( 'POST', 'sync', 'sync', 1, $ask ),
			DGOS_Routes::route( 'POST', 'audits', 'audit', 5, $ask ),
			DGOS_Routes::route( 'POST', 'wake', 'wake', 1, 1024 ),
			array(
				'method' => 'GET',
				'path'   => DGOS_Http_Signature::DIRECTORY_PATH,
				'cost'   => 4,
				'open'   => true,
				'handle' => 'key_directory',
			),
		);
	}

	/** Who answers here. */
	public function ping(): array {
		return DGOS_Api::json(
			array(
				'member' => $this->keys->get( 'member' )->key,
				'time'   => $this->clock->now_ms(),
			)
		);
	}

	/** The key by which this member signs what it asks of blogs, where a wall looks for it (Web Bot Auth). */
	public function key_directory(): array {
		$directory = $this->request_signing->directory();
		return array(
			'status'  => 200,
			'headers' => array(
				'content-type'  => DGOS_Http_Signature::DIRECTORY_TYPE,
				'cache-control' => 'max-age=30',
			) + $directory['headers'],
			'body'    => $directory['body'],
		);
	}

	/** The network with its members and vouchers. */
	public function members(): array {
		$network = $this->ledger->network();
		if ( null === $network ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		$objects = array();
		foreach ( $this->ledger->live( null ) as $object ) {
			if ( in_array( $object->kind, array( 'member', 'voucher' ), true ) ) {
				$objects[] = $object->envelope;
			}
		}
		return DGOS_Api::json(
			array(
				'network' => $network->envelope,
				'objects' => $objects,
			)
		);
	}

	/** The records of one member, by any key that it has or had: they prove which key followed which. */
	public function member( array $request, array $params ): array {
		$ledger = $this->ledger;
		$member = $ledger->joined() ? $ledger->roster()->member_of( $params['key'] ) : null;
		if ( null === $member ) {
			return DGOS_Api::refused( 404, 'NOT_MEMBER' );
		}
		$own = array_filter( $ledger->live( null ), static fn ( $object ) => 'member' === $object->kind && $object->payload->member === $member->id );
		return DGOS_Api::json( array( 'objects' => array_column( array_values( $own ), 'envelope' ) ) );
	}

	/** One message of a talk about what is missing where. */
	public function sync( array $request ): array {
		$asked = DGOS_Request::parse_sync( $request['body'] );
		if ( $asked instanceof DGOS_Refused ) {
			return DGOS_Api::refusal( $asked );
		}
		if ( ! $this->ledger->joined() ) {
			return DGOS_Api::refused( 403, 'NOT_MEMBER' );
		}
		if ( 'network' === $asked->scope ) {
			return DGOS_Api::json( array( 'ranges' => DGOS_Reconcile::answer( $this->live_sets->network(), $asked->ranges )->reply ) );
		}
		$partner = $this->ledger->roster()->member_of( $asked->from );
		if ( null === $partner ) {
			return DGOS_Api::refused( 403, 'NOT_MEMBER' );
		}
		$shared = $this->blog_mirrors->shared( $this->keys->get( 'member' )->key, $partner->id );
		$blogs  = $asked->blogs ?? $shared;
		if ( ! is_array( $blogs ) || count( $blogs ) > self::BLOGS_MAX ) {
			return DGOS_Api::refused( 400, 'BAD_REQUEST', 'blogs' );
		}
		$common = array_values( array_filter( $blogs, static fn ( $blog ) => is_string( $blog ) && in_array( $blog, $shared, true ) ) );
		if ( count( $common ) < count( $blogs ) ) {
			return DGOS_Api::json( array( 'blogs' => $common ) );
		}
		return DGOS_Api::json( array( 'ranges' => DGOS_Reconcile::answer( $this->live_sets->mirrors( $common ), $asked->ranges )->reply ) );
	}

	/** The hash of a part of a blob under the asker's nonce. */
	public function audit( array $request ): array {
		$asked = DGOS_Request::parse_audit( $request['body'] );
		if ( $asked instanceof DGOS_Refused ) {
			return DGOS_Api::refusal( $asked );
		}
		$bytes = $this->blobs->get( $asked->blob );
		if ( null === $bytes ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		if ( $asked->to > strlen( $bytes ) ) {
			return DGOS_Api::refused( 400, 'BAD_REQUEST', 'to' );
		}
		return DGOS_Api::json( array( 'hash' => DGOS_Bytes::sha256( hex2bin( $asked->nonce ) . substr( $bytes, $asked->from, $asked->to - $asked->from ) ) ) );
	}

	/** Up to a second of work, at most once in twenty seconds whoever calls. */
	public function wake(): array {
		return DGOS_Api::json( array( 'worked' => $this->wake->called() ) );
	}
}
