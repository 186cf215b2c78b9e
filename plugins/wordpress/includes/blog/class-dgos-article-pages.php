<?php
/**
 * Pages made of the posts themselves, for sites whose own pages show nothing without scripts. Plain documents that say what
 * they are.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As mirror/capture/article-page.ts. Asks the database; only what anybody may read.
 */
final class DGOS_Article_Pages {

	const STYLE = 'body{max-width:42em;margin:2em auto;padding:0 1em;font:1.1em/1.6 serif}img{max-width:100%;height:auto}';

	/** The front page, or the page of one post; null where there is nothing to show. */
	public static function page( int $post, bool $is_front ): ?string {
		$entries = array_values( array_filter( array_map( array( self::class, 'entry' ), $is_front ? DGOS_Blog_Pages::newest() : array( get_post( $post ) ) ) ) );
		if ( ! $entries ) {
			return null;
		}
		$title = $is_front ? DGOS_Blog_Pages::line( get_bloginfo( 'name' ) ) : $entries[0]['title'];
		$said  = '<p><small>' . DGOS_Markup::escape( DGOS_Made_Of_Feed::BLANK ) . '</small></p>';
		$body  = '';
		foreach ( $entries as $entry ) {
			$heading = $is_front ? '<h2><a href="' . DGOS_Markup::escape( $entry['url'] ) . '">' . DGOS_Markup::escape( $entry['title'] ) . '</a></h2>' : '<h1>' . DGOS_Markup::escape( $entry['title'] ) . "</h1>$said";
			$body   .= "<article>$heading<p><time datetime=\"{$entry['time']}\">" . substr( $entry['time'], 0, 10 ) . "</time></p><div class=\"entry-content\">{$entry['body']}</div></article>";
		}
		$tag = '<meta name="dgos" content="' . DGOS_Markup::escape( (string) DGOS_Own_Blog::id() ) . '">';
		return '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' . $tag . '<title>' . DGOS_Markup::escape( $title ) . '</title><style>' . self::STYLE . '</style></head><body>' .
			( $is_front ? '<h1>' . DGOS_Markup::escape( $title ) . "</h1>$said" : '' ) . "$body</body></html>";
	}

	/** {url, title, time, body} of a post as its feed carries it; null where it is not for anybody, or says nothing. */
	private static function entry( ?WP_Post $post ): ?array {
		if ( ! DGOS_Blog_Pages::is_public( $post ) ) {
			return null;
		}
		$before          = $GLOBALS['post'] ?? null;
		$GLOBALS['post'] = $post; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- As feeds do it; put back below.
		setup_postdata( $post );
		$body            = trim( (string) get_the_content_feed( 'rss2' ) );
		$GLOBALS['post'] = $before; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- As it was.
		wp_reset_postdata();
		return '' === $body ? null : array(
			'url'   => (string) get_permalink( $post ),
			'title' => DGOS_Blog_Pages::line( get_the_title( $post ) ),
			'time'  => gmdate( 'Y-m-d\TH:i:s.000\Z', (int) get_post_time( 'U', true, $post ) ),
			'body'  => $body,
		);
	}
}
