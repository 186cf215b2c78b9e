<?php
/**
 * Manual mode for the owner: one click gives a friend a space on this blog, with or without a network.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A tab of the DGOS screen.
 */
final class DGOS_Guests_Tab {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Guests */
	private $guests;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Guests $guests ) {
		$this->guests = $guests;
	}

	/** The tab and what its forms do. */
	public function register(): void {
		DGOS_Admin::add_tab( 'guests', __( 'Guests', 'dgos' ), array( $this, 'render' ) );
		DGOS_Admin::on( 'guest_open', array( $this, 'open' ) );
		DGOS_Admin::on( 'guest_drop', array( $this, 'drop' ) );
		DGOS_Admin::on( 'guest_close', array( $this, 'close' ) );
	}

	/**
	 * Opens a space, or makes a new link for one.
	 *
	 * @param array $fields Posted.
	 * @return string|WP_Error
	 */
	public function open( array $fields ) {
		$opened = $this->guests->open( (string) ( $fields['name'] ?? '' ), (string) ( $fields['address'] ?? '' ) );
		if ( is_wp_error( $opened ) ) {
			return $opened;
		}
		/* translators: %s: a link. */
		return sprintf( __( 'Send your friend this link. It works once, within two weeks: %s', 'dgos' ), DGOS_Guests::url( $opened['slug'] ) . 'begin?k=' . $opened['token'] );
	}

	/** Takes a post away. */
	public function drop( array $fields ): string {
		$this->guests->drop( sanitize_title( (string) ( $fields['slug'] ?? '' ) ), sanitize_key( (string) ( $fields['post'] ?? '' ) ) );
		return __( 'The post is gone.', 'dgos' );
	}

	/** Closes a space. */
	public function close( array $fields ): string {
		$this->guests->close( sanitize_title( (string) ( $fields['slug'] ?? '' ) ) );
		return __( 'The space is closed, and its posts are gone.', 'dgos' );
	}

	/** Prints the tab. */
	public function render(): void {
		echo '<h2>' . esc_html__( 'Give a friend a space', 'dgos' ) . '</h2><p>' . esc_html__( 'For a friend whose blog is down and who is in no network yet. The friend posts on this blog’s address until their own is back; nothing they write can run or load anything. When both of you have joined, the mirror page takes over.', 'dgos' ) . '</p>';
		DGOS_Admin::form( 'guest_open', 'guests' );
		echo '<table class="form-table"><tr><th scope="row"><label for="dgos-guest-name">' . esc_html__( 'Name', 'dgos' ) . '</label></th><td><input id="dgos-guest-name" name="name" type="text" class="regular-text" required maxlength="60"></td></tr>';
		echo '<tr><th scope="row"><label for="dgos-guest-address">' . esc_html__( 'Address of their blog', 'dgos' ) . '</label></th><td><input id="dgos-guest-address" name="address" type="url" class="regular-text" placeholder="https://example.org/"></td></tr></table>';
		submit_button( __( 'Give a space', 'dgos' ) );
		echo '</form>';
		foreach ( $this->guests->all() as $slug => $space ) {
			$this->space( (string) $slug, $space );
		}
	}

	private function space( string $slug, array $space ): void {
		$state = '' !== $space['key'] ? __( 'writes here', 'dgos' ) : ( '' !== $space['link'] && $space['until'] > time() ? __( 'has a link, not begun yet', 'dgos' ) : __( 'has no working link', 'dgos' ) );
		echo '<h2>' . esc_html( $space['name'] ) . '</h2><p><a href="' . esc_url( DGOS_Guests::url( $slug ) ) . '">' . esc_html( DGOS_Guests::url( $slug ) ) . '</a> · ' . esc_html( $state ) . '</p>';
		$posts = $this->guests->posts( $slug );
		if ( $posts ) {
			echo '<table class="widefat striped"><tbody>';
			foreach ( $posts as $post ) {
				echo '<tr><td>' . esc_html( '' === $post['title'] ? __( '(without a title)', 'dgos' ) : $post['title'] ) . '</td><td>' . esc_html( wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $post['published'] ) ) . '</td><td>';
				$this->button( 'guest_drop', array( 'slug' => $slug, 'post' => $post['id'] ), __( 'Remove', 'dgos' ) ); // phpcs:ignore WordPress.Arrays -- Two pairs.
				echo '</td></tr>';
			}
			echo '</tbody></table>';
		}
		echo '<div style="display:flex;gap:.5rem;margin-block:.75rem">';
		$this->button( 'guest_open', array( 'name' => $space['name'], 'address' => $space['address'] ), __( 'New link', 'dgos' ) ); // phpcs:ignore WordPress.Arrays -- Two pairs.
		$this->button( 'guest_close', array( 'slug' => $slug ), __( 'Close this space', 'dgos' ) );
		echo '</div>';
	}

	private function button( string $action, array $fields, string $label ): void {
		DGOS_Admin::form( $action, 'guests' );
		foreach ( $fields as $name => $value ) {
			printf( '<input type="hidden" name="%s" value="%s">', esc_attr( $name ), esc_attr( $value ) );
		}
		printf( '<button type="submit" class="button">%s</button></form>', esc_html( $label ) );
	}
}
