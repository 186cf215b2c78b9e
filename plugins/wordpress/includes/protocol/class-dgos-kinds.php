<?php
/**
 * The one checker of payload fields. It interprets the small subset of JSON Schema that kinds.json is written in.
 *
 * The kinds.json beside this file is a copy of protocol/kinds.json; a test fails where they differ.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Kinds and their fields.
 */
final class DGOS_Kinds {

	/**
	 * The decoded kinds.json.
	 *
	 * @var stdClass|null
	 */
	private static $table = null;

	private static function table(): stdClass {
		if ( null === self::$table ) {
			self::$table = json_decode( (string) file_get_contents( __DIR__ . '/kinds.json' ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of this plugin.
		}
		return self::$table;
	}

	/** Names of all kinds. */
	public static function names(): array {
		return array_keys( get_object_vars( self::table()->kinds ) );
	}

	/** Whether there is such a kind. */
	public static function is_kind( string $name ): bool {
		return '' !== $name && property_exists( self::table()->kinds, $name );
	}

	/** Whom one object is sent to: 'all', 'mirrors' or 'none'. An observation that bears a life is everybody's. */
	public static function spreads_to( object $signed ): string {
		$life = 'observation' === $signed->kind && isset( $signed->payload->life );
		return $life ? 'all' : self::table()->kinds->{$signed->kind}->spreads;
	}

	/** Bytes that a payload of this kind may have. */
	public static function payload_limit( string $kind ): int {
		if ( 'post' === $kind ) {
			return DGOS_Limits::POST_PAYLOAD_BYTES_MAX;
		}
		return 'snapshot' === $kind ? DGOS_Limits::SNAPSHOT_PAYLOAD_BYTES_MAX : DGOS_Limits::PAYLOAD_BYTES_MAX;
	}

	/**
	 * Null where the value has the fields of its kind, else the path of the first field that has not. Unknown fields pass.
	 *
	 * @param string $kind  A known kind.
	 * @param mixed  $value Decoded JSON, in object mode.
	 */
	public static function bad_field( string $kind, $value ): ?string {
		return self::mismatch( self::table()->kinds->$kind, $value, '' );
	}

	/**
	 * The path of the first mismatch.
	 *
	 * @param stdClass $shape What is wanted.
	 * @param mixed    $value What is there.
	 * @param string   $path  Where.
	 */
	private static function mismatch( stdClass $shape, $value, string $path ): ?string {
		if ( isset( $shape->{'$ref'} ) ) {
			return self::mismatch( self::table()->defs->{$shape->{'$ref'}}, $value, $path );
		}
		switch ( $shape->type ) {
			case 'string':
				return is_string( $value ) && self::string_fits( $shape, $value ) ? null : $path;
			case 'integer':
				return is_int( $value ) && $value >= $shape->minimum && $value <= $shape->maximum ? null : $path;
			case 'boolean':
				return is_bool( $value ) ? null : $path;
			case 'array':
				return self::array_mismatch( $shape, $value, $path );
			default:
				return self::object_mismatch( $shape, $value, $path );
		}
	}

	private static function string_fits( stdClass $shape, string $value ): bool {
		if ( isset( $shape->enum ) ) {
			return in_array( $value, $shape->enum, true );
		}
		$length = strlen( $value );
		if ( $length < ( $shape->minBytes ?? 0 ) || $length > ( $shape->maxBytes ?? PHP_INT_MAX ) ) {
			return false;
		}
		return ! isset( $shape->pattern ) || 1 === preg_match( "\x01" . $shape->pattern . "\x01Du", $value );
	}

	/**
	 * The path of the first wrong item of a list.
	 *
	 * @param stdClass $shape What is wanted.
	 * @param mixed    $value What is there.
	 * @param string   $path  Where.
	 */
	private static function array_mismatch( stdClass $shape, $value, string $path ): ?string {
		if ( ! is_array( $value ) || count( $value ) > $shape->maxItems || count( $value ) < ( $shape->minItems ?? 0 ) ) {
			return $path;
		}
		foreach ( $value as $i => $item ) {
			$wrong = self::mismatch( $shape->items, $item, $path . '/' . $i );
			if ( null !== $wrong ) {
				return $wrong;
			}
		}
		return null;
	}

	/**
	 * The path of the first wrong field: required names in their order, then the fields in the order of the table.
	 *
	 * @param stdClass $shape What is wanted.
	 * @param mixed    $value What is there.
	 * @param string   $path  Where.
	 */
	private static function object_mismatch( stdClass $shape, $value, string $path ): ?string {
		if ( ! is_object( $value ) ) {
			return $path;
		}
		foreach ( $shape->required ?? array() as $name ) {
			if ( ! property_exists( $value, $name ) ) {
				return $path . '/' . $name;
			}
		}
		foreach ( get_object_vars( $shape->properties ?? new stdClass() ) as $name => $inner ) {
			$wrong = property_exists( $value, $name ) ? self::mismatch( $inner, $value->$name, $path . '/' . $name ) : null;
			if ( null !== $wrong ) {
				return $wrong;
			}
		}
		return null;
	}
}
