/**
 * What a copy may weigh: kept by whoever captures, here and in PHP (generated from this file), and known to whoever shows
 * the copy, who can say only so whether something was cut.
 */

/** A page, a feed, or a sitemap. */
export const pageBytesMax = 5 * 1024 * 1024
/** Pages and files together. */
export const snapshotBytesMax = 50 * 1024 * 1024
/** Files beside the pages: more than any front page with ten posts needs. */
export const snapshotFilesMax = 300
/** Pages of posts: the newest. */
export const postPagesMax = 10
