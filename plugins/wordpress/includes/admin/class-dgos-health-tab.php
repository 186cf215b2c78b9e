<?php
/**
 * The health panel: what readers would see now, where, how old; what is missing; and the page itself as a mirror shows it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A tab of the DGOS screen.
 */
final class DGOS_Health_Tab {

	const TAB = 'health';
	/** Time that a click may take. */
	const CLICK_MS = 15000;
	/** A preview longer than this is left to the mirrors' own pages. */
	const PREVIEW_BYTES = 6291456;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Mirror_Health */
	private $mirror_health;
	/** @var DGOS_Health_View */
	private $health_view;
	/** @var DGOS_Reader_Sites */
	private $reader_sites;
	/** @var DGOS_Failures */
	private $failures;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Mirror_Health $mirror_health, DGOS_Health_View $health_view, DGOS_Reader_Sites $reader_sites, DGOS_Failures $failures, DGOS_Clock $clock ) {
		$this->mirror_health = $mirror_health;
		$this->health_view   = $health_view;
		$this->reader_sites  = $reader_sites;
		$this->failures      = $failures;
		$this->clock         = $clock;
	}

	/** Tab and action. */
	public function register(): void {
		DGOS_Admin::add_tab( self::TAB, __( 'Health', 'dgos' ), array( $this, 'render' ) );
		DGOS_Admin::on( 'health_ask', array( $this, 'ask' ) );
	}

	/** Asks the mirrors now. */
	public function ask(): string {
		$answered = $this->mirror_health->ask_all( $this->clock->running_ms() + self::CLICK_MS, true );
		/* translators: %d: a number of mirrors. */
		return sprintf( _n( 'Asked. %d mirror answered.', 'Asked. %d mirrors answered.', $answered, 'dgos' ), $answered );
	}

	/** The tab. */
	public function render(): void {
		$answer = $this->health_view->answer();
		echo '<h2>' . esc_html__( 'If this blog died now, what would readers see?', 'dgos' ) . '</h2>';
		printf( '<div class="notice notice-%s inline"><p><strong>%s</strong></p></div>', esc_attr( array( 'good' => 'success', 'so' => 'warning', 'bad' => 'error' )[ $answer['tone'] ] ), esc_html( $answer['words'] ) ); // phpcs:ignore WordPress.Arrays -- Three pairs.
		$this->render_missing();
		$this->render_failure();
		$mirrors = null === DGOS_Own_Blog::id() ? array() : $this->mirror_health->mirrors();
		if ( $mirrors ) {
			echo '<h2>' . esc_html__( 'Where', 'dgos' ) . '</h2>';
			$this->health_view->table( $mirrors );
			echo '<p class="description">' . esc_html__( '“Shown”: asked for random parts of the copy, the mirror had them. “As it says”: its signed word, at most a day old.', 'dgos' ) . '</p>';
			DGOS_Admin::form( 'health_ask', self::TAB );
			submit_button( __( 'Ask the mirrors now', 'dgos' ), 'secondary', 'submit', false );
			echo '</form>';
		}
		$this->render_preview();
	}

	private function render_missing(): void {
		$missing = $this->health_view->missing();
		if ( ! $missing ) {
			echo '<p>' . esc_html__( 'Nothing is missing.', 'dgos' ) . '</p>';
			return;
		}
		echo '<h2>' . esc_html__( 'What is missing', 'dgos' ) . '</h2><ul class="ul-disc">';
		foreach ( $missing as $lack ) {
			echo '<li>' . esc_html( $lack['words'] ) . ' ' . esc_html( $lack['next'] ) . '</li>';
		}
		echo '</ul>';
	}

	/** The last error that no screen showed. */
	private function render_failure(): void {
		$failed = $this->failures->last();
		if ( null !== $failed ) {
			/* translators: 1: date and time, 2: a part of the plugin, 3: an error message, both in English. */
			printf( '<p class="description">%s</p>', esc_html( sprintf( __( 'The last error, of %1$s, in “%2$s”: %3$s', 'dgos' ), DGOS_Health_View::moment( $failed['at'] ), $failed['part'], $failed['message'] ) ) );
		}
	}

	/** The mirror page as this member itself would make it: sanitised, in a frame that may do nothing. */
	private function render_preview(): void {
		$snapshot = null === DGOS_Own_Blog::id() ? null : $this->mirror_health->snapshot();
		if ( null === $snapshot ) {
			return;
		}
		$site = $this->reader_sites->of( (string) DGOS_Own_Blog::id() );
		$page = null === $site ? null : $site->answer( '', true, false );
		echo '<h2>' . esc_html__( 'The mirror page', 'dgos' ) . '</h2>';
		if ( null === $page || strlen( $page['body'] ) > self::PREVIEW_BYTES ) {
			echo '<p>' . esc_html__( 'It cannot be shown here. Open it at one of the mirrors above.', 'dgos' ) . '</p>';
			return;
		}
		echo '<p>' . esc_html__( 'From the newest copy, as every mirror makes it. Links do nothing in here.', 'dgos' ) . '</p>';
		// Not esc_attr(): it leaves entities alone, and one level of them would be lost.
		printf( '<iframe class="dgos-preview" sandbox title="%s" srcdoc="%s"></iframe>', esc_attr__( 'The mirror page of this blog', 'dgos' ), DGOS_Markup::escape( $page['body'] ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped.
	}
}
