<?php
/**
 * The set-up in one screen: every step with its state, and in the present one what to do. A small script asks now and then
 * and shows what has changed; without it "Look again" does the same.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * The first tab of a new owner, and what its forms do.
 */
final class DGOS_Setup_Tab {

	const TAB = 'setup';
	/** Time that a click may take. */
	const CLICK_MS = 15000;
	/** Time that the script's question may take. */
	const LOOK_MS = 6000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Capture_State */
	private $capture_state;
	/** @var DGOS_Enrolment */
	private $enrolment;
	/** @var DGOS_Setup */
	private $setup;
	/** @var DGOS_Kit */
	private $kit;
	/** @var DGOS_Settings */
	private $settings;
	/** @var callable */
	private $make_steps;
	// phpcs:enable

	/**
	 * Over the parts that it uses.
	 *
	 * @param DGOS_Ledger            $ledger        Whether there is a network.
	 * @param DGOS_Membership_Record $membership    Asks.
	 * @param DGOS_Own_Blog          $own_blog      Starts over.
	 * @param DGOS_Capture_State     $capture_state Starts over.
	 * @param DGOS_Enrolment         $enrolment     Takes the root.
	 * @param DGOS_Setup             $setup         How far it is.
	 * @param DGOS_Kit               $kit           Its marks.
	 * @param DGOS_Settings          $settings      The inviter.
	 * @param callable               $make_steps    fn(): DGOS_Setup_Steps, as they are now.
	 */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Membership_Record $membership,
		DGOS_Own_Blog $own_blog,
		DGOS_Capture_State $capture_state,
		DGOS_Enrolment $enrolment,
		DGOS_Setup $setup,
		DGOS_Kit $kit,
		DGOS_Settings $settings,
		callable $make_steps
	) {
		$this->ledger        = $ledger;
		$this->membership    = $membership;
		$this->own_blog      = $own_blog;
		$this->capture_state = $capture_state;
		$this->enrolment     = $enrolment;
		$this->setup         = $setup;
		$this->kit           = $kit;
		$this->settings      = $settings;
		$this->make_steps    = $make_steps;
	}

	/** Tab and actions. */
	public function register(): void {
		DGOS_Admin::add_tab( self::TAB, __( 'Set up', 'dgos' ), array( $this, 'render' ) );
		DGOS_Admin::on( 'setup_join', array( $this, 'join' ) );
		DGOS_Admin::on( 'setup_other', array( $this, 'other' ) );
		DGOS_Admin::on( 'setup_again', array( $this, 'again' ) );
		DGOS_Admin::on( 'setup_root', array( $this, 'take' ) );
		DGOS_Admin::on( 'setup_over', array( $this, 'over' ) );
	}

	/** Script and style, on this screen alone. */
	public static function enqueue( string $hook ): void {
		if ( 'toplevel_page_' . DGOS_Admin::PAGE === $hook ) {
			wp_enqueue_style( 'dgos-setup', plugins_url( 'includes/admin/setup.css', DGOS_FILE ), array(), DGOS_VERSION );
			wp_enqueue_script( 'dgos-setup', plugins_url( 'includes/admin/setup.js', DGOS_FILE ), array(), DGOS_VERSION, true );
		}
	}

	/** On the list of plugins, until this blog is enrolled. */
	public static function invite(): void {
		$screen = get_current_screen();
		if ( null !== $screen && 'plugins' === $screen->id && current_user_can( 'manage_options' ) && null === DGOS_Own_Blog::id() ) {
			printf( '<div class="notice notice-info"><p>%s <a class="button" href="%s">%s</a></p></div>', esc_html__( 'DGOS is active, and contacts nobody before you join a network.', 'dgos' ), esc_url( DGOS_Admin::url( self::TAB ) ), esc_html__( 'Protect this blog', 'dgos' ) );
		}
	}

	/** Beside "Deactivate". */
	public static function link( $links ): array {
		return array_merge( array( 'setup' => sprintf( '<a href="%s">%s</a>', esc_url( DGOS_Admin::url( self::TAB ) ), esc_html__( 'Set up', 'dgos' ) ) ), (array) $links );
	}

	/**
	 * Asks the member of an invitation link to vouch.
	 *
	 * @param array $fields Posted.
	 * @return string|WP_Error
	 */
	public function join( array $fields ) {
		$link = is_string( $fields['link'] ?? null ) ? trim( $fields['link'] ) : '';
		if ( 1 !== preg_match( '#^https?://[!-~]{3,400}$#D', $link ) ) {
			return new WP_Error( 'BAD_REQUEST', __( 'Paste the whole link, as a member of the network gave it to you. It begins with https://.', 'dgos' ) );
		}
		$answer = $this->membership->ask( $link );
		if ( is_wp_error( $answer ) && 'UNREACHABLE' === $answer->get_error_code() ) {
			list( $url, $pin ) = DGOS_Membership_Record::read_link( $link );
			$this->settings->set( 'inviter', $url );
			$this->settings->set( 'pin', DGOS_Bytes::is_hash( $pin ) ? $pin : '' );
			return new WP_Error( 'UNREACHABLE', __( 'This site could not reach that member. See below how to go on.', 'dgos' ) );
		}
		if ( is_wp_error( $answer ) && 'NOT_ALLOWED' !== $answer->get_error_code() ) {
			return $answer;
		}
		return $this->setup->is_member() ? __( 'Joined.', 'dgos' ) : __( 'Asked. Now your friend has to say yes.', 'dgos' );
	}

	/** Another link, before anybody has vouched. */
	public function other(): string {
		if ( ! $this->setup->is_member() ) {
			foreach ( array( 'inviter', 'pin', 'network' ) as $name ) {
				$this->settings->set( $name, '' );
			}
			$this->ledger->forget_network();
		}
		return '';
	}

	/** Looks how far it is. */
	public function again(): string {
		$before = $this->setup->step();
		$this->setup->go_on( self::CLICK_MS );
		return $this->setup->step() === $before ? __( 'Looked. Nothing new yet.', 'dgos' ) : '';
	}

	/**
	 * Takes what the kit signed, as text or as a file.
	 *
	 * @param array $fields Posted.
	 * @return string|WP_Error
	 */
	public function take( array $fields ) {
		$text = is_string( $fields['root'] ?? null ) ? trim( $fields['root'] ) : '';
		$text = '' === $text ? self::uploaded() : $text;
		if ( '' === $text ) {
			return new WP_Error( 'BAD_REQUEST', __( 'Choose the file that the kit saved (its name ends with -join.dgos), or paste its text.', 'dgos' ) );
		}
		$said = $this->enrolment->take( $text );
		if ( is_wp_error( $said ) ) {
			return $said;
		}
		$this->setup->go_on( self::CLICK_MS );
		return __( 'This blog is enrolled, and shows its tag.', 'dgos' );
	}

	/**
	 * Takes this site out: for owners who lost the kit before they ever needed it.
	 *
	 * @param array $fields Posted.
	 * @return string|WP_Error
	 */
	public function over( array $fields ) {
		if ( '1' !== ( $fields['sure'] ?? '' ) ) {
			return new WP_Error( 'BAD_REQUEST', __( 'Tick the box first, if you mean it. Nothing was changed.', 'dgos' ) );
		}
		$this->own_blog->leave();
		$this->capture_state->clear();
		$this->kit->forget_marks();
		return __( 'This site shows no tag any more. Make new keys below.', 'dgos' );
	}

	/** For the script: goes on, and says what the screen should show. */
	public function look(): void {
		if ( ! current_user_can( 'manage_options' ) || ! check_ajax_referer( 'dgos_setup', 'nonce', false ) ) {
			wp_send_json_error( null, 403 );
		}
		$this->setup->go_on( self::LOOK_MS );
		list( $mark, $html, $ends ) = $this->state();
		wp_send_json_success( compact( 'mark', 'html', 'ends' ) );
	}

	/** The tab. */
	public function render(): void {
		list( $mark, $html, $ends ) = $this->state();
		printf( '<div id="dgos-setup" data-nonce="%s" data-mark="%s" data-ends="%d">%s</div><p id="dgos-setup-said" class="screen-reader-text" role="status"></p>', esc_attr( wp_create_nonce( 'dgos_setup' ) ), esc_attr( $mark ), (int) $ends, $html ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
	}

	/** {mark, html, ends}: the steps, a mark that changes with them, and whether nothing is waited for. */
	private function state(): array {
		$steps = call_user_func( $this->make_steps );
		$html  = $steps->html();
		$ends  = 'done' === $steps->step() || ( 'join' === $steps->step() && '' === $this->settings->get( 'inviter' ) );
		return array( DGOS_Bytes::sha256( $html ), $html, $ends );
	}

	private static function uploaded(): string {
		$file = isset( $_FILES['file']['tmp_name'] ) && is_string( $_FILES['file']['tmp_name'] ) ? $_FILES['file']['tmp_name'] : ''; // phpcs:ignore WordPress.Security.NonceVerification, WordPress.Security.ValidatedSanitizedInput -- Nonce asked by DGOS_Admin; a name that PHP made.
		if ( '' === $file || ! is_uploaded_file( $file ) || filesize( $file ) > DGOS_Enrolment::TEXT_BYTES ) {
			return '';
		}
		return (string) file_get_contents( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- An upload.
	}
}
