<?php
/**
 * What a blog reads when it is back: its posts as a feed (JSON Feed 1.1), with the signed envelopes.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/http/routes/return.ts and activation/return/return-feed.ts.
 */
final class DGOS_Return_Routes {

	/** Text of one page. A single post may be larger. */
	const PAGE_BYTES = 2097152;

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
		return array( DGOS_Routes::route( 'GET', 'blogs/:blog/return.json', 'feed', 4, 0, true ) );
	}

	/** One page of the feed. */
	public function feed( array $request, array $params ): array {
		$from = $request['query']['from'] ?? '0';
		if ( ! is_string( $from ) || 1 !== preg_match( '/^\d{1,6}$/D', $from ) ) {
			return DGOS_Api::refused( 400, 'BAD_REQUEST', 'from' );
		}
		$id    = $this->ledger->joined() ? $this->ledger->by_host( $params['blog'] ) : null;
		$blog  = null === $id ? null : $this->refusals->shown( $this->ledger->blog( $id ) );
		$roles = null === $blog ? null : DGOS_Key_Roles::of( $blog );
		if ( null === $roles ) {
			return DGOS_Api::unknown_blog( $params['blog'] );
		}
		$root  = $roles->root();
		$shown = DGOS_Posts::shown( $blog, $this->clock->now_ms() );
		$waits = static fn ( $post ) => null === $post->importedAt && ! $post->withdrawn;
		$rests = static fn ( $post ) => ! $waits( $post );
		$all   = array_slice( array_merge( array_filter( $shown, $waits ), array_filter( $shown, $rests ) ), (int) $from );
		$page  = self::first_page( $all );
		$url   = DGOS_Site_Address::member() . "dgos/v1/blogs/{$blog->blog}/return.json";
		$feed  = array(
			'version'       => 'https://jsonfeed.org/version/1.1',
			'title'         => $root->title,
			'home_page_url' => $root->addresses[0],
			'feed_url'      => $url,
			'items'         => array_map( array( $this, 'item' ), $page ),
			'_dgos'         => array(
				'network'  => $root->network,
				'blog'     => $blog->blog,
				'objects'  => array_column( array_merge( $roles->chain->steps, $blog->delegation, $blog->imported ), 'envelope' ),
				'withheld' => DGOS_Posts::withheld( $blog ),
			),
		);
		$feed += count( $page ) < count( $all ) ? array( 'next_url' => $url . '?from=' . ( (int) $from + count( $page ) ) ) : array();
		$feed += isset( $root->language ) ? array( 'language' => $root->language ) : array();
		return DGOS_Api::json(
			$feed,
			array(
				'content-type'  => 'application/feed+json; charset=utf-8',
				'cache-control' => 'no-cache',
			)
		);
	}

	/** One post with all its texts, the oldest first. */
	public function item( stdClass $post ): array {
		$now  = $post->current->payload;
		$blob = DGOS_Site_Address::member() . 'dgos/v1/blobs/';
		return array(
			'id'             => 'urn:dgos:post:' . $post->id,
			'title'          => $now->title,
			'content_html'   => (string) preg_replace( '/ src="blob:([0-9a-f]{64})"/', ' src="' . $blob . '$1"', $now->html ),
			'date_published' => self::date( $post->history[0]->payload->published ),
			'date_modified'  => self::date( $now->published ),
			'attachments'    => array_map(
				static fn ( $file ) => array(
					'url'           => $blob . $file->blob,
					'mime_type'     => $file->type,
					'title'         => $file->alt,
					'size_in_bytes' => $file->bytes,
				),
				$now->attachments
			),
			'_dgos'          => array(
				'post'      => $post->id,
				'withdrawn' => $post->withdrawn,
				'imported'  => $post->importedAt,
				'envelopes' => array_column( $post->history, 'envelope' ),
			),
		) + ( isset( $now->language ) ? array( 'language' => $now->language ) : array() );
	}

	private static function first_page( array $posts ): array {
		$bytes = 0;
		foreach ( array_values( $posts ) as $i => $post ) {
			foreach ( $post->history as $text ) {
				$bytes += strlen( $text->envelope->payload );
			}
			if ( $i > 0 && $bytes > self::PAGE_BYTES ) {
				return array_slice( $posts, 0, $i );
			}
		}
		return $posts;
	}

	/** ISO 8601 with milliseconds, as JavaScript writes it. */
	private static function date( int $ms ): string {
		return gmdate( 'Y-m-d\TH:i:s', intdiv( $ms, 1000 ) ) . sprintf( '.%03dZ', $ms % 1000 );
	}
}
