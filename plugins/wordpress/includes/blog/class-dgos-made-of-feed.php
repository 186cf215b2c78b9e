<?php
/**
 * What a page says first that is made of what the feed carries, by the reason for it.
 *
 * Generated from mirror/capture/article-page.ts by `npm run build:wordpress:generated`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The same on every capturer: by these words such a page is known again.
 */
final class DGOS_Made_Of_Feed {

	const BLANK = 'This page shows nothing without scripts. What follows is what the blog’s feed carries.';
	const TOO_COSTLY = 'This page asks for more than a mirror spends on reading one. What follows is what the blog’s feed carries.';
}
