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

	/** Before the set-up once this blog is enrolled, after it until then. */
	public function add_hooks(): void {
		add_action( 'dgos_admin_tabs', array( $this, 'register' ), null === DGOS_Own_Blog::id() ? 6 : 4 );
	}

	/** Tab and action. */
	public function register(): void {
		DGOS_Admin::add_tab( self::TAB, __( 'Health', 'dgos' ), array( $this, 'render' ) );
		DGOS_Admin::on( 'health_ask', array( $this, 'ask' ) );
	}

	/** Asks the mirrors now. */
	public function ask(): string {
		$plugin   = DGOS_Plugin::instance();
		$answered = $plugin->mirror_health()->ask_all( $plugin->clock()->running_ms() + self::CLICK_MS, true );
		/* translators: %d: a number of mirrors. */
		return sprintf( _n( 'Asked. %d mirror answered.', 'Asked. %d mirrors answered.', $answered, 'dgos' ), $answered );
	}

	/** The tab. */
	public function render(): void {
		$answer = DGOS_Health_View::answer();
		echo '<h2>' . esc_html__( 'If this blog died now, what would readers see?', 'dgos' ) . '</h2>';
		printf( '<div class="notice notice-%s inline"><p><strong>%s</strong></p></div>', esc_attr( array( 'good' => 'success', 'so' => 'warning', 'bad' => 'error' )[ $answer['tone'] ] ), esc_html( $answer['words'] ) ); // phpcs:ignore WordPress.Arrays -- Three pairs.
		$this->render_missing();
		$this->render_failure();
		$mirrors = null === DGOS_Own_Blog::id() ? array() : DGOS_Plugin::instance()->mirror_health()->mirrors();
		if ( $mirrors ) {
			echo '<h2>' . esc_html__( 'Where', 'dgos' ) . '</h2>';
			DGOS_Health_View::table( $mirrors );
			echo '<p class="description">' . esc_html__( '“Shown”: asked for random parts of the copy, the mirror had them. “As it says”: its signed word, at most a day old.', 'dgos' ) . '</p>';
			DGOS_Admin::form( 'health_ask', self::TAB );
			submit_button( __( 'Ask the mirrors now', 'dgos' ), 'secondary', 'submit', false );
			echo '</form>';
		}
		$this->render_preview();
	}

	private function render_missing(): void {
		$missing = DGOS_Health_View::missing();
		if ( ! $missing ) {
			echo '<p>' . esc_html__( 'Nothing is missing.', 'dgos' ) . '</p>';
			return;
		}
		echo '<h2>' . esc_html__( 'What is missing', 'dgos' ) . '</h2><ul class="ul-disc">';
		foreach ( $missing as $one ) {
			echo '<li>' . esc_html( $one['words'] ) . ' ' . esc_html( $one['next'] ) . '</li>';
		}
		echo '</ul>';
	}

	/** The last error that no screen showed. */
	private function render_failure(): void {
		$failed = DGOS_Failures::last();
		if ( null !== $failed ) {
			/* translators: 1: date and time, 2: a part of the plugin, 3: an error message, both in English. */
			printf( '<p class="description">%s</p>', esc_html( sprintf( __( 'The last error, of %1$s, in “%2$s”: %3$s', 'dgos' ), DGOS_Health_View::moment( $failed['at'] ), $failed['part'], $failed['message'] ) ) );
		}
	}

	/** The mirror page as this member itself would make it: sanitised, in a frame that may do nothing. */
	private function render_preview(): void {
		$plugin   = DGOS_Plugin::instance();
		$snapshot = null === DGOS_Own_Blog::id() ? null : $plugin->mirror_health()->snapshot();
		if ( null === $snapshot ) {
			return;
		}
		$site = DGOS_Reader_Site::of( $plugin, (string) DGOS_Own_Blog::id() );
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
