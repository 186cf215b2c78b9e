<?php
/**
 * The routes of a member, of all parts together.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Each folder of routes is a class with `routes(): array`.
 */
final class DGOS_Routes {

	/** The member's own. */
	const PARTS = array( 'DGOS_Object_Routes', 'DGOS_Network_Routes', 'DGOS_Blob_Routes', 'DGOS_Blog_Routes', 'DGOS_Return_Routes', 'DGOS_Outages' );

	/** All routes, those of other parts first. */
	public static function all(): array {
		return apply_filters( 'dgos_routes', array() );
	}

	/** The filter of the member's own routes. */
	public static function add( array $routes ): array {
		foreach ( self::PARTS as $part ) {
			$routes = array_merge( $routes, ( new $part( DGOS_Plugin::instance() ) )->routes() );
		}
		return $routes;
	}
}
