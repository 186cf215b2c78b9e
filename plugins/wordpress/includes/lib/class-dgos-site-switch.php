<?php
/**
 * Acting for another site of a multisite.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * There and back again, also where the act fails.
 */
final class DGOS_Site_Switch {

	/** Acts on a site, wherever we are. */
	public static function within( int $id, callable $act ): void {
		if ( get_current_blog_id() === $id || ! is_multisite() ) {
			$act();
			return;
		}
		switch_to_blog( $id );
		try {
			$act();
		} finally {
			restore_current_blog();
		}
	}
}
