<?php
/**
 * What the form asks of a member besides handing in and counting holders: the vault of a blog.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As activation/doors/vault-document.ts. Public: what is secret in it is encrypted by the author.
 */
final class DGOS_Vault_Routes {

	/** Posts offered for editing. Older ones need a posting key. */
	const POSTS_MAX = 20;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Refusals $refusals, DGOS_Clock $clock ) {
		$this->ledger   = $ledger;
		$this->refusals = $refusals;
		$this->clock    = $clock;
	}

	/** Routes, by the names of the methods that answer. */
	public static function routes(): array {
		return array( DGOS_Routes::route( 'GET', 'blogs/:blog/vault', 'vault', 4, 0, true ) );
	}

	/** The document of a blog named by its id or host path. */
	public function vault( array $request, array $params ): array {
		$found = DGOS_Request_Path::read_blog( rawurldecode( $params['blog'] ) );
		$id    = null === $found ? null : $this->ledger->by_host( $found[0] );
		$blog  = null === $id ? null : $this->ledger->blog( $id );
		$roles = null === $blog ? null : DGOS_Key_Roles::of( $blog );
		if ( null === $roles || true === ( $roles->root()->closed ?? null ) ) {
			return DGOS_Api::unknown_blog( $params['blog'] );
		}
		$now    = $this->clock->now_ms();
		$hidden = $this->refusals->refuses_blog( $blog ) ? null : $this->refusals->refused_posts( $blog );
		return DGOS_Api::json( self::document( $blog, $roles, $this->ledger->roster(), $now, $hidden ), array( 'cache-control' => 'no-store' ) );
	}

	/**
	 * Its fields.
	 *
	 * @param DGOS_Blog_Objects $blog   Everything known of it.
	 * @param DGOS_Key_Roles    $roles  Its keys.
	 * @param DGOS_Roster       $roster The members.
	 * @param int               $now    What time it is.
	 * @param string[]|null     $hidden Ids of posts that are not handed out; null for all.
	 */
	private static function document( DGOS_Blog_Objects $blog, DGOS_Key_Roles $roles, DGOS_Roster $roster, int $now, ?array $hidden ): array {
		$root = $roles->root();
		$keys = array_filter( $roles->delegations, static fn ( $delegation ) => isset( $delegation->payload->vault ) && null !== $roles->delegated( $delegation->payload->to, 'post', $now ) );
		usort( $keys, static fn ( $a, $b ) => $b->payload->time <=> $a->payload->time ?: strcmp( $a->id, $b->id ) );
		$holders = array_map( static fn ( $delegation ) => $delegation->payload->to, $keys );
		$posts   = null === $hidden ? array() : array_filter( DGOS_Posts::shown( $blog, $now ), static fn ( $post ) => ! $post->withdrawn && in_array( $post->current->payload->key, $holders, true ) && ! in_array( $post->current->id, $hidden, true ) );
		$proven  = array_map( static fn ( $proof ) => $proof->address, DGOS_Address_Proof::proven( $blog, $roster, $now ) );
		$address = current( array_intersect( $root->addresses, $proven ) );
		$address = false === $address ? $root->addresses[0] : $address;
		$state   = DGOS_Blog_State::of( $blog, $roster, $now );
		return array(
			'network'     => $roster->network->id,
			'blog'        => $blog->blog,
			'title'       => $root->title,
			'address'     => $address,
			'host'        => DGOS_Addresses::host_path( $address ),
			'language'    => $root->language ?? null,
			'state'       => $state->state,
			'since'       => $state->since,
			'by'          => $state->by,
			'now'         => $now,
			'delegation'  => $keys ? $keys[0]->envelope : null,
			'delegations' => array_map( static fn ( $delegation ) => $delegation->envelope, $keys ),
			'mirrors'     => array_map(
				static fn ( $member ) => array(
					'key'  => $member->id,
					'name' => $member->name,
					'url'  => $member->url,
				),
				DGOS_Blog_Mirrors::members( $blog, $roster, $now )
			),
			'prevs'       => DGOS_Posts::tips( $blog ),
			'posts'       => array_values( array_map( static fn ( $post ) => $post->current->envelope, array_slice( $posts, 0, self::POSTS_MAX ) ) ),
			'limits'      => array( 'postsPerDay' => $keys ? $keys[0]->payload->postsPerDay ?? DGOS_Limits::DELEGATED_POSTS_PER_DAY : DGOS_Limits::DELEGATED_POSTS_PER_DAY ),
		);
	}

}
