<?php
/**
 * WordPress runs this when the owner deletes the plugin. It is inactive then: nothing else of it is loaded.
 *
 * @package DGOS
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/class-dgos-uninstall.php';

DGOS_Uninstall::everything();
