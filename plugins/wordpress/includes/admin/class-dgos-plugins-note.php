<?php
/**
 * A word below this plugin's row on the Plugins screen, before the owner deactivates and then deletes it: keys that were
 * made on this host cannot be brought back.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Nothing is said before the first key is made.
 */
final class DGOS_Plugins_Note {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Keys */
	private $keys;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Keys $keys ) {
		$this->keys = $keys;
	}

	/** The row. */
	public function print_row(): void {
		if ( ! current_user_can( 'delete_plugins' ) || ! $this->keys->has( 'member' ) ) {
			return;
		}
		printf(
			'<tr class="plugin-update-tr active" id="dgos-before-deleting"><td colspan="%d" class="plugin-update colspanchange"><div class="notice inline notice-warning notice-alt"><p>%s <a href="%s">%s</a></p></div></td></tr>',
			absint( self::columns() ),
			esc_html__( 'Deactivating DGOS only rests it. Deleting it also deletes the keys that were made on this host, the copies kept for other blogs and the guest spaces: no backup of the network brings them back. Posts that came home after an outage stay. Leave the network first, so that the blogs kept here find other mirrors, and wait until none is left.', 'dgos' ),
			esc_url( DGOS_Admin::url( DGOS_Controls_Screen::TAB ) . '#dgos-leave' ),
			esc_html__( 'Leave the network', 'dgos' )
		);
	}

	private static function columns(): int {
		$list = isset( $GLOBALS['wp_list_table'] ) ? $GLOBALS['wp_list_table'] : null;
		return $list instanceof WP_List_Table ? $list->get_column_count() : 4;
	}
}
