<?php
/**
 * What a beacon can do on a page.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Modes by name.
 */
final class DGOS_Beacon_Modes {

	/** What a beacon does, in the order of embed-beacon/tag.ts. */
	const NAMES = array( 'notice', 'links', 'roll', 'redirect' );

	/** The modes that a text names; "notice" where it names none. */
	public static function read( string $text ): array {
		$named = array_values( array_intersect( self::NAMES, (array) preg_split( '/[\s,]+/', strtolower( $text ) ) ) );
		return $named ? $named : array( 'notice' );
	}

	/** What each mode does, in words. */
	public static function words(): array {
		return array(
			'notice'   => __( 'A small card in the corner when a blog is down', 'dgos' ),
			'links'    => __( 'Links to a downed blog lead to its mirror', 'dgos' ),
			'roll'     => __( 'A list of the blogs that are down and still posting', 'dgos' ),
			'redirect' => __( 'Readers of this blog go to its mirror when this blog itself is declared down', 'dgos' ),
		);
	}
}
