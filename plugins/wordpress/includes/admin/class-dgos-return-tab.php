<?php
/**
 * The screen of the return: what waits on the mirrors, what an import would do, and the click that does it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A tab for editors, its settings for administrators, and a notice where posts wait.
 */
final class DGOS_Return_Tab {

	const TAB = 'return';
	/** Who may import: it publishes posts of others. */
	const CAPABILITY = 'edit_others_posts';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Return_Setup */
	private $return_setup;
	/** @var DGOS_Return_Runs */
	private $return_runs;
	/** @var DGOS_Settings */
	private $settings;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Return_Setup $return_setup, DGOS_Return_Runs $return_runs, DGOS_Settings $settings ) {
		$this->return_setup = $return_setup;
		$this->return_runs  = $return_runs;
		$this->settings     = $settings;
	}

	/** Tab and actions. */
	public function register(): void {
		DGOS_Admin::add_tab( self::TAB, __( 'Posts to bring home', 'dgos' ), array( $this, 'render' ), self::CAPABILITY );
		DGOS_Admin::on( 'return_look', array( $this, 'look' ), self::CAPABILITY );
		DGOS_Admin::on( 'return_import', array( $this, 'import' ), self::CAPABILITY );
		DGOS_Admin::on( 'return_settings', array( $this, 'save' ), 'manage_options' );
	}

	/**
	 * The dry run.
	 *
	 * @return string|WP_Error
	 */
	public function look() {
		$report = $this->return_runs->look();
		if ( is_wp_error( $report ) ) {
			return $report;
		}
		return 'DONE' === $report->code ? __( 'Looked. Nothing was changed.', 'dgos' ) : new WP_Error( $report->code, DGOS_Return_Runs::sentence( $report ) );
	}

	/**
	 * The import.
	 *
	 * @return string|WP_Error
	 */
	public function import() {
		$report = $this->return_runs->run( DGOS_Return_Setup::CLICK_MS );
		if ( is_wp_error( $report ) ) {
			return $report;
		}
		$said = DGOS_Return_Runs::sentence( $report );
		return in_array( $report->code, array( 'DONE', 'UNFINISHED' ), true ) ? $said : new WP_Error( $report->code, $said );
	}

	/**
	 * Keeps the owner's choices.
	 *
	 * @param array $fields Posted.
	 */
	public function save( array $fields ): string {
		$this->settings->set( 'return_automatic', '1' === ( $fields['automatic'] ?? '' ) );
		$this->settings->set( 'return_author', absint( $fields['author'] ?? 0 ) );
		$chosen = array();
		foreach ( array_keys( $this->return_setup->writers() ) as $key ) {
			$user = absint( ( (array) ( $fields['authors'] ?? array() ) )[ $key ] ?? 0 );
			if ( $user > 0 ) {
				$chosen[ $key ] = $user;
			}
		}
		$this->settings->set( 'return_authors', $chosen );
		return __( 'Saved.', 'dgos' );
	}

	/** On the dashboard and the list of posts, where posts wait. */
	public function tell(): void {
		$screen = get_current_screen();
		if ( null === $screen || ! in_array( $screen->id, array( 'dashboard', 'edit-post' ), true ) || ! current_user_can( self::CAPABILITY ) ) {
			return;
		}
		$state   = $this->return_setup->state();
		$waiting = null === $state ? 0 : count( $state['unimported'] );
		if ( 0 === $waiting ) {
			return;
		}
		/* translators: %d: a number of posts */
		$text = sprintf( _n( '%d post written during the outage waits for its import into this blog.', '%d posts written during the outage wait for their import into this blog.', $waiting, 'dgos' ), $waiting );
		printf( '<div class="notice notice-warning"><p>%s <a class="button" href="%s">%s</a></p></div>', esc_html( $text ), esc_url( DGOS_Admin::url( self::TAB ) ), esc_html__( 'Look at them', 'dgos' ) );
	}

	/** The tab. */
	public function render(): void {
		echo '<h2>' . esc_html__( 'Posts written during an outage', 'dgos' ) . '</h2>';
		echo '<p class="description" style="max-width:46em">' . esc_html__( 'While this blog was down its authors could post on its mirrors. Here those posts come home: each exactly once, with its date, its images and the edits made since. Mirrors send readers here as soon as the posts are public.', 'dgos' ) . '</p>';
		if ( null === $this->return_setup->blog() ) {
			echo '<p>' . esc_html__( 'This blog is not protected yet: finish the set-up first.', 'dgos' ) . '</p>';
			return;
		}
		$this->render_buttons();
		$seen = $this->return_runs->seen();
		if ( null !== $seen ) {
			$this->render_seen( $seen );
		}
		if ( current_user_can( 'manage_options' ) ) {
			$this->render_settings();
		}
	}

	private function render_buttons(): void {
		$buttons = array(
			'return_look'   => array( __( 'Look what is there', 'dgos' ), 'secondary' ),
			'return_import' => array( __( 'Import now', 'dgos' ), 'primary' ),
		);
		echo '<div style="display:flex;flex-wrap:wrap;gap:.5em;margin:1em 0">';
		foreach ( $buttons as $name => $button ) {
			DGOS_Admin::form( $name, self::TAB );
			submit_button( $button[0], $button[1], $name, false );
			echo '</form>';
		}
		echo '</div>';
	}

	private function render_seen( array $seen ): void {
		$when = wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), intdiv( $seen['at'], 1000 ) );
		echo '<h3>' . esc_html( $seen['dry'] ? __( 'What an import would do', 'dgos' ) : __( 'What the last import did', 'dgos' ) ) . '</h3>';
		/* translators: 1: date and time, 2: mirrors that answered, 3: mirrors asked */
		echo '<p>' . esc_html( sprintf( __( '%1$s: %2$d of %3$d mirrors answered.', 'dgos' ), $when, $seen['sources'], $seen['of'] ) );
		if ( $seen['withheld'] > 0 ) {
			/* translators: %d: a number of posts */
			echo ' <strong>' . esc_html( sprintf( __( '%d posts are named by others but no mirror gave them.', 'dgos' ), $seen['withheld'] ) ) . '</strong>';
		}
		echo '</p>';
		if ( ! $seen['steps'] ) {
			echo '<p>' . esc_html__( 'No post was written on the mirrors.', 'dgos' ) . '</p>';
			return;
		}
		$writers = $this->return_setup->writers();
		echo '<div style="overflow-x:auto"><table class="widefat striped" style="overflow-wrap:anywhere"><thead><tr>';
		foreach ( array( __( 'Post', 'dgos' ), __( 'Step', 'dgos' ), __( 'Written', 'dgos' ), __( 'By', 'dgos' ), __( 'Images', 'dgos' ) ) as $head ) {
			echo '<th scope="col">' . esc_html( $head ) . '</th>';
		}
		echo '</tr></thead><tbody>';
		foreach ( array_reverse( $seen['steps'] ) as $step ) {
			printf(
				'<tr><td><strong>%s</strong></td><td>%s</td><td>%s</td><td>%s</td><td>%d</td></tr>',
				esc_html( '' === $step['title'] ? __( '(no title)', 'dgos' ) : $step['title'] ),
				esc_html( self::word( $step['action'], $seen['dry'] ) ),
				esc_html( wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), intdiv( $step['published'], 1000 ) ) ),
				esc_html( $writers[ $step['author'] ] ?? __( 'a key of yours that has ended', 'dgos' ) ),
				(int) $step['images']
			);
		}
		echo '</tbody></table></div>';
	}

	/** What a step is called. */
	private static function word( string $action, bool $is_dry ): string {
		$words = array(
			'create'   => $is_dry ? __( 'will be created', 'dgos' ) : __( 'created', 'dgos' ),
			'finish'   => $is_dry ? __( 'will be finished', 'dgos' ) : __( 'finished', 'dgos' ),
			'update'   => $is_dry ? __( 'will be updated', 'dgos' ) : __( 'updated', 'dgos' ),
			'withdraw' => $is_dry ? __( 'will go to the trash: withdrawn', 'dgos' ) : __( 'in the trash: withdrawn', 'dgos' ),
			'done'     => __( 'is here', 'dgos' ),
			'kept'     => __( 'left alone: you have changed it here', 'dgos' ),
			'gone'     => __( 'left alone: you have deleted it', 'dgos' ),
			'nothing'  => __( 'withdrawn', 'dgos' ),
			'waiting'  => __( 'waits: an image is missing, or the page is not public', 'dgos' ),
		);
		return $words[ $action ] ?? $action;
	}

	private function render_settings(): void {
		echo '<h3>' . esc_html__( 'Choices', 'dgos' ) . '</h3>';
		DGOS_Admin::form( 'return_settings', self::TAB );
		printf( '<p><label><input type="checkbox" name="automatic" value="1"%s> %s</label></p>', checked( true, (bool) $this->settings->get( 'return_automatic' ), false ), esc_html__( 'Import by itself when this blog is back', 'dgos' ) );
		echo '<table class="form-table" role="presentation"><tr><th scope="row"><label for="dgos-author">' . esc_html__( 'Author of imported posts', 'dgos' ) . '</label></th><td>';
		$this->render_users( 'author', 'dgos-author', (int) $this->settings->get( 'return_author' ), __( 'The first administrator', 'dgos' ) );
		echo '</td></tr>';
		$chosen = (array) $this->settings->get( 'return_authors' );
		foreach ( $this->return_setup->writers() as $key => $name ) {
			$id = 'dgos-author-' . substr( $key, 0, 12 );
			/* translators: %s: name of a device or program */
			printf( '<tr><th scope="row"><label for="%s">%s</label></th><td>', esc_attr( $id ), esc_html( sprintf( __( 'Written with “%s”', 'dgos' ), $name ) ) );
			$this->render_users( 'authors[' . $key . ']', $id, (int) ( $chosen[ $key ] ?? 0 ), __( 'As above', 'dgos' ) );
			echo '</td></tr>';
		}
		echo '</table>';
		submit_button( __( 'Save', 'dgos' ), 'secondary', 'save', false );
		echo '</form>';
	}

	private function render_users( string $name, string $id, int $selected, string $none ): void {
		wp_dropdown_users(
			array(
				'name'              => $name,
				'id'                => $id,
				'selected'          => $selected,
				'show_option_none'  => $none,
				'option_none_value' => '0',
				'capability'        => array( 'edit_posts' ),
			)
		);
	}
}
