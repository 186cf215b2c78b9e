<?php
/**
 * Loads the contract: the same rules as protocol/*.ts, without any function of WordPress, so that plain PHP can test them.
 *
 * Needs PHP 7.4 with 64-bit integers, json, hash, pcre with UTF-8, and sodium (or sodium_compat as WordPress ships it).
 *
 * @package DGOS
 */

if ( ! defined( 'DGOS_PROTOCOL' ) ) {
	define( 'DGOS_PROTOCOL', 1 );
}

require_once __DIR__ . '/protocol/class-dgos-bytes.php';
require_once __DIR__ . '/protocol/class-dgos-codes.php';
require_once __DIR__ . '/protocol/class-dgos-refused.php';
require_once __DIR__ . '/protocol/class-dgos-limits.php';
require_once __DIR__ . '/protocol/class-dgos-base64.php';
require_once __DIR__ . '/protocol/class-dgos-json.php';
require_once __DIR__ . '/protocol/class-dgos-kinds.php';
require_once __DIR__ . '/protocol/class-dgos-walls.php';
require_once __DIR__ . '/protocol/class-dgos-ed25519.php';
require_once __DIR__ . '/protocol/class-dgos-signer.php';
require_once __DIR__ . '/protocol/class-dgos-http-signature.php';
require_once __DIR__ . '/protocol/class-dgos-post-html.php';
require_once __DIR__ . '/protocol/class-dgos-envelope.php';
require_once __DIR__ . '/protocol/class-dgos-reconcile.php';
require_once __DIR__ . '/protocol/class-dgos-request.php';
require_once __DIR__ . '/protocol/class-dgos-addresses.php';
require_once __DIR__ . '/protocol/class-dgos-blog-objects.php';
require_once __DIR__ . '/protocol/class-dgos-roots.php';
require_once __DIR__ . '/protocol/class-dgos-key-roles.php';
require_once __DIR__ . '/protocol/class-dgos-heads.php';
require_once __DIR__ . '/protocol/class-dgos-archive.php';
require_once __DIR__ . '/protocol/class-dgos-posts.php';
require_once __DIR__ . '/protocol/class-dgos-live.php';
require_once __DIR__ . '/protocol/class-dgos-roster.php';
require_once __DIR__ . '/protocol/class-dgos-standings.php';
require_once __DIR__ . '/protocol/class-dgos-membership.php';
require_once __DIR__ . '/protocol/class-dgos-placement.php';
require_once __DIR__ . '/protocol/class-dgos-lives.php';
require_once __DIR__ . '/protocol/class-dgos-quorum.php';
require_once __DIR__ . '/protocol/class-dgos-seats.php';
require_once __DIR__ . '/protocol/class-dgos-watchers.php';
require_once __DIR__ . '/protocol/class-dgos-seen-wall.php';
require_once __DIR__ . '/protocol/class-dgos-blog-state.php';
require_once __DIR__ . '/protocol/class-dgos-address-proof.php';
require_once __DIR__ . '/protocol/class-dgos-freshness.php';
require_once __DIR__ . '/protocol/class-dgos-head-authority.php';
require_once __DIR__ . '/protocol/class-dgos-authority.php';
require_once __DIR__ . '/protocol/class-dgos-outage-list.php';
require_once __DIR__ . '/protocol/class-dgos-feed-ids.php';
