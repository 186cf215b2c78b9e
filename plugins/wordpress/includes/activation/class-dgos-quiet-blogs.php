<?php
/**
 * Blogs of which nothing bad is known: their objects need not be read to watch them.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Every wake asks, so the answer is kept until something is stored on which it hangs.
 */
final class DGOS_Quiet_Blogs {

	const KEPT_MS = 300000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Derived_Values */
	private $derived_values;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the ledger. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Derived_Values $derived_values, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->ledger         = $ledger;
		$this->derived_values = $derived_values;
		$this->meta           = $meta;
		$this->clock          = $clock;
	}

	/** Called for every stored object. */
	public function stored( stdClass $object ): void {
		$blog = DGOS_Envelope::blog_of( $object );
		if ( null !== $blog && ( DGOS_Kinds::changes( $object->kind, 'state' ) || 'up' !== ( $object->payload->state ?? 'up' ) ) ) {
			$this->derived_values->forget( 'quiet:' . $blog );
		}
		if ( 'observation' === $object->kind && DGOS_Quorum::is_down_vote( $object->payload ) ) {
			$this->meta->set( 'called:' . $blog, 1, DGOS_Limits::OBSERVATION_FRESH_MS );
		}
	}

	/** Blogs that some watcher has voted down lately: those whose stand-ins look. */
	public function called(): array {
		return array_map( static fn ( $name ) => substr( (string) $name, strlen( 'called:' ) ), array_keys( $this->meta->all( 'called:' ) ) );
	}

	/** Whether nothing bad is known of a blog. */
	public function is_quiet( string $blog ): bool {
		return $this->derived_values->remember( 'quiet:' . $blog, self::KEPT_MS, fn () => array( $this->seems_quiet( $this->ledger->blog( $blog ) ) ) )[0];
	}

	private function seems_quiet( DGOS_Blog_Objects $blog ): bool {
		$now = $this->clock->now_ms();
		foreach ( $blog->observation as $observation ) {
			if ( 'up' !== $observation->payload->state && $observation->payload->time > $now - DGOS_Replaced::FADING_MS ) {
				return false;
			}
		}
		foreach ( $blog->declaration as $declaration ) {
			if ( 'quorum' === $declaration->payload->by && $declaration->payload->until > $now ) {
				return false;
			}
		}
		return 'up' === $this->ledger->state( $blog->blog )['state'];
	}
}
