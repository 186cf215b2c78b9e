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

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Allowance */
	private $allowance;
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Visitor */
	private $visitor;
	/** @var DGOS_Mirror_Health */
	private $mirror_health;
	/** @var DGOS_Setup */
	private $setup;
	/** @var DGOS_Health_View */
	private $health_view;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Failures */
	private $failures;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Membership_Record $membership,
		DGOS_Allowance $allowance,
		DGOS_Capture_State $capture_state,
		DGOS_Visitor $visitor,
		DGOS_Mirror_Health $mirror_health,
		DGOS_Setup $setup,
		DGOS_Health_View $health_view,
		DGOS_Keys $keys,
		DGOS_Failures $failures,
		DGOS_Meta $meta
	) {
		$this->ledger        = $ledger;
		$this->membership    = $membership;
		$this->allowance     = $allowance;
		$this->capture_state = $capture_state;
		$this->visitor       = $visitor;
		$this->mirror_health = $mirror_health;
		$this->setup         = $setup;
		$this->health_view   = $health_view;
		$this->keys          = $keys;
		$this->failures      = $failures;
		$this->meta          = $meta;
	}

	/** The result of the test, as WordPress wants it. */
	public function test(): array {
		$answer   = $this->health_view->answer();
		$missing  = $this->health_view->missing();
		$enrolled = null !== DGOS_Own_Blog::id();
		$status   = 'good' === $answer['tone'] ? 'good' : ( $enrolled && 'bad' === $answer['tone'] ? 'critical' : 'recommended' );
		$labels   = array(
			'good'        => __( 'This blog stays readable if its server dies', 'dgos' ),
			'recommended' => $enrolled ? __( 'This blog is not fully protected against the loss of its server yet', 'dgos' ) : __( 'This blog is not protected against the loss of its server', 'dgos' ),
			'critical'    => __( 'Nobody could read this blog if its server died now', 'dgos' ),
		);
		$text = '<p>' . esc_html__( 'If this blog died now, readers would see:', 'dgos' ) . ' ' . esc_html( $answer['words'] ) . '</p>';
		foreach ( $missing as $lack ) {
			$text .= '<p>' . esc_html( $lack['words'] . ' ' . $lack['next'] ) . '</p>';
		}
		$actions = sprintf( '<p><a href="%s">%s</a></p>', esc_url( DGOS_Admin::url( $enrolled ? DGOS_Health_Tab::TAB : DGOS_Setup_Tab::TAB ) ), esc_html( $enrolled ? __( 'What would readers see?', 'dgos' ) : __( 'Protect this blog', 'dgos' ) ) );
		return self::result( 'dgos_protected', $status, $labels[ $status ], $text, $actions );
	}

	/**
	 * Whether the web server lets the file through by which watchers ask this blog for a sign of life. Rules against hidden
	 * files, which many servers have, keep it back.
	 */
	public function file(): array {
		$url    = home_url( '/.well-known/dgos.json' );
		$answer = $this->visitor->get(
			$url,
			array(
				'time_ms' => self::FILE_MS,
				'bytes'   => self::FILE_BYTES,
				'tag'     => '',
			)
		);
		$said = is_wp_error( $answer ) ? null : DGOS_Json::read( $answer['body'] );
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
	public function facts( $info ): array {
		$network = $this->ledger->network();
		$failed  = $this->failures->last();
		$fields  = array(
			'version' => array( __( 'Version', 'dgos' ), DGOS_VERSION ),
			'step'    => array( __( 'Set-up', 'dgos' ), $this->setup->step() ),
			'failed'  => array( __( 'Last error', 'dgos' ), null === $failed ? __( 'none', 'dgos' ) : gmdate( 'c', intdiv( $failed['at'], 1000 ) ) . ", {$failed['part']}: {$failed['message']}" ),
		);
		if ( null !== $network ) {
			$wake    = $this->meta->get( 'wake_last' );
			$fields += array(
				'network'  => array( __( 'Network', 'dgos' ), $network->payload->name . ' ' . $network->id ),
				'member'   => array( __( 'Member', 'dgos' ), $this->keys->get( 'member' )->key ),
				'standing' => array( __( 'Standing', 'dgos' ), $this->membership->standing()['standing'] ),
				'wake'     => array( __( 'Last work', 'dgos' ), is_array( $wake ) ? gmdate( 'c', intdiv( $wake['at'], 1000 ) ) . ", {$wake['ms']} ms" : __( 'never', 'dgos' ) ),
				'disk'     => array( __( 'Kept for others', 'dgos' ), (string) size_format( $this->allowance->disk(), 1 ) ),
			);
		}
		if ( null !== $network && null !== DGOS_Own_Blog::id() ) {
			$snapshot = $this->mirror_health->snapshot();
			$held     = $this->mirror_health->held();
			$trouble  = DGOS_Copy_Problems::facts( $this->capture_state->trouble(), $this->capture_state->asides() );
			$fields  += array(
				'blog'    => array( __( 'Blog', 'dgos' ), (string) DGOS_Own_Blog::id() ),
				'copy'    => array( __( 'Newest copy', 'dgos' ), null === $snapshot ? __( 'none', 'dgos' ) : gmdate( 'c', intdiv( $snapshot->payload->time, 1000 ) ) ),
				'mirrors' => array( __( 'Mirrors that have it', 'dgos' ), "{$held['held']} / {$held['of']}" ),
				'trouble' => array( __( 'Trouble of the last copy', 'dgos' ), '' === $trouble ? __( 'none', 'dgos' ) : $trouble ),
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
