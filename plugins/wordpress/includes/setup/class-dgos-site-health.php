<?php
/**
 * This blog's protection in WordPress's own Site Health: one test, and the facts for whoever helps.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Called by WordPress.
 */
final class DGOS_Site_Health {

	/** The result of the test, as WordPress wants it. */
	public static function test(): array {
		$answer   = DGOS_Health_View::answer();
		$missing  = DGOS_Health_View::missing();
		$enrolled = null !== DGOS_Own_Blog::id();
		$status   = 'good' === $answer['tone'] ? 'good' : ( $enrolled && 'bad' === $answer['tone'] ? 'critical' : 'recommended' );
		$labels   = array(
			'good'        => __( 'This blog stays readable if its server dies', 'dgos' ),
			'recommended' => $enrolled ? __( 'This blog is not fully protected against the loss of its server yet', 'dgos' ) : __( 'This blog is not protected against the loss of its server', 'dgos' ),
			'critical'    => __( 'Nobody could read this blog if its server died now', 'dgos' ),
		);
		$text     = '<p>' . esc_html__( 'If this blog died now, readers would see:', 'dgos' ) . ' ' . esc_html( $answer['words'] ) . '</p>';
		foreach ( $missing as $one ) {
			$text .= '<p>' . esc_html( $one['words'] . ' ' . $one['next'] ) . '</p>';
		}
		return array(
			'label'       => $labels[ $status ],
			'status'      => $status,
			'badge'       => array(
				'label' => __( 'DGOS', 'dgos' ),
				'color' => 'blue',
			),
			'description' => $text,
			'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( DGOS_Admin::url( $enrolled ? DGOS_Health_Tab::TAB : DGOS_Setup_Tab::TAB ) ), esc_html( $enrolled ? __( 'What would readers see?', 'dgos' ) : __( 'Protect this blog', 'dgos' ) ) ),
			'test'        => 'dgos_protected',
		);
	}

	/**
	 * Facts for the information page. Nothing of it is secret: keys are named by their public halves.
	 *
	 * @param array $info Of WordPress and others.
	 */
	public static function facts( $info ): array {
		$plugin  = DGOS_Plugin::instance();
		$network = $plugin->ledger()->network();
		$fields  = array(
			'version' => array( __( 'Version', 'dgos' ), DGOS_VERSION ),
			'step'    => array( __( 'Set-up', 'dgos' ), $plugin->setup()->step() ),
		);
		if ( null !== $network ) {
			$wake    = $plugin->meta()->get( 'wake_last' );
			$fields += array(
				'network'  => array( __( 'Network', 'dgos' ), $network->payload->name . ' ' . $network->id ),
				'member'   => array( __( 'Member', 'dgos' ), $plugin->keys()->get( 'member' )->key ),
				'standing' => array( __( 'Standing', 'dgos' ), $plugin->membership()->standing()['standing'] ),
				'wake'     => array( __( 'Last work', 'dgos' ), is_array( $wake ) ? gmdate( 'c', intdiv( $wake['at'], 1000 ) ) . ", {$wake['ms']} ms" : __( 'never', 'dgos' ) ),
				'disk'     => array( __( 'Kept for others', 'dgos' ), (string) size_format( $plugin->allowance()->disk(), 1 ) ),
			);
		}
		if ( null !== $network && null !== DGOS_Own_Blog::id() ) {
			$snapshot = $plugin->health()->snapshot();
			$held     = $plugin->health()->held();
			$fields  += array(
				'blog'    => array( __( 'Blog', 'dgos' ), (string) DGOS_Own_Blog::id() ),
				'copy'    => array( __( 'Newest copy', 'dgos' ), null === $snapshot ? __( 'none', 'dgos' ) : gmdate( 'c', intdiv( $snapshot->payload->time, 1000 ) ) ),
				'mirrors' => array( __( 'Mirrors that have it', 'dgos' ), "{$held['held']} / {$held['of']}" ),
				'trouble' => array( __( 'Trouble of the last copy', 'dgos' ), $plugin->sealing()->state()->trouble()['detail'] ?? __( 'none', 'dgos' ) ),
			);
		}
		$info         = (array) $info;
		$info['dgos'] = array(
			'label'  => __( 'DGOS', 'dgos' ),
			'fields' => array_map(
				static fn ( $field ) => array(
					'label' => $field[0],
					'value' => $field[1],
				),
				$fields
			),
		);
		return $info;
	}
}
