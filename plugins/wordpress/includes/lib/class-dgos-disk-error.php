<?php
/**
 * This host's disk did not do what it was asked for.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * An error of its own, because only its owner can help: room, or leave to write.
 */
final class DGOS_Disk_Error extends RuntimeException {
}
