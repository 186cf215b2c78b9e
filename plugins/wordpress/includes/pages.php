<?php
/**
 * Loads the mirror pages: the classes without any function of WordPress first, so that plain PHP can test them.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

require_once __DIR__ . '/pages/class-dgos-markup.php';
require_once __DIR__ . '/pages/class-dgos-page-text.php';
require_once __DIR__ . '/pages/class-dgos-page-url.php';
require_once __DIR__ . '/pages/class-dgos-inert-bytes.php';
require_once __DIR__ . '/pages/class-dgos-inert-lists.php';
require_once __DIR__ . '/pages/class-dgos-inert-elements.php';
require_once __DIR__ . '/pages/class-dgos-inert-css.php';
require_once __DIR__ . '/pages/class-dgos-copy-links.php';
require_once __DIR__ . '/pages/class-dgos-inert-pictures.php';
require_once __DIR__ . '/pages/class-dgos-lazy-pictures.php';
require_once __DIR__ . '/pages/class-dgos-inert-frames.php';
require_once __DIR__ . '/pages/class-dgos-inert-controls.php';
require_once __DIR__ . '/pages/class-dgos-inert-math.php';
require_once __DIR__ . '/pages/class-dgos-page-tokens.php';
require_once __DIR__ . '/pages/class-dgos-page-shell.php';
require_once __DIR__ . '/pages/class-dgos-page-facts.php';
require_once __DIR__ . '/pages/class-dgos-notice-patterns.php';
require_once __DIR__ . '/pages/class-dgos-last-good.php';
require_once __DIR__ . '/pages/class-dgos-inert-source.php';
require_once __DIR__ . '/pages/class-dgos-page-shell.php';
require_once __DIR__ . '/pages/class-dgos-style-rules.php';
require_once __DIR__ . '/pages/class-dgos-style-cascade.php';
require_once __DIR__ . '/pages/class-dgos-disclosures.php';
require_once __DIR__ . '/pages/class-dgos-unscripted.php';
require_once __DIR__ . '/pages/class-dgos-style-policy.php';
require_once __DIR__ . '/pages/class-dgos-inert-html.php';
require_once __DIR__ . '/pages/class-dgos-post-markup.php';
require_once __DIR__ . '/pages/class-dgos-page-model.php';
require_once __DIR__ . '/pages/class-dgos-status-sentence.php';
require_once __DIR__ . '/pages/class-dgos-trust-section.php';
require_once __DIR__ . '/pages/class-dgos-page-head.php';
require_once __DIR__ . '/pages/class-dgos-mirror-page.php';
require_once __DIR__ . '/pages/class-dgos-not-kept.php';
require_once __DIR__ . '/pages/class-dgos-page-feeds.php';
require_once __DIR__ . '/pages/class-dgos-copy-cache.php';
