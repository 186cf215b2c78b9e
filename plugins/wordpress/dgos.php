<?php
/**
 * Plugin Name:       DGOS
 * Description:       Keeps this blog readable and writable while its server is down, and shelters the blogs of others.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            DGOS contributors
 * License:           MIT
 * License URI:       https://opensource.org/license/mit
 * Text Domain:       dgos
 * Domain Path:       /languages
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

define( 'DGOS_VERSION', '0.1.0' );
define( 'DGOS_FILE', __FILE__ );
define( 'DGOS_FOLDER', __DIR__ . '/' );
if ( ! defined( 'DGOS_PROTOCOL' ) ) {
	define( 'DGOS_PROTOCOL', 1 );
}

require_once __DIR__ . '/includes/class-dgos-plugin.php';

/** Everything else happens in hooks. */
function dgos_add_hooks(): void {
	DGOS_Plugin::instance()->add_hooks();
}

dgos_add_hooks();
