<?php
/**
 * Who mirrors a blog, and which blogs two members mirror both: by the signed list, or by the placement that everyone computes
 * while there is none.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Every wake asks, so the answer is kept until something is stored on which it hangs.
 */
final class DGOS_Blog_Mirrors {

	const KEPT_MS = 600000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or cached.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Derived_Values */
	private $derived_values;
	/** @var DGOS_Clock */
	private $clock;
	/** @var array<string, string[]> */
	private $mirrors = array();
	// phpcs:enable

	/** Over the ledger. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Derived_Values $derived_values, DGOS_Clock $clock ) {
		$this->ledger         = $ledger;
		$this->derived_values = $derived_values;
		$this->clock          = $clock;
	}

	/** The members that keep a blog: its signed list, or the placement everyone computes while there is none. */
	public static function members( DGOS_Blog_Objects $blog, DGOS_Roster $roster, int $now_ms ): array {
		$head   = DGOS_Heads::current( $blog, $now_ms );
		$listed = null === $head ? array() : $head->payload->mirrors;
		if ( ! $listed ) {
			return DGOS_Placement::mirrors( $blog->blog, $roster );
		}
		return array_values( array_filter( array_map( array( $roster, 'member_of' ), $listed ) ) );
	}

	/** Called for every stored object. */
	public function stored( stdClass $object ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null === $blog ) {
			$this->mirrors = array();
		} elseif ( DGOS_Kinds::changes( $object->kind, 'mirrors' ) ) {
			unset( $this->mirrors[ $blog ] );
			$this->derived_values->forget( 'mirrors:' . $blog );
		}
	}

	/** Ids of the members that keep a blog. */
	public function mirrors_of( string $blog ): array {
		if ( ! isset( $this->mirrors[ $blog ] ) ) {
			$this->mirrors[ $blog ] = $this->derived_values->remember(
				'mirrors:' . $blog,
				self::KEPT_MS,
				fn () => DGOS_Bytes::ids( self::members( $this->ledger->blog( $blog ), $this->ledger->roster(), $this->clock->now_ms() ) )
			);
		}
		return $this->mirrors[ $blog ];
	}

	/** Blogs of which both members are mirrors, in order of id. */
	public function shared( string $member, string $other ): array {
		$shared = array();
		foreach ( $this->ledger->blogs() as $blog ) {
			$mirrors = $this->mirrors_of( $blog );
			if ( in_array( $member, $mirrors, true ) && in_array( $other, $mirrors, true ) ) {
				$shared[] = $blog;
			}
		}
		sort( $shared, SORT_STRING );
		return $shared;
	}

	/** Blogs that a member mirrors. */
	public function kept_by( string $member ): array {
		return $this->shared( $member, $member );
	}
}
