<?php
/**
 * The one checker of payload fields. It interprets the small subset of JSON Schema that kinds.json is written in.
 *
 * The kinds.json beside this file is a copy of protocol/kinds.json, whose columns protocol/kinds.ts explains.
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

	/**
	 * Name => place in the table.
	 *
	 * @var array<string, int>|null
	 */
	private static $places = null;

	/**
	 * What blog_names() found.
	 *
	 * @var string[]|null
	 */
	private static $blog_names = null;

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

	/** The place of a kind in the order in which they depend on each other; a kind that nobody knows comes last. */
	public static function place( string $kind ): int {
		if ( null === self::$places ) {
			self::$places = array_flip( self::names() );
		}
		return self::$places[ $kind ] ?? count( self::$places );
	}

	/** How objects of a kind that were born here leave at once: 'spread', 'replication', 'own-server' or 'no'. */
	public static function urgency_of( string $kind ): string {
		return self::table()->kinds->$kind->urgent;
	}

	/** Whether a member must know these of a blog, or of the network, before it can judge others. */
	public static function is_foundation( string $kind ): bool {
		return self::table()->kinds->$kind->foundation;
	}

	/** Which objects of a kind are shown to a stranger who judges the blog: 'live', 'current', 'seats' or 'no'. */
	public static function evidence_of( string $kind ): string {
		return self::table()->kinds->$kind->evidence;
	}

	/** Whether a new object of a kind may change what a blog shows, where it is kept, or what is said of it. */
	public static function is_shown( string $kind ): bool {
		return in_array( self::evidence_of( $kind ), array( 'live', 'current' ), true );
	}

	/** Whether a new object of a kind may change the 'state' of its blog, its 'mirrors', or its 'return'. */
	public static function changes( string $kind, string $what ): bool {
		return in_array( $what, self::table()->kinds->$kind->changes, true );
	}

	/** The most that are kept of a kind, of the 'network' or of one 'blog'; null where it is not kept there at all. */
	public static function kept_of( string $kind, string $of ): ?stdClass {
		return self::table()->kinds->$kind->kept->$of ?? null;
	}

	/** Bytes of one payload of a kind that is kept. */
	public static function bytes_each_of( string $kind ): int {
		return self::table()->kinds->$kind->kept->bytesEach;
	}

	/** Whether objects of a kind are kept by themselves: others only travel inside objects that are. */
	public static function is_kept( string $kind ): bool {
		return null !== self::kept_of( $kind, 'network' ) || null !== self::kept_of( $kind, 'blog' );
	}

	/** Told to one member only, and handed on to nobody. */
	public static function is_private( string $kind ): bool {
		return 'none' === self::table()->kinds->$kind->spreads;
	}

	/** Kinds that a member keeps of every blog it knows: not what it is told alone. */
	public static function blog_names(): array {
		if ( null === self::$blog_names ) {
			self::$blog_names = array_values( array_filter( self::names(), static fn ( $kind ) => null !== self::kept_of( $kind, 'blog' ) && ! self::is_private( $kind ) ) );
		}
		return self::$blog_names;
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
	 * A payload without fields that its kind has not: they stay in the envelope, where their bytes are weighed, and take no memory
	 * here. A field of nothing but small objects takes fifty times its bytes.
	 *
	 * @param string   $kind    A known kind.
	 * @param stdClass $payload With the fields of its kind.
	 */
	public static function known_fields( string $kind, stdClass $payload ): stdClass {
		return self::known( self::table()->kinds->$kind, $payload );
	}

	/**
	 * The same for a part of it.
	 *
	 * @param stdClass $shape What is wanted.
	 * @param mixed    $value What is there.
	 * @return mixed
	 */
	private static function known( stdClass $shape, $value ) {
		if ( isset( $shape->{'$ref'} ) ) {
			return self::known( self::table()->defs->{$shape->{'$ref'}}, $value );
		}
		if ( is_array( $value ) ) {
			foreach ( $value as $i => $item ) {
				$value[ $i ] = self::known( $shape->items, $item );
			}
			return $value;
		}
		if ( ! is_object( $value ) ) {
			return $value;
		}
		$known = new stdClass();
		foreach ( get_object_vars( $shape->properties ?? new stdClass() ) as $name => $inner ) {
			if ( property_exists( $value, $name ) ) {
				$known->$name = self::known( $inner, $value->$name );
			}
		}
		return $known;
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
