<?php
/**
 * What may stand in a copy, asked of the lists that every member has: see DGOS_Inert_Lists.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The allow-list. None of what it lets stay ever loads, runs or submits anything by itself.
 */
final class DGOS_Inert_Elements {

	/** Inside these a group of a form would be moved out of the table by readers of HTML. */
	const TABLE_PARTS = ' table thead tbody tfoot tr colgroup ';

	/** True where the list, one of DGOS_Inert_Lists', holds the name. */
	public static function has( string $list, string $name ): bool {
		return 1 === preg_match( '/^[a-z0-9-]+$/D', $name ) && false !== strpos( $list, " $name " );
	}

	/** Whether a plain attribute may stay. */
	public static function keeps_attribute( string $element, string $name, string $value ): bool {
		if ( strlen( $value ) > DGOS_Inert_Lists::VALUE_BYTES_MAX ) {
			return false;
		}
		if ( self::has( DGOS_Inert_Lists::EVERYWHERE, $name ) || self::has( DGOS_Inert_Lists::OWN[ $element ] ?? '', $name ) ) {
			return true;
		}
		return 1 === preg_match( '/^aria-[a-z]{1,40}$/D', $name ) || ( 1 === preg_match( '/^data-[a-z0-9-]{1,60}$/D', $name ) && strlen( $value ) <= 100 );
	}

	/** Elements of the page's own making: without a script no more than a name for a style to hold on to. */
	public static function is_custom( string $name ): bool {
		return 1 === preg_match( '/^[a-z][a-z0-9]{0,40}(-[a-z0-9]{1,40}){1,6}$/D', $name ) && ! self::has( DGOS_Inert_Lists::DROPPED, $name );
	}
}
