<?php
/**
 * The owner's controls: pause, leaving, what is lent to others, who vouched, whose blogs lie here, refusals, what was served.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * One tab. Every form goes through DGOS_Admin, which asks for capability and nonce.
 */
final class DGOS_Controls_Screen {

	const TAB       = 'controls';
	const BLOGS_MAX = 200;
	/** A signer that is silent for longer is not coming back by itself. */
	const SILENT_MS = 86400000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Blog_Mirrors */
	private $blog_mirrors;
	/** @var DGOS_Refusals */
	private $refusals;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Allowance */
	private $allowance;
	/** @var DGOS_Controls */
	private $controls;
	/** @var DGOS_Settings */
	private $settings;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct(
		DGOS_Ledger $ledger,
		DGOS_Blog_Mirrors $blog_mirrors,
		DGOS_Refusals $refusals,
		DGOS_Membership_Record $membership,
		DGOS_Allowance $allowance,
		DGOS_Controls $controls,
		DGOS_Settings $settings,
		DGOS_Keys $keys,
		DGOS_Meta $meta,
		DGOS_Clock $clock
	) {
		$this->ledger       = $ledger;
		$this->blog_mirrors = $blog_mirrors;
		$this->refusals     = $refusals;
		$this->membership   = $membership;
		$this->allowance    = $allowance;
		$this->controls     = $controls;
		$this->settings     = $settings;
		$this->keys         = $keys;
		$this->meta         = $meta;
		$this->clock        = $clock;
	}

	/** What this screen shows and does. */
	public function register(): void {
		DGOS_Admin::add_tab( self::TAB, __( 'Mirroring for others', 'dgos' ), array( $this, 'render' ) );
		DGOS_Admin::on( 'pause', array( $this->controls, 'pause' ) );
		DGOS_Admin::on( 'leave', array( $this->controls, 'leave' ) );
		DGOS_Admin::on( 'allowance', array( $this->controls, 'allow' ) );
		DGOS_Admin::on( 'refuse', array( $this->controls, 'refuse' ) );
		DGOS_Admin::on( 'wake', array( $this->controls, 'wake' ) );
	}

	/** The tab. */
	public function render(): void {
		if ( ! $this->ledger->joined() ) {
			echo '<p>' . esc_html__( 'This site has not joined a network yet: nothing of others is kept here, and nobody is contacted.', 'dgos' ) . '</p>';
			return;
		}
		$this->render_standing();
		$this->render_pause();
		$this->render_allowance();
		$this->render_refuse( $this->render_blogs() );
		$this->render_log();
		$this->render_leave();
	}

	private function render_standing(): void {
		$standing = $this->membership->standing();
		$words    = array(
			'none'  => __( 'Nobody has vouched for this member yet.', 'dgos' ),
			'guest' => __( 'A guest: protected, and a mirror only for the blogs of whoever vouched. One more voucher makes a full member.', 'dgos' ),
			'full'  => __( 'A full member.', 'dgos' ),
		);
		echo '<h2>' . esc_html__( 'Standing', 'dgos' ) . '</h2><p>' . esc_html( $words[ $standing['standing'] ] ) . '</p><ul class="ul-disc">';
		foreach ( $standing['vouchers'] as $voucher ) {
			$names = array();
			foreach ( $this->ledger->roster()->members as $member ) {
				if ( $member->operator === $voucher->payload->key ) {
					$names[] = $member->name;
				}
			}
			/* translators: 1: names of members, 2: date. */
			$text = __( 'Vouched for by the operator of %1$s on %2$s', 'dgos' );
			printf( '<li>%s <code>%s</code></li>', esc_html( sprintf( $text, $names ? implode( ', ', $names ) : '?', wp_date( get_option( 'date_format' ), intdiv( $voucher->payload->time, 1000 ) ) ) ), esc_html( substr( $voucher->payload->key, 0, 16 ) ) );
		}
		echo '</ul>';
		$last = $this->meta->get( 'wake_last' );
		if ( is_array( $last ) ) {
			/* translators: 1: time ago, 2: milliseconds. */
			echo '<p>' . esc_html( sprintf( __( 'Last work %1$s ago, %2$d ms.', 'dgos' ), human_time_diff( intdiv( $last['at'], 1000 ) ), $last['ms'] ) ) . '</p>';
		} else {
			echo '<p>' . esc_html__( 'No other member has called this one yet. They do once its record has spread.', 'dgos' ) . '</p>';
		}
		DGOS_Admin::form( 'wake', self::TAB );
		submit_button( __( 'Work now', 'dgos' ), 'secondary', 'submit', false );
		echo '</form>';
	}

