<?php
/**
 * Pages of this blog, taken one by one: asked for, judged against the last good copy, put aside and said, or made of the post
 * that the page should show.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/capture/page-judge.ts and post-taker.ts.
 */
final class DGOS_Page_Taker {

	/** Of a page of a post: it is not public. */
	const GONE = array( 'status-401', 'status-403', 'status-404', 'status-410' );

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Sent_Pages */
	private $sent_pages;
	/** @var DGOS_Blob_Files */
	private $blobs;
	/** @var DGOS_Clock */
	private $clock;
	/** @var callable */
	private $visit;
	// phpcs:enable

	/**
	 * What a round uses.
	 *
	 * @param DGOS_Capture_State $capture_state What was seen.
	 * @param DGOS_Sent_Pages    $sent_pages    Where a site cannot ask itself.
	 * @param DGOS_Blob_Files    $blobs         Where pages lie.
	 * @param DGOS_Clock         $clock         Now.
	 * @param callable           $visit         fn( url, bytes, tag ): array|WP_Error.
	 */
	public function __construct( DGOS_Capture_State $capture_state, DGOS_Sent_Pages $sent_pages, DGOS_Blob_Files $blobs, DGOS_Clock $clock, callable $visit ) {
		$this->capture_state = $capture_state;
		$this->sent_pages    = $sent_pages;
		$this->blobs         = $blobs;
		$this->clock         = $clock;
		$this->visit         = $visit;
	}

	/**
	 * One page now; the old one where it is not to be had; null where it is gone.
	 *
	 * @param array      $wanted Of DGOS_Blog_Pages.
	 * @param array|null $old    As DGOS_Capture_State keeps it.
	 * @param array      $items  Of the feed: {url, title}.
	 */
	public function page( array $wanted, ?array $old, array $items ): ?array {
		$old    = null !== $old && null !== $this->blobs->size( $old['blob'] ) ? $old : null;
		$answer = ( $this->visit )( $wanted['url'], DGOS_Snapshot_Limits::PAGE_BYTES_MAX, '' );
		if ( is_wp_error( $answer ) ) {
			$answer = $this->sent_pages->of( $wanted['path'], $wanted['stamp'] ) ?? $answer;
		}
		$this->sent_pages->want( $wanted['path'], is_wp_error( $answer ) ? $wanted['stamp'] : null );
		$judged  = is_wp_error( $answer ) ? null : DGOS_Captured_Page::judged( $answer, $this->context( $wanted, $old, $items ) );
		$problem = null === $judged ? (string) $answer->get_error_code() : $judged['problem'];
		if ( in_array( $problem, self::GONE, true ) && '/' !== $wanted['path'] ) {
			$this->capture_state->put_aside( $wanted['path'], null, '', 0 );
			return null;
		}
		$this->capture_state->put_aside( $wanted['path'], $problem, $wanted['url'], $this->clock->now_ms() );
		if ( null === $problem ) {
			return $this->taken( $wanted ) + DGOS_Captured_Page::read( $wanted['url'], $answer['type'], $answer['body'], $judged['document'], $this->blobs ) + ( '' === ( $answer['policy'] ?? '' ) ? array() : array( 'policy' => $answer['policy'] ) );
		}
		return ( 'blank' === $problem ? $this->made( $wanted, $old ) : null ) ?? $old;
	}

	/** What the posts themselves say, in the place of a page that shows nothing without scripts; null where an earlier copy of the page is better. */
	private function made( array $wanted, ?array $old ): ?array {
		$aside   = $this->capture_state->asides()[ $wanted['path'] ];
		$lasting = $aside['last'] - $aside['since'] >= DGOS_Last_Good::LASTS_MS;
		if ( null !== $old && empty( $old['made'] ) && ! $lasting ) {
			return null;
		}
		$html = DGOS_Article_Pages::page( $wanted['post'], '/' === $wanted['path'] );
		if ( null === $html ) {
			return null;
		}
		$document = DGOS_Inert_Source::parsed( $html );
		return $this->taken( $wanted ) + array( 'made' => true ) + DGOS_Captured_Page::read( $wanted['url'], 'text/html; charset=utf-8', $html, $document, $this->blobs );
	}

	private function taken( array $wanted ): array {
		return array(
			'url'   => $wanted['url'],
			'stamp' => $wanted['stamp'],
			'at'    => $this->clock->now_ms(),
			'post'  => $wanted['post'],
		);
	}

	private function context( array $wanted, ?array $old, array $items ): array {
		$own  = '/' === $wanted['path'] ? $items : array_values( array_filter( $items, static fn ( $item ) => ( $item['url'] ?? '' ) === $wanted['url'] ) );
		$body = null === $old || ! empty( $old['made'] ) ? null : $this->blobs->get( $old['blob'] );
		return array(
			'blog'    => (string) DGOS_Own_Blog::id(),
			'address' => DGOS_Own_Blog::facts()['address'],
			'items'   => $own,
			'before'  => null === $body ? null : array(
				'type' => $old['type'],
				'body' => $body,
				'url'  => $old['url'],
			),
			'aside'   => $this->capture_state->asides()[ $wanted['path'] ] ?? null,
			'now_ms'  => $this->clock->now_ms(),
		);
	}
}
