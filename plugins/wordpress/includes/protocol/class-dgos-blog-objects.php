<?php
/**
 * Everything known about one blog, by kind: the argument of every pure rule about blogs.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Lists of signed objects, each in order of id, so that the same set gives the same value everywhere.
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
	// phpcs:enable

	/**
	 * Sorts objects of one blog by kind. Other kinds are left out.
	 *
	 * @param string     $blog    The blog's id.
	 * @param stdClass[] $objects Signed objects.
	 */
	public function __construct( string $blog, array $objects ) {
		$this->blog = $blog;
		usort( $objects, static fn ( $a, $b ) => strcmp( $a->id, $b->id ) );
		foreach ( $objects as $one ) {
			if ( 'blog' !== $one->kind && property_exists( $this, $one->kind ) ) {
				$this->{$one->kind}[] = $one;
			}
		}
	}

	/**
	 * The object of a kind with this id, or null.
	 *
	 * @param string      $kind A kind of a blog.
	 * @param string|null $id   Null finds nothing.
	 */
	public function find( string $kind, ?string $id ): ?stdClass {
		foreach ( $this->$kind as $one ) {
			if ( $one->id === $id ) {
				return $one;
			}
		}
		return null;
	}
}
