<?php
/**
 * Loads the contract and its reader for plain PHP, without WordPress. `--compat=<autoload.php of sodium_compat>` forces the
 * PHP implementation of sodium, as on a host without the extension. `--unverified` takes the signatures of a file's objects as
 * checked before, where only the rules are in question.
 *
 * @package DGOS
 */

error_reporting( E_ALL );
set_error_handler(
	static function ( $level, $message, $file, $line ) {
		if ( 0 === ( error_reporting() & $level ) || false !== strpos( $file, 'sodium_compat' ) ) {
			return false;
		}
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
);

$dgos_compat = preg_replace( '/^--compat=/', '', current( preg_grep( '/^--compat=/', $argv ) ) ?: '' );
if ( '' !== $dgos_compat ) {
	if ( function_exists( 'sodium_crypto_sign_verify_detached' ) ) {
		throw new RuntimeException( 'run with disable_functions: the functions of ext-sodium are still there' );
	}
	error_reporting( E_ALL & ~E_DEPRECATED );
	require $dgos_compat;
	ParagonIE_Sodium_Compat::$disableFallbackForUnitTests = true;
	require_once dirname( $dgos_compat ) . '/lib/php72compat.php';
}

require dirname( __DIR__ ) . '/includes/protocol.php';
require __DIR__ . '/class-dgos-vector-world.php';
require __DIR__ . '/trait-dgos-vector-verdicts.php';
require __DIR__ . '/class-dgos-vector-rules.php';

DGOS_Vector_World::$verifies = ! in_array( '--unverified', $argv, true );

/**
 * A value with its short notations written out: $repeat, $join, $items.
 *
 * @param mixed $value Decoded JSON, in object mode.
 * @return mixed
 */
function dgos_expand( $value ) {
	if ( is_array( $value ) ) {
		return array_map( 'dgos_expand', $value );
	}
	if ( ! is_object( $value ) ) {
		return $value;
	}
	if ( is_string( $value->{'$repeat'} ?? null ) ) {
		return str_repeat( $value->{'$repeat'}, $value->times );
	}
	if ( is_array( $value->{'$join'} ?? null ) ) {
		return implode( '', array_map( 'dgos_expand', $value->{'$join'} ) );
	}
	if ( property_exists( $value, '$items' ) ) {
		return array_fill( 0, $value->times, dgos_expand( $value->{'$items'} ) );
	}
	$expanded = new stdClass();
	foreach ( get_object_vars( $value ) as $name => $inner ) {
		$expanded->$name = dgos_expand( $inner );
	}
	return $expanded;
}

/**
 * JSON with the names in order, for comparing.
 *
 * @param mixed $value What is encodable.
 */
function dgos_canonical( $value ): string {
	$sort = static function ( $inner ) use ( &$sort ) {
		if ( is_array( $inner ) ) {
			return array_map( $sort, $inner );
		}
		if ( ! is_object( $inner ) ) {
			return $inner;
		}
		$fields = array_map( $sort, get_object_vars( $inner ) );
		ksort( $fields, SORT_STRING );
		return (object) $fields;
	};
	return dgos_json( $sort( json_decode( dgos_json( $value ) ) ) );
}

/**
 * JSON of a value. Throws where there is none.
 *
 * @param mixed $value What is encodable.
 */
function dgos_json( $value ): string {
	return json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR );
}
