<?php
/**
 * The signed objects that the cases of one vector file name by alias.
 *
 * @package DGOS
 */

/**
 * Opens and verifies every object of a file; throws where one does not open to the id that the file gives it.
 */
final class DGOS_Vector_World {

	/**
	 * What all cases of the file share.
	 *
	 * @var stdClass
	 */
	public $shared;

	/**
	 * Objects by alias.
	 *
	 * @var array<string, stdClass>
	 */
	private $objects = array();

	/**
	 * Aliases by id or key.
	 *
	 * @var array<string, string>
	 */
	private $aliases = array();

	/**
	 * Keys by alias.
	 *
	 * @var array<string, string>
	 */
	private $keys;

	/**
	 * Whether signatures of objects are verified.
	 *
	 * @var bool
	 */
	public static $verifies = true;

	/**
	 * Objects that an earlier file had too, by id and signature: verified once, since sodium_compat takes its time.
	 *
	 * @var array<string, stdClass>
	 */
	private static $opened = array();

	public function __construct( stdClass $file ) {
		$this->shared = $file->shared ?? new stdClass();
		$this->keys   = get_object_vars( $file->keys ?? new stdClass() );
		foreach ( $this->keys as $alias => $key ) {
			$this->aliases[ $key ] = (string) $alias;
		}
		foreach ( get_object_vars( $file->objects ?? new stdClass() ) as $alias => $one ) {
			$name   = $one->id . ' ' . $one->envelope->payload . ' ' . $one->envelope->signatures[0]->sig;
			$object = self::$opened[ $name ] ?? ( self::$verifies ? DGOS_Envelope::open( $one->envelope ) : DGOS_Envelope::reopen( $one->id, $one->envelope ) );
			if ( $object instanceof DGOS_Refused ) {
				throw new RuntimeException( "$alias does not open: {$object->code} {$object->detail}" );
			}
			if ( $object->id !== $one->id ) {
				throw new RuntimeException( "$alias has id {$object->id}, not {$one->id}" );
			}
			self::$opened[ $name ]    = $object;
			$this->objects[ $alias ]  = $object;
			$this->aliases[ $one->id ] = (string) $alias;
		}
	}

	/** Throws on an alias that the file does not define. */
	public function object( string $alias ): stdClass {
		if ( ! isset( $this->objects[ $alias ] ) ) {
			throw new RuntimeException( "no object \"$alias\"" );
		}
		return $this->objects[ $alias ];
	}

	/** Objects by their aliases. */
	public function objects( array $aliases ): array {
		return array_map( array( $this, 'object' ), $aliases );
	}

	/** The alias of an id or key; the id itself where it has none. */
	public function alias( string $id ): string {
		return $this->aliases[ $id ] ?? $id;
	}

	/** Aliases of many ids. */
	public function aliases( array $ids ): array {
		return array_map( array( $this, 'alias' ), array_values( $ids ) );
	}

	/** The key of an alias; the alias itself where it is none. */
	public function key( string $alias ): string {
		return $this->keys[ $alias ] ?? $alias;
	}

	/** Everything of one blog: `$root1` is the alias of its first root. */
	public function blog( string $root1, array $aliases ): DGOS_Blog_Objects {
		return new DGOS_Blog_Objects( $this->object( $root1 )->id, $this->objects( $aliases ) );
	}

	/** The objects of the network that an input, or else the file, names. */
	public function network( stdClass $input ): array {
		return $this->objects( $input->network ?? $this->shared->network );
	}

	/** The roster of an input. */
	public function roster( stdClass $input ): DGOS_Roster {
		$all = $this->network( $input );
		foreach ( $all as $one ) {
			if ( 'network' === $one->kind ) {
				return DGOS_Membership::roster_of( $one, $all, $input->nowMs );
			}
		}
		throw new RuntimeException( 'no network object' );
	}
}
