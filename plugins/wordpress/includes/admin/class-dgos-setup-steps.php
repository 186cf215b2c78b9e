<?php
/**
 * How the set-up looks: a list of steps, done, present or to come. The present one says what to do.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Markup of the state of DGOS_Setup.
 */
final class DGOS_Setup_Steps {

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in, or the present step.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Mirror_Health */
	private $mirror_health;
	/** @var DGOS_Setup */
	private $setup;
	/** @var DGOS_Settings */
	private $settings;
	/** @var string */
	private $step;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Membership_Record $membership, DGOS_Mirror_Health $mirror_health, DGOS_Setup $setup, DGOS_Settings $settings ) {
		$this->ledger        = $ledger;
		$this->membership    = $membership;
		$this->mirror_health = $mirror_health;
		$this->setup         = $setup;
		$this->settings      = $settings;
		$this->step          = $setup->step();
	}

	/** The present step: one of DGOS_Setup::STEPS. */
	public function step(): string {
		return $this->step;
	}

	/** The whole screen, escaped. */
	public function html(): string {
		ob_start();
		$titles = array(
			'join'    => __( 'Join a network', 'dgos' ),
			'vouch'   => __( 'Wait for your friend’s OK', 'dgos' ),
			'keys'    => __( 'Make your keys, in your kit', 'dgos' ),
			'copy'    => __( 'First copy', 'dgos' ),
			'seen'    => __( 'Members see that this blog is yours', 'dgos' ),
			'mirrors' => __( 'Mirrors hold the copy', 'dgos' ),
		);
		$now  = array_search( $this->step, DGOS_Setup::STEPS, true );
		$done = 'done' === $this->step;
		echo '<p class="dgos-lead">' . esc_html( $done ? __( 'This blog is protected.', 'dgos' ) : __( 'Six steps, of which three are yours. After them other people’s servers keep a copy of this blog, show it while this server is down, and let you post there.', 'dgos' ) ) . '</p>';
		echo '<ol class="dgos-steps">';
		foreach ( array_keys( $titles ) as $at => $name ) {
			$state = $at < $now ? 'done' : ( $at === $now ? 'now' : 'later' );
			$words = array(
				'done'  => __( 'Done', 'dgos' ),
				'now'   => __( 'Now', 'dgos' ),
				'later' => __( 'Later', 'dgos' ),
			);
			printf( '<li class="dgos-step is-%1$s"%2$s><h2><span class="dgos-tag">%3$s</span> %4$s</h2>', esc_attr( $state ), 'now' === $state ? ' aria-current="step"' : '', esc_html( $words[ $state ] ), esc_html( $titles[ $name ] ) );
			if ( 'later' !== $state ) {
				call_user_func( array( $this, $name ), 'now' === $state );
			}
			echo '</li>';
		}
		echo '</ol>';
		if ( $done ) {
			$this->after();
		}
		if ( null !== DGOS_Own_Blog::id() ) {
			$this->over();
		}
		return (string) ob_get_clean();
	}

	private function join( bool $is_now ): void {
		$inviter = (string) $this->settings->get( 'inviter' );
		if ( ! $is_now ) {
			/* translators: 1: name of a network, 2: url of a member. */
			self::line( sprintf( __( '“%1$s”, through %2$s', 'dgos' ), $this->ledger->network()->payload->name, $inviter ) );
			return;
		}
		if ( '' !== $inviter ) {
			$this->unreachable( $inviter );
			return;
		}
		self::line( __( 'Ask somebody whose server is a member for an invitation link. Nobody is contacted before you press Join. From then on this site also keeps copies of other blogs, within the allowance that you set under “Mirroring for others”.', 'dgos' ) );
		DGOS_Admin::form( 'setup_join', DGOS_Setup_Tab::TAB );
		printf( '<p><label for="dgos-link">%s</label><br><input id="dgos-link" name="link" type="url" class="regular-text code" required maxlength="400" placeholder="https://member.example/" autocomplete="off"></p>', esc_html__( 'Invitation link', 'dgos' ) );
		submit_button( __( 'Join', 'dgos' ), 'primary', 'submit', false );
		echo '</form>';
	}

	private function vouch( bool $is_now ): void {
		if ( ! $is_now ) {
			$standing = $this->membership->standing();
			self::line( 'full' === $standing['standing'] ? __( 'A full member.', 'dgos' ) : __( 'A guest: protected, and a mirror for your friend’s blogs. The OK of one more friend makes a full member.', 'dgos' ) );
			return;
		}
		self::line( __( 'Your friend has to say yes to this site; a link from “dgos invite --link” does so by itself. If they do not see your request, send them this text. This screen goes on by itself.', 'dgos' ) );
		$this->request();
	}

	/** The member of the link did not answer: either the link is wrong, or this host calls nobody and has to be called. */
	private function unreachable( string $inviter ): void {
		/* translators: %s: url of a member. */
		self::notice( 'warning', sprintf( __( 'This site could not reach %s: the link is wrong, that server is down, or your host lets PHP call nobody.', 'dgos' ), $inviter ) );
		if ( '' === $this->settings->get( 'pin' ) ) {
			self::line( __( 'Where the host is the reason, another server can call here instead. For that use a link that ends with # and the id of the network, so that no stranger can take this site into another one. “dgos status” names it to the operator.', 'dgos' ) );
		} else {
			self::line( __( 'Where the host is the reason, send the operator this text. They run “dgos invite” with it, and their server calls here. This screen goes on by itself.', 'dgos' ) );
		}
		$this->request();
	}

	private function request(): void {
		printf( '<p><label for="dgos-request">%s</label><br><textarea id="dgos-request" class="large-text code" rows="3" readonly>%s</textarea></p>', esc_html__( 'Your request', 'dgos' ), esc_textarea( $this->membership->request_text() ) );
		echo '<div class="dgos-row">';
		self::button( 'setup_again', __( 'Look again', 'dgos' ) );
		self::button( 'setup_other', __( 'Use another link', 'dgos' ) );
		echo '</div>';
	}

	private function keys( bool $is_now ): void {
		if ( ! $is_now ) {
			self::line( __( 'Signed by you. This host has only the key that signs copies; yours are in your kit and on your paper.', 'dgos' ) );
			return;
		}
		$hash = DGOS_Kit::hash();
		if ( null === $hash || null === DGOS_Own_Blog::address() ) {
			self::notice( 'error', null === $hash ? __( 'This copy of the plugin was not built: its kit is missing. Install the zip of a release.', 'dgos' ) : __( 'The address of this site is none that members can name. Set one without odd characters under Settings, General.', 'dgos' ) );
			return;
		}
		$url = wp_nonce_url( admin_url( 'admin-post.php?action=dgos_kit' ), 'dgos_kit' );
		self::line( __( 'The kit is one file. It makes your keys on your own device, prints a sheet for each place where you keep one, and later writes and signs posts while this server is down. It never sends a key to anybody, this site included. Open it, follow its steps, and save the kit that it gives you.', 'dgos' ) );
		printf( '<p class="dgos-row"><a class="button button-primary" href="%s">%s</a> <a class="button" href="%s" target="_blank" rel="noopener">%s</a></p>', esc_url( $url ), esc_html__( 'Download the kit', 'dgos' ), esc_url( $url . '&open=1' ), esc_html__( 'Open it here', 'dgos' ) );
		/* translators: %s: a hash. */
		printf( '<p class="description">%s</p>', sprintf( esc_html__( 'SHA-256 of its program, the same at every member of this release: %s', 'dgos' ), '<code>' . esc_html( $hash ) . '</code>' ) );
		self::line( __( 'When you have saved your kit and chosen the saved file again, it registers this blog here by itself, and this screen goes on. Where it cannot, it saves a file:', 'dgos' ) );
		DGOS_Admin::form( 'setup_root', DGOS_Setup_Tab::TAB );
		printf( '<p><label for="dgos-root-file">%s</label><br><input id="dgos-root-file" name="file" type="file" accept=".dgos,application/json"></p>', esc_html__( 'Your registration file', 'dgos' ) );
		printf( '<details><summary>%1$s</summary><p><label for="dgos-root">%2$s</label><br><textarea id="dgos-root" name="root" class="large-text code" rows="4" spellcheck="false"></textarea></p></details>', esc_html__( 'Paste it as text instead', 'dgos' ), esc_html__( 'Your registration, as text', 'dgos' ) );
		submit_button( __( 'Register', 'dgos' ), 'secondary', 'submit', false );
		echo '</form>';
	}

	private function copy( bool $is_now ): void {
		if ( ! $is_now ) {
			$snapshot = $this->mirror_health->snapshot();
			/* translators: 1: number of pages, 2: number of files, 3: date and time. */
			self::line( null === $snapshot ? '' : sprintf( __( '%1$d pages and %2$d files, signed on %3$s.', 'dgos' ), count( $snapshot->payload->pages ), count( $snapshot->payload->assets ), DGOS_Health_View::moment( $snapshot->payload->time ) ) );
			return;
		}
		$trouble = $this->setup->trouble();
		if ( null !== $trouble ) {
			self::notice( 'warning', $trouble['words'] . ' ' . $trouble['next'] );
		} else {
			self::line( __( 'This site takes its own front page, newest posts, images and feed as a visitor without an account gets them.', 'dgos' ) );
		}
		self::button( 'setup_again', __( 'Look again', 'dgos' ) );
	}

	private function seen( bool $is_now ): void {
		$seen = $this->setup->seen();
		/* translators: 1: a number of members, 2: a number of members. */
		self::line( sprintf( __( '%1$d of the %2$d members that look have seen the tag of this blog.', 'dgos' ), $seen['seen'], $seen['of'] ) );
		if ( $is_now ) {
			/* translators: %d: a number of members. */
			self::line( sprintf( __( 'At least %d have to. They look within minutes; if they do not, empty your page cache, so that they get the tag.', 'dgos' ), $seen['needed'] ) );
			self::button( 'setup_again', __( 'Look again', 'dgos' ) );
		}
	}

	private function mirrors( bool $is_now ): void {
		$held = $this->mirror_health->held();
		if ( 0 === $held['of'] ) {
			self::line( __( 'No other operator’s server can keep a copy yet: the network needs one more member.', 'dgos' ) );
		} else {
			/* translators: 1: a number of mirrors, 2: a number of mirrors. */
			self::line( sprintf( __( '%1$d of %2$d mirrors have the newest copy.', 'dgos' ), $held['held'], $held['of'] ) );
		}
		if ( $is_now ) {
			self::line( __( 'They fetch it by themselves within some minutes.', 'dgos' ) );
			self::button( 'setup_again', __( 'Look again', 'dgos' ) );
		}
	}

	private function after(): void {
		printf( '<p><a class="button button-primary" href="%s">%s</a></p>', esc_url( DGOS_Admin::url( DGOS_Health_Tab::TAB ) ), esc_html__( 'What would readers see?', 'dgos' ) );
		echo '<ul class="ul-disc">';
		foreach ( array( __( 'Keep the kit where you find it on a bad day, and each sheet at another place.', 'dgos' ), __( 'Play a fire drill from your kit once a year: ten minutes, marked as an exercise.', 'dgos' ), __( 'Update the plugin as usual: keys and copies stay.', 'dgos' ) ) as $sentence ) {
			echo '<li>' . esc_html( $sentence ) . '</li>';
		}
		echo '</ul>';
	}

	/** Out of the way: who presses it gives the old id up. */
	private function over(): void {
		echo '<details class="dgos-over"><summary>' . esc_html__( 'Start over with other keys', 'dgos' ) . '</summary>';
		self::line( __( 'Only where the kit and its sheets are lost: with sheet 1 a fresh kit names new keys and keeps everything. Starting over makes another blog in the eyes of the network; mirrors keep the old copy under its id, and lead this address to the new one after 14 days.', 'dgos' ) );
		DGOS_Admin::form( 'setup_over', DGOS_Setup_Tab::TAB );
		printf( '<p><label><input type="checkbox" name="sure" value="1"> %s</label></p>', esc_html__( 'Yes, take this blog’s tag away', 'dgos' ) );
		submit_button( __( 'Start over', 'dgos' ), 'secondary', 'submit', false );
		echo '</form></details>';
	}

	private static function line( string $words ): void {
		if ( '' !== $words ) {
			echo '<p>' . esc_html( $words ) . '</p>';
		}
	}

	private static function notice( string $tone, string $words ): void {
		printf( '<div class="notice notice-%s inline"><p>%s</p></div>', esc_attr( $tone ), esc_html( $words ) );
	}

	private static function button( string $action, string $label ): void {
		DGOS_Admin::form( $action, DGOS_Setup_Tab::TAB );
		printf( '<button type="submit" class="button">%s</button></form>', esc_html( $label ) );
	}
}
