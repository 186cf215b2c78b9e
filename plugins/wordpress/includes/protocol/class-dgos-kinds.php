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
	 * Columns that kinds.json may not have yet, kind by kind in the order in which objects hang on each other. A column of
	 * kinds.json counts before one of these, so that a row here can go as soon as the contract has it:
	 *
	 *   urgent        sent at once by whoever it was born at; the rest waits for gossip, posts and receipts go their own way
	 *   toOwnServer   sent at once to the blog's own server alone: one that may call nobody learns of it in no other way
	 *   foundation    what other objects of a blog, or of the network, rest on: told to a member that lacks it
	 *   holds         by which an author keeps hold of a blog: there is room for it beyond what is full
	 *   carried       only ever inside another object
	 *   perKeyOfBlog, perKeyOfNetwork
	 *                 the most that one key has here at a time, with one blog or with the network: far above what the honest do
	 */
	const COLUMNS = array(
		'network'     => array(),
		'voucher'     => array( 'urgent', 'foundation', 'perKeyOfNetwork' => 400 ),
		'member'      => array( 'urgent', 'foundation', 'perKeyOfNetwork' => 200 ),
		'root'        => array( 'urgent', 'foundation', 'holds', 'perKeyOfBlog' => 1000 ),
		'delegation'  => array( 'urgent', 'foundation', 'holds', 'perKeyOfBlog' => 200 ),
		'head'        => array( 'urgent', 'foundation', 'holds', 'perKeyOfBlog' => 500 ),
		'snapshot'    => array( 'urgent', 'perKeyOfBlog' => 200 ),
		'attestation' => array( 'urgent', 'foundation', 'perKeyOfBlog' => 64 ),
		'observation' => array( 'urgent', 'perKeyOfBlog' => 600 ),
		'declaration' => array( 'urgent', 'foundation', 'holds', 'perKeyOfBlog' => 200 ),
		'post'        => array(),
		'receipt'     => array(),
		'checkpoint'  => array( 'toOwnServer', 'perKeyOfBlog' => 200 ),
		'refusal'     => array( 'urgent', 'perKeyOfBlog' => 1000, 'perKeyOfNetwork' => 2000 ),
		'imported'    => array( 'urgent', 'perKeyOfBlog' => 1000 ),
		'contact'     => array( 'perKeyOfBlog' => 8 ),
		'life'        => array( 'carried' ),
	);

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

	/** The place of a kind among those that hang on each other; a kind that nobody knows comes last. */
	public static function place( string $kind ): int {
		$place = array_search( $kind, array_keys( self::COLUMNS ), true );
		return false === $place ? count( self::COLUMNS ) : $place;
	}

	/**
	 * Whether the row of a kind says so.
	 *
	 * @param string $kind   A known kind.
	 * @param string $column One of those above that is true or missing.
	 */
	public static function is( string $kind, string $column ): bool {
		return true === ( self::table()->kinds->$kind->$column ?? in_array( $column, self::COLUMNS[ $kind ] ?? array(), true ) );
	}

	/** The most objects of a kind that one key has here at a time; null where other rules count them. */
	public static function most_of_key( string $kind, bool $of_blog ): ?int {
		$column = $of_blog ? 'perKeyOfBlog' : 'perKeyOfNetwork';
		return self::table()->kinds->$kind->$column ?? self::COLUMNS[ $kind ][ $column ] ?? null;
	}

	/** Kinds that are for the member alone to which they were handed. */
	public static function private_names(): array {
		return array_values( array_filter( self::names(), static fn ( $kind ) => 'none' === self::table()->kinds->$kind->spreads ) );
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