	private function render_pause(): void {
		$paused = (bool) $this->settings->get( 'paused' );
		echo '<h2>' . esc_html__( 'Pause', 'dgos' ) . '</h2><p>' . esc_html(
			$paused
				? __( 'Paused: nothing new is kept, no copy is handed out, and other members take over.', 'dgos' )
				: __( 'Pausing keeps what is here but hands nothing out, and tells the others to take over. Your own blog stays protected.', 'dgos' )
		) . '</p>';
		DGOS_Admin::form( 'pause', self::TAB );
		printf( '<input type="hidden" name="paused" value="%d">', $paused ? 0 : 1 );
		submit_button( $paused ? __( 'Go on', 'dgos' ) : __( 'Pause', 'dgos' ), 'secondary', 'submit', false );
		echo '</form>';
	}

	private function render_allowance(): void {
		$mib  = static fn ( int $bytes ) => number_format_i18n( $bytes / DGOS_Allowance::MIB, 1 );
		$rows = array(
			/* translators: %s: mebibytes in use. */
			'disk_mib'    => array( __( 'Disk for the blogs of others (MiB)', 'dgos' ), sprintf( __( '%s MiB in use', 'dgos' ), $mib( $this->allowance->disk() ) ), 'number' ),
			/* translators: %s: mebibytes handed out. */
			'traffic_mib' => array( __( 'Handed out in a month at most (MiB)', 'dgos' ), sprintf( __( '%s MiB this month', 'dgos' ), $mib( $this->allowance->traffic() ) ), 'number' ),
			'contact'     => array( __( 'Contact for complaints about what is shown here', 'dgos' ), __( 'Public. An e-mail address or a URL.', 'dgos' ), 'text' ),
		);
		echo '<h2>' . esc_html__( 'Allowance and contact', 'dgos' ) . '</h2>';
		DGOS_Admin::form( 'allowance', self::TAB );
		echo '<table class="form-table" role="presentation">';
		foreach ( $rows as $name => list( $label, $help, $type ) ) {
			printf(
				'<tr><th scope="row"><label for="dgos-%1$s">%2$s</label></th><td><input id="dgos-%1$s" name="%1$s" type="%3$s" class="regular-text" value="%4$s"%5$s><p class="description">%6$s</p></td></tr>',
				esc_attr( $name ),
				esc_html( $label ),
				esc_attr( $type ),
				esc_attr( (string) $this->settings->get( $name ) ),
				'number' === $type ? ' min="0" max="1000000"' : ' maxlength="300"',
				esc_html( $help )
			);
		}
		echo '</table>';
		submit_button( __( 'Save', 'dgos' ) );
		echo '</form>';
	}

