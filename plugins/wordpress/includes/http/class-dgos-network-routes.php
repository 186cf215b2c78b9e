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
		$ask = DGOS_Limits::ASK_BYTES_MAX;
		return array(
			self::route( 'GET', 'ping', array( $this, 'ping' ), 1, 0, true ),
			self::route( 'GET', 'members', array( $this, 'members' ), 4, 0, true ),
			self::route( 'GET', 'members/:key', array( $this, 'member' ), 4, 0, true ),
			self::route( 'POST', 'sync', array( $this, 'sync' ), 1, $ask ),
			self::route( 'POST', 'audits', array( $this, 'audit' ), 5, $ask ),
			self::route( 'POST', 'wake', array( $this, 'wake' ), 1, 1024 ),
		);
	}

	/** A route below /dgos/v1/. */
	public static function route( string $method, string $path, callable $handle, int $cost = 1, int $body = 0, bool $open = false ): array {
		$path = '/dgos/v1/' . $path;
		return compact( 'method', 'path', 'handle', 'cost', 'body', 'open' );
	}

	/** Who answers here. */
	public function ping(): array {
		return DGOS_Api::json(
			array(
				'member' => $this->plugin->keys()->get( 'member' )->key,
				'time'   => $this->plugin->clock()->now_ms(),
			)
		);
	}

	/** The network with its members and vouchers. */
	public function members(): array {
		$network = $this->plugin->ledger()->network();
		if ( null === $network ) {
			return DGOS_Api::refused( 404, 'NOT_FOUND' );
		}
		$objects = array();
		foreach ( $this->plugin->ledger()->live( null ) as $one ) {
			if ( in_array( $one->kind, array( 'member', 'voucher' ), true ) ) {
				$objects[] = $one->envelope;
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
		$ledger = $this->plugin->ledger();
		$member = $ledger->joined() ? $ledger->roster()->member_of( $params['key'] ) : null;
		if ( null === $member ) {
			return DGOS_Api::refused( 404, 'NOT_MEMBER' );
		}
		$own = array_filter( $ledger->live( null ), static fn ( $one ) => 'member' === $one->kind && $one->payload->member === $member->id );
		return DGOS_Api::json( array( 'objects' => array_column( array_values( $own ), 'envelope' ) ) );
	}

	/** One message of a talk about what is missing where. */
	public function sync( array $request ): array {
		$asked = DGOS_Request::parse_sync( $request['body'] );
		if ( $asked instanceof DGOS_Refused ) {
			return DGOS_Api::refusal( $asked );
		}
		if ( ! $this->plugin->ledger()->joined() ) {
			return DGOS_Api::refused( 403, 'NOT_MEMBER' );
		}
		$sets = $this->plugin->live_sets();
		if ( 'network' === $asked->scope ) {
			return DGOS_Api::json( array( 'ranges' => DGOS_Reconcile::answer( $sets->network(), $asked->ranges )->reply ) );
		}
		$partner = $this->plugin->ledger()->roster()->member_of( $asked->from );
		if ( null === $partner ) {
			return DGOS_Api::refused( 403, 'NOT_MEMBER' );
		}
		$shared = $sets->shared( $this->plugin->keys()->get( 'member' )->key, $partner->id );
		$blogs  = $asked->blogs ?? $shared;
		if ( ! is_array( $blogs ) || count( $blogs ) > self::BLOGS_MAX ) {
			return DGOS_Api::refused( 400, 'BAD_REQUEST', 'blogs' );
		}
		$common = array_values( array_filter( $blogs, static fn ( $one ) => is_string( $one ) && in_array( $one, $shared, true ) ) );
		if ( count( $common ) < count( $blogs ) ) {
			return DGOS_Api::json( array( 'blogs' => $common ) );
		}
		return DGOS_Api::json( array( 'ranges' => DGOS_Reconcile::answer( $sets->mirrors( $common ), $asked->ranges )->reply ) );
	}

	/** The hash of a part of a blob under the asker's nonce. */
	public function audit( array $request ): array {
		$asked = DGOS_Request::parse_audit( $request['body'] );
		if ( $asked instanceof DGOS_Refused ) {
			return DGOS_Api::refusal( $asked );
		}
		$bytes = $this->plugin->blobs()->get( $asked->blob );
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
		return DGOS_Api::json( array( 'worked' => $this->plugin->wake()->called() ) );
	}
}
