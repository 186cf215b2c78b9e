<?php
/**
 * What a copy may weigh: as every capturer keeps it, and every mirror expects it.
 *
 * Generated from mirror/snapshot-limits.ts by `npm run build:wordpress:generated`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Each limit has a name and a reason.
 */
final class DGOS_Snapshot_Limits {

	/** A page, a feed, or a sitemap. */
	const PAGE_BYTES_MAX = 5 * 1024 * 1024;
	/** Pages and files together. */
	const SNAPSHOT_BYTES_MAX = 50 * 1024 * 1024;
	/** Files beside the pages: more than any front page with ten posts needs. */
	const SNAPSHOT_FILES_MAX = 300;
	/** Pages of posts: the newest. */
	const POST_PAGES_MAX = 10;
}