	/** Gives back the titles of the blogs that are shown. */
	private function render_blogs(): array {
		$kept = array_slice( $this->blog_mirrors->kept_by( $this->keys->get( 'member' )->key ), 0, self::BLOGS_MAX );
		/* translators: %d: number of blogs. */
		echo '<h2>' . esc_html( sprintf( _n( '%d blog is mirrored here', '%d blogs are mirrored here', count( $kept ), 'dgos' ), count( $kept ) ) ) . '</h2>';
		if ( ! $kept ) {
			echo '<p>' . esc_html__( 'Blogs come when their head signers choose this member, which takes a day or so.', 'dgos' ) . '</p>';
			return array();
		}
		echo '<table class="widefat striped"><thead><tr>';
		foreach ( array( __( 'Blog', 'dgos' ), __( 'State', 'dgos' ), __( 'Newest copy', 'dgos' ), __( 'Posts', 'dgos' ), __( 'Refused', 'dgos' ) ) as $title ) {
			echo '<th scope="col">' . esc_html( $title ) . '</th>';
		}
		echo '</tr></thead><tbody>';
		$titles = array();
		foreach ( $kept as $id ) {
			$blog  = $this->ledger->blog( $id );
			$chain = DGOS_Roots::chain( $id, $blog->root );
			if ( null === $chain ) {
				continue;
			}
			$titles[ $id ] = $chain->current->payload->title;
			printf(
				'<tr><td><bdi>%s</bdi><br><a href="%s" rel="noreferrer">%s</a><br><code>%s</code></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>',
				esc_html( $chain->current->payload->title ),
				esc_url( $chain->current->payload->addresses[0] ),
				esc_html( $chain->current->payload->addresses[0] ),
				esc_html( $id ),
				esc_html( $this->ledger->state( $id )['state'] ),
				esc_html( self::copy_of( $blog, $this->clock->now_ms() ) ),
				esc_html( number_format_i18n( count( $blog->post ) ) ),
				esc_html( self::refused( $this->refusals, $blog ) )
			);
		}
		echo '</tbody></table>';
		return $titles;
	}

	/** How old the newest copy of a blog is, and what it means where its captures stopped. */
	private static function copy_of( DGOS_Blog_Objects $blog, int $now_ms ): string {
		$snapshot = DGOS_Heads::current_snapshot( $blog, $now_ms );
		if ( null === $snapshot ) {
			return __( 'None yet: whoever captures the blog put aside what it found, or has not looked. Its author is told why.', 'dgos' );
		}
		$head = DGOS_Heads::current( $blog, $now_ms );
		/* translators: %s: time span such as "2 hours". */
		$age = sprintf( __( '%s old.', 'dgos' ), human_time_diff( intdiv( $snapshot->snapshot->payload->time, 1000 ), intdiv( $now_ms, 1000 ) ) );
		if ( null !== $head && $head->payload->time < $now_ms - self::SILENT_MS ) {
			$age .= ' ' . __( 'Whoever captures it has been silent for a day; the next in order takes over.', 'dgos' );
		}
		return $age;
	}

	/** What of a blog is refused here, in words. */
	private static function refused( DGOS_Refusals $refusals, DGOS_Blog_Objects $blog ): string {
		if ( $refusals->refuses_blog( $blog ) ) {
			return __( 'all of it', 'dgos' );
		}
		$posts = count( $refusals->refused_posts( $blog ) );
		/* translators: %d: number of posts. */
		return 0 === $posts ? '' : sprintf( _n( '%d post', '%d posts', $posts, 'dgos' ), $posts );
	}

