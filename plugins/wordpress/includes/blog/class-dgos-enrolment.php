<?php
/**
 * Takes what the author signed in the kit: root 1 of this blog, and what was lent with it. Nothing secret comes this way.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As network/blog-requests.ts, for the blog of this site alone.
 */
final class DGOS_Enrolment {

	/** A root and its delegations. */
	const OBJECTS_MAX = 4;
	const TEXT_BYTES  = 262144;
	/** Who hands it in: no stranger's address, so that no crowd of strangers' blogs keeps this one out. */
	const OWNER = 'owner';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Keys */
	private $keys;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog, DGOS_Keys $keys ) {
		$this->ledger   = $ledger;
		$this->own_blog = $own_blog;
		$this->keys     = $keys;
	}

	/**
	 * Enrols this blog by signed objects as JSON: a list of envelopes.
	 *
	 * @param string $json From the kit, or of a file that it saved: {"objects": […]} too.
	 * @return true|WP_Error
	 */
	public function take( string $json ) {
		$sent = strlen( $json ) > self::TEXT_BYTES ? null : DGOS_Json::read( $json, 32 );
		$sent = is_object( $sent ) ? DGOS_Bytes::field( $sent, 'objects' ) : $sent;
		if ( ! $this->ledger->joined() ) {
			return new WP_Error( 'OTHER_NETWORK', __( 'Join a network first: see the first step.', 'dgos' ) );
		}
		if ( ! is_array( $sent ) || ! $sent || count( $sent ) > self::OBJECTS_MAX ) {
			return new WP_Error( 'BAD_REQUEST', __( 'That is no registration file. Save it in the kit once more.', 'dgos' ) );
		}
		$root = null;
		foreach ( $sent as $envelope ) {
			$object = DGOS_Envelope::open( $envelope );
			if ( $object instanceof DGOS_Refused ) {
				/* translators: %s: a technical word. */
				return new WP_Error( $object->code, sprintf( __( 'That is no registration file, or it was changed on its way (%s). Save it in the kit once more, and hand in that file as it is.', 'dgos' ), $object->code ) );
			}
			$root = 'root' === $object->kind && 1 === $object->payload->version ? $object : $root;
			if ( ! in_array( $object->kind, array( 'root', 'delegation' ), true ) ) {
				return new WP_Error( 'BAD_REQUEST', __( 'That file holds something else than a root and what was lent with it. Choose the one whose name ends with -join.dgos.', 'dgos' ) );
			}
		}
		$problem = $this->problem( $root );
		if ( null !== $problem ) {
			return $problem;
		}
		foreach ( $this->ledger->accept_all( $sent, 'author', self::OWNER ) as $answer ) {
			if ( 'refused' === $answer['status'] ) {
				return new WP_Error( (string) $answer['code'], (string) $answer['message'] );
			}
		}
		$this->own_blog->enrol( $root->id, (string) DGOS_Own_Blog::address() );
		do_action( 'dgos_enrolled', $root->id );
		return true;
	}

	/** Why this root is not of this site. */
	private function problem( ?stdClass $root ): ?WP_Error {
		if ( null === $root ) {
			return new WP_Error( 'BAD_REQUEST', __( 'There is no root in it. Choose the file whose name ends with -join.dgos.', 'dgos' ) );
		}
		if ( null !== DGOS_Own_Blog::id() && DGOS_Own_Blog::id() !== $root->id ) {
			return new WP_Error( 'NOT_ALLOWED', __( 'This blog is enrolled under other keys already. Start over first, if you mean it: see the end of the set-up screen.', 'dgos' ) );
		}
		if ( ( $root->payload->online ?? '' ) !== $this->keys->get( 'online' )->key ) {
			return new WP_Error( 'NOT_ALLOWED', __( 'That root names another server than this one. Take a fresh kit from this screen: it names this server.', 'dgos' ) );
		}
		if ( ! in_array( DGOS_Own_Blog::address(), $root->payload->addresses, true ) ) {
			return new WP_Error( 'NOT_ALLOWED', __( 'That root is of another address than this blog’s. Take a fresh kit from this screen: it names this address.', 'dgos' ) );
		}
		return null;
	}
}
