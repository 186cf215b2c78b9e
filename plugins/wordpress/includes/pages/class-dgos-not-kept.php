<?php
/**
 * What readers see who follow a link to a page of a blog that this mirror does not keep: calm, and with a way on.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure, as mirror/pages/nearest-pages.ts.
 */
final class DGOS_Not_Kept {

	const NEAREST_MAX = 5;
	/** Longer paths are of no page that a snapshot could name. */
	const PATH_BYTES_MAX = 1024;

	/**
	 * The pages whose address begins most like that one, then those that the blog names first.
	 *
	 * @param string     $path  "/2019/roses/".
	 * @param stdClass[] $pages {path, title, place}.
	 */
	public static function nearest( string $path, array $pages ): array {
		$wanted = self::words( $path );
		$scored = array();
		foreach ( array_values( array_filter( $pages, static fn ( $page ) => '/' !== $page->path ) ) as $at => $page ) {
			$has      = array_flip( self::words( "$page->path $page->title" ) );
			$scored[] = array( count( array_filter( $wanted, static fn ( $word ) => isset( $has[ $word ] ) ) ), -$at, $page );
		}
		usort( $scored, static fn ( $a, $b ) => array( $b[0], $b[1] ) <=> array( $a[0], $a[1] ) );
		return array_column( array_slice( $scored, 0, self::NEAREST_MAX ), 2 );
	}

	/**
	 * The page.
	 *
	 * @param string     $there Where the page is when the blog is up.
	 * @param string     $title Of the blog.
	 * @param string     $base  Of its mirror page.
	 * @param stdClass[] $near  Of nearest().
	 */
	public static function page( string $there, string $title, string $base, array $near ): string {
		$link = static fn ( $page ) => '<li><a href="' . DGOS_Markup::escape( $base . $page->place ) . '">' . DGOS_Markup::escape( $page->title ) . '</a></li>';
		$list = $near ? '<p>Kept pages that may be near it:</p><ul>' . implode( '', array_map( $link, $near ) ) . '</ul>' : '';
		return '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="' . DGOS_Reader_Answers::PLAIN . '"><meta name="viewport" content="width=device-width,initial-scale=1"><title>This page is not kept here</title><meta name="robots" content="noindex"><style>'
			. DGOS_Page_Head::style() . '.alone{padding-block:16vh 4rem}</style></head><body><main class="alone"><h1>This page is not kept here</h1><p>The blog “' . DGOS_Markup::escape( $title ) . '” cannot be reached now, and this mirror keeps its newest pages only. The page will be back with the blog.</p>'
			. $list . '<p><a href="' . DGOS_Markup::escape( $base ) . '">All that is kept of the blog</a> · <a href="' . DGOS_Markup::escape( $there ) . '" rel="noopener noreferrer nofollow">Try the page itself</a></p></main></body></html>' . "\n";
	}

	private static function words( string $text ): array {
		$all = preg_split( '/[^\p{L}\p{N}]+/u', mb_strtolower( $text, 'UTF-8' ), -1, PREG_SPLIT_NO_EMPTY );
		return array_filter( false === $all ? array() : $all, static fn ( $word ) => mb_strlen( $word, 'UTF-8' ) > 2 );
	}
}
