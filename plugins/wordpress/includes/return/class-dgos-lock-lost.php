<?php
/**
 * A run of the import stood still for so long that another one has begun.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Ends the former one.
 */
final class DGOS_Lock_Lost extends RuntimeException {}