	/**
	 * Offers the blogs that are kept here by their titles.
	 *
	 * @param array $titles Blog => title.
	 */
	private function render_refuse( array $titles ): void {
		echo '<h2>' . esc_html__( 'Refuse', 'dgos' ) . '</h2><p>' . esc_html__( 'Your refusal is signed and public, so that readers and other members go elsewhere. It covers a whole blog, or one post of it. You can take it back.', 'dgos' ) . '</p>';
		DGOS_Admin::form( 'refuse', self::TAB );
		echo '<table class="form-table" role="presentation">';
		printf( '<tr><th scope="row"><label for="dgos-refuse-blog">%s</label></th><td><input type="text" id="dgos-refuse-blog" name="blog" class="large-text code" list="dgos-kept" required pattern="[0-9a-f]{64}" maxlength="64"><datalist id="dgos-kept">', esc_html__( 'Id of the blog', 'dgos' ) );
		foreach ( $titles as $id => $title ) {
			printf( '<option value="%s">%s</option>', esc_attr( $id ), esc_html( $title ) );
		}
		echo '</datalist></td></tr>';
		printf( '<tr><th scope="row"><label for="dgos-refuse-post">%s</label></th><td><input type="text" id="dgos-refuse-post" name="post" class="large-text code" pattern="[0-9a-f]{64}" maxlength="64"></td></tr>', esc_html__( 'Id of one post (or empty: the whole blog)', 'dgos' ) );
		printf( '<tr><th scope="row"><label for="dgos-refuse-reason">%s</label></th><td><select id="dgos-refuse-reason" name="reason">', esc_html__( 'Reason', 'dgos' ) );
		$reasons = array(
			'operator' => __( 'I do not want it here', 'dgos' ),
			'law'      => __( 'The law forbids it here', 'dgos' ),
			'abuse'    => __( 'It abuses the network', 'dgos' ),
		);
		foreach ( $reasons as $value => $label ) {
			printf( '<option value="%s">%s</option>', esc_attr( $value ), esc_html( $label ) );
		}
		echo '</select></td></tr></table>';
		printf( '<p><label><input type="checkbox" name="lifted" value="1"> %s</label></p>', esc_html__( 'Take an earlier refusal back', 'dgos' ) );
		submit_button( __( 'Sign it', 'dgos' ), 'secondary' );
		echo '</form>';
	}

	private function render_leave(): void {
		$leaving = (bool) $this->settings->get( 'leaving' );
		echo '<h2 id="dgos-leave">' . esc_html__( 'Leave the network', 'dgos' ) . '</h2><p>' . esc_html(
			$leaving
				? __( 'This member leaves. The blogs that are mirrored here move to other members one by one, which takes some days; until then they are still handed out. Once none is left, the plugin can be deleted without harm to them.', 'dgos' )
				: __( 'The other members are told that this one goes: no new blog comes here, and those that are mirrored here move to other members one by one, which takes some days. Your own blog stays protected as long as the plugin is active. Before you delete the plugin, leave, and wait until no blog is mirrored here any more.', 'dgos' )
		) . '</p>';
		DGOS_Admin::form( 'leave', self::TAB );
		if ( $leaving ) {
			echo '<input type="hidden" name="stay" value="1">';
		} else {
			printf( '<p><label><input type="checkbox" name="meant" value="1" required> %s</label></p>', esc_html__( 'I mean it: other members shall take over.', 'dgos' ) );
		}
		submit_button( $leaving ? __( 'Stay after all', 'dgos' ) : __( 'Leave the network', 'dgos' ), 'secondary', 'submit', false );
		echo '</form>';
	}

	private function render_log(): void {
		echo '<h2>' . esc_html__( 'Served lately', 'dgos' ) . '</h2>';
		$log = $this->allowance->log();
		if ( ! $log ) {
			echo '<p>' . esc_html__( 'Nothing yet.', 'dgos' ) . '</p>';
			return;
		}
		echo '<table class="widefat striped"><thead><tr>';
		foreach ( array( __( 'When', 'dgos' ), __( 'What', 'dgos' ), __( 'Name', 'dgos' ), __( 'Size', 'dgos' ) ) as $title ) {
			echo '<th scope="col">' . esc_html( $title ) . '</th>';
		}
		echo '</tr></thead><tbody>';
		foreach ( $log as list( $time, $kind, $name, $bytes ) ) {
			printf( '<tr><td>%s</td><td>%s</td><td><code>%s</code></td><td>%s</td></tr>', esc_html( wp_date( 'Y-m-d H:i', $time ) ), esc_html( $kind ), esc_html( $name ), esc_html( (string) size_format( $bytes, 1 ) ) );
		}
		echo '</tbody></table><p class="description">' . esc_html__( 'To whom is not noted.', 'dgos' ) . '</p>';
	}
}
