<?php
/**
 * The routes of a member: what one is, and all of them together.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A class of routes has `static routes(): array`, whose handlers are names of its methods: nothing is made of a part before
 * one of its routes is asked for.
 */
final class DGOS_Routes {

	/** All routes, of all parts. */
	public static function all(): array {
		return apply_filters( 'dgos_routes', array() );
	}

	/**
	 * A route below /dgos/v1/.
	 *
	 * @param string $method Of HTTP.
	 * @param string $path   With `:name` for a part that the handler gets.
	 * @param string $handle Name of the method that answers.
	 * @param int    $cost   In requests of one sender.
	 * @param int    $body   Bytes that it may have.
	 * @param bool   $open   Readable by scripts on any site.
	 */
	public static function route( string $method, string $path, string $handle, int $cost = 1, int $body = 0, bool $open = false ): array {
		$path = '/dgos/v1/' . $path;
		return compact( 'method', 'path', 'handle', 'cost', 'body', 'open' );
	}

	/**
	 * Routes whose handlers can be called.
	 *
	 * @param array[]  $routes Of a class of routes.
	 * @param callable $make   Gives the object whose methods answer, when one of them is asked for.
	 */
	public static function bound( array $routes, callable $make ): array {
		foreach ( $routes as $at => $route ) {
			foreach ( array_intersect( array( 'handle', 'wanted' ), array_keys( $route ) ) as $part ) {
				$routes[ $at ][ $part ] = static fn ( array $request, array $params ) => call_user_func( array( $make(), $route[ $part ] ), $request, $params );
			}
		}
		return $routes;
	}
}
