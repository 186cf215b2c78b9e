<?php
/**
 * This blog's protection in WordPress's own Site Health: two tests, and the facts for whoever helps.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Called by WordPress.
 */
final class DGOS_Site_Health {

	const FILE_MS    = 3000;
	const FILE_BYTES = 4096;

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
		$text = '<p>' . esc_html__( 'If this blog died now, readers would see:', 'dgos' ) . ' ' . esc_html( $answer['words'] ) . '</p>';
		foreach ( $missing as $one ) {
			$text .= '<p>' . esc_html( $one['words'] . ' ' . $one['next'] ) . '</p>';
		}
		$actions = sprintf( '<p><a href="%s">%s</a></p>', esc_url( DGOS_Admin::url( $enrolled ? DGOS_Health_Tab::TAB : DGOS_Setup_Tab::TAB ) ), esc_html( $enrolled ? __( 'What would readers see?', 'dgos' ) : __( 'Protect this blog', 'dgos' ) ) );
		return self::result( 'dgos_protected', $status, $labels[ $status ], $text, $actions );
	}

	/**
	 * Whether the web server lets the file through by which watchers ask this blog for a sign of life. Rules against hidden
	 * files, which many servers have, keep it back.
	 */
	public static function file(): array {
		$url    = home_url( '/.well-known/dgos.json' );
		$answer = ( new DGOS_Visitor( DGOS_Plugin::instance()->safe_fetch() ) )->get(
			$url,
			array(
				'time_ms' => self::FILE_MS,
				'bytes'   => self::FILE_BYTES,
				'tag'     => '',
			)
		);
		$said = is_wp_error( $answer ) ? null : json_decode( $answer['body'] );
		if ( DGOS_Own_Blog::id() === ( $said->blog ?? null ) ) {
			return self::result( 'dgos_file', 'good', __( 'This blog can prove that it is alive', 'dgos' ), '<p>' . esc_html__( 'Its proof file is handed out.', 'dgos' ) . '</p>', '' );
		}
		/* translators: 1: URL, 2: what came instead: a number or words. */
		$words = sprintf( __( '%1$s does not lead to this plugin (%2$s). Members who are told that this blog is down could not ask it for a sign of life.', 'dgos' ), $url, is_wp_error( $answer ) ? $answer->get_error_message() : $answer['status'] );
		/* translators: %s: a line of nginx's configuration. */
		$next = sprintf( __( 'Most often a rule against hidden files stands in the way. Ask whoever runs the server to let the folder /.well-known/ through to WordPress; in nginx: %s', 'dgos' ), 'location ^~ /.well-known/ { try_files $uri /index.php?$args; }' );
		return self::result( 'dgos_file', 'recommended', __( 'This blog cannot prove that it is alive', 'dgos' ), '<p>' . esc_html( $words ) . '</p><p>' . esc_html( $next ) . '</p>', '' );
	}

	/** As WordPress wants it. Texts are HTML. */
	private static function result( string $test, string $status, string $label, string $text, string $actions ): array {
		return array(
			'label'       => $label,
			'status'      => $status,
			'badge'       => array(
				'label' => __( 'DGOS', 'dgos' ),
				'color' => 'blue',
			),
			'description' => $text,
			'actions'     => $actions,
			'test'        => $test,
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
		$failed  = DGOS_Failures::last();
		$fields  = array(
			'version' => array( __( 'Version', 'dgos' ), DGOS_VERSION ),
			'step'    => array( __( 'Set-up', 'dgos' ), $plugin->setup()->step() ),
			'failed'  => array( __( 'Last error', 'dgos' ), null === $failed ? __( 'none', 'dgos' ) : gmdate( 'c', intdiv( $failed['at'], 1000 ) ) . ", {$failed['part']}: {$failed['message']}" ),
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
			$snapshot = $plugin->mirror_health()->snapshot();
			$held     = $plugin->mirror_health()->held();
			$fields  += array(
				'blog'    => array( __( 'Blog', 'dgos' ), (string) DGOS_Own_Blog::id() ),
				'copy'    => array( __( 'Newest copy', 'dgos' ), null === $snapshot ? __( 'none', 'dgos' ) : gmdate( 'c', intdiv( $snapshot->payload->time, 1000 ) ) ),
				'mirrors' => array( __( 'Mirrors that have it', 'dgos' ), "{$held['held']} / {$held['of']}" ),
				'trouble' => array( __( 'Trouble of the last copy', 'dgos' ), $plugin->capture_round()->state()->trouble()['detail'] ?? __( 'none', 'dgos' ) ),
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
