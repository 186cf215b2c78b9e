<?php
/**
 * The beacon as a classic widget: the roll of blogs that are down stands in the sidebar; the other modes take no room there.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * See DGOS_Beacon_Tag.
 */
final class DGOS_Beacon_Widget extends WP_Widget {

	/** Its name in the list of widgets. */
	public function __construct() {
		$options = array(
			'description'           => __( 'Tells your readers when a blog of the network is down, and where to read it.', 'dgos' ),
			'show_instance_in_rest' => true,
		);
		parent::__construct( 'dgos_beacon', __( 'Beacon for downed blogs', 'dgos' ), $options );
	}

	/**
	 * On a page.
	 *
	 * @param array $args     Of the sidebar.
	 * @param array $instance Kept by update().
	 */
	public function widget( $args, $instance ) {
		$place = DGOS_Beacon_Tag::ask( is_array( $instance ) ? $instance : array() );
		// Without a roll there is nothing to see in the sidebar.
		if ( '' === $place ) {
			return;
		}
		echo $args['before_widget'] . $place . $args['after_widget']; // phpcs:ignore WordPress.Security.EscapeOutput -- The theme's markup, and our empty element.
	}

	/**
	 * What is kept.
	 *
	 * @param array $new_instance Posted.
	 * @param array $old_instance Kept before.
	 */
	public function update( $new_instance, $old_instance ) {
		$modes = is_array( $new_instance['modes'] ?? null ) ? implode( ' ', array_map( 'sanitize_key', $new_instance['modes'] ) ) : (string) ( $new_instance['mode'] ?? '' );
		return array(
			'mode' => implode( ' ', DGOS_Beacon_Modes::read( $modes ) ),
			'show' => 'linked' === ( $new_instance['show'] ?? '' ) ? 'linked' : '',
		);
	}

	/**
	 * Its form.
	 *
	 * @param array $instance Kept by update().
	 */
	public function form( $instance ) {
		$chosen = DGOS_Beacon_Modes::read( (string) ( $instance['mode'] ?? '' ) );
		foreach ( DGOS_Beacon_Modes::words() as $mode => $words ) {
			printf(
				'<p><label><input type="checkbox" name="%s[]" value="%s"%s> %s</label></p>',
				esc_attr( $this->get_field_name( 'modes' ) ),
				esc_attr( $mode ),
				checked( in_array( $mode, $chosen, true ), true, false ),
				esc_html( $words )
			);
		}
		printf(
			'<p><label><input type="checkbox" name="%s" value="linked"%s> %s</label></p>',
			esc_attr( $this->get_field_name( 'show' ) ),
			checked( $instance['show'] ?? '', 'linked', false ),
			esc_html__( 'Only blogs that the page links to', 'dgos' )
		);
		if ( null === DGOS_Beacon_Pins::of() ) {
			echo '<p>' . esc_html__( 'Nothing is shown yet: this site has not joined a network, and no tag was pasted under DGOS, Notice for readers.', 'dgos' ) . '</p>';
		}
		return '';
	}
}
