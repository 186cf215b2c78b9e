<?php
/**
 * Everything known about one blog, by kind: the argument of every pure rule about blogs.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Lists of signed objects, each in order of id, so that the same set gives the same value everywhere. Receipts, ten for
 * each post, may be read later: when somebody asks for `receipt`.
 */
final class DGOS_Blog_Objects {

	/**
	 * The blog's id.
	 *
	 * @var string
	 */
	public $blog;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- One list for each kind.
	/** @var stdClass[] */
	public $root = array();
	/** @var stdClass[] */
	public $delegation = array();
	/** @var stdClass[] */
	public $head = array();
	/** @var stdClass[] */
	public $snapshot = array();
	/** @var stdClass[] */
	public $archive = array();
	/** @var stdClass[] */
	public $attestation = array();
	/** @var stdClass[] */
	public $observation = array();
	/** @var stdClass[] */
	public $declaration = array();
	/** @var stdClass[] */
	public $post = array();
	/** @var stdClass[] */
	public $receipt = array();
	/** @var stdClass[] */
	public $checkpoint = array();
	/** @var stdClass[] */
	public $refusal = array();
	/** @var stdClass[] */
	public $imported = array();
	/** @var stdClass[] */
	public $life = array();
	/** @var callable|null */
	private $read_receipts = null;
	/** @var array<string, stdClass[]>|null */
	private $by_post = null;
	/** @var int|null */
	private $bytes = null;
	// phpcs:enable

	/**
	 * Sorts objects of one blog by kind. Other kinds are left out.
	 *
	 * @param string        $blog          The blog's id.
	 * @param stdClass[]    $objects       Signed objects.
	 * @param callable|null $read_receipts Gives the receipts, in order of id, where they are not among the objects.
	 */
	public function __construct( string $blog, array $objects, ?callable $read_receipts = null ) {
		$this->blog = $blog;
		usort( $objects, static fn ( $a, $b ) => strcmp( $a->id, $b->id ) );
		foreach ( $objects as $object ) {
			if ( in_array( $object->kind, DGOS_Kinds::blog_names(), true ) ) {
				$this->{$object->kind}[] = $object;
			}
		}
		if ( null !== $read_receipts ) {
			$this->read_receipts = $read_receipts;
			unset( $this->receipt );
		}
	}

	/**
	 * The receipts, when they are asked for the first time.
	 *
	 * @param string $name Only `receipt` can be missing.
	 */
	public function __get( string $name ): array {
		if ( 'receipt' !== $name || null === $this->read_receipts ) {
			throw new LogicException( 'no such kind' );
		}
		$this->receipt       = call_user_func( $this->read_receipts );
		$this->read_receipts = null;
		return $this->receipt;
	}

	/** The same objects and one more, unless it is among them. */
	public function with( stdClass $object ): DGOS_Blog_Objects {
		$kind = $object->kind;
		if ( ! in_array( $kind, DGOS_Kinds::blog_names(), true ) || null !== $this->find( $kind, $object->id ) ) {
			return $this;
		}
		$more = clone $this;
		$list = $this->$kind;
		$at   = count( $list );
		while ( $at > 0 && strcmp( $list[ $at - 1 ]->id, $object->id ) > 0 ) {
			--$at;
		}
		array_splice( $list, $at, 0, array( $object ) );
		$more->$kind   = $list;
		$more->by_post = null;
		$more->bytes   = null;
		return $more;
	}

	/** Bytes of text of all objects but receipts. */
	public function bytes(): int {
		if ( null === $this->bytes ) {
			$this->bytes = 0;
			foreach ( $this->all( 'receipt' ) as $object ) {
				$this->bytes += strlen( $object->envelope->payload );
			}
		}
		return $this->bytes;
	}

	/**
	 * All objects, or all but those of one kind.
	 *
	 * @param string|null $but A kind that is left out, and not read.
	 * @return stdClass[]
	 */
	public function all( ?string $but = null ): array {
		$lists = array();
		foreach ( DGOS_Kinds::blog_names() as $kind ) {
			$lists[] = $kind === $but ? array() : $this->$kind;
		}
		return array_merge( ...$lists );
	}

	/**
	 * Receipts for one post.
	 *
	 * @param string $post Its id.
	 * @return stdClass[]
	 */
	public function receipts_of( string $post ): array {
		if ( null === $this->by_post ) {
			$this->by_post = array();
			foreach ( $this->receipt as $receipt ) {
				$this->by_post[ $receipt->payload->post ][] = $receipt;
			}
		}
		return $this->by_post[ $post ] ?? array();
	}

	/**
	 * The object of a kind with this id, or null.
	 *
	 * @param string      $kind A kind of a blog.
	 * @param string|null $id   Null finds nothing.
	 */
	public function find( string $kind, ?string $id ): ?stdClass {
		foreach ( $this->$kind as $object ) {
			if ( $object->id === $id ) {
				return $object;
			}
		}
		return null;
	}
}
