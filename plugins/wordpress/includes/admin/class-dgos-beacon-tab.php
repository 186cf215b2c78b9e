<?php
/**
 * Notice for readers: whose word the beacon takes, how it is put on a page, and this blog's own worker.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * One tab; its forms go through DGOS_Admin.
 */
final class DGOS_Beacon_Tab {

	const TAB = 'beacon';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog ) {
		$this->ledger   = $ledger;
		$this->own_blog = $own_blog;
	}

	/** What this screen shows and does. */
	public function register(): void {
		DGOS_Admin::add_tab( self::TAB, __( 'Notice for readers', 'dgos' ), array( $this, 'render' ) );
		DGOS_Admin::on( 'beacon_pins', array( $this, 'choose' ) );
		DGOS_Admin::on( 'beacon_worker', array( $this, 'set_worker' ) );
	}

	/**
	 * Takes a pasted tag, or takes it away.
	 *
	 * @return string|WP_Error
	 */
	public function choose( array $fields ) {
		$tag = is_string( $fields['tag'] ?? null ) ? $fields['tag'] : '';
		if ( ! DGOS_Beacon_Pins::choose( $tag ) ) {
			return new WP_Error( 'BAD_FIELDS', __( 'That is no tag with a network and at least two members. Copy it again from the page /beacon of a member.', 'dgos' ) );
		}
		return '' === trim( $tag ) ? __( 'Forgotten. Nothing of it stands on your pages any more.', 'dgos' ) : __( 'Taken. Now put the beacon on a page.', 'dgos' );
	}

	/** The worker of this blog, on or off. */
	public function set_worker( array $fields ): string {
		$wanted = '1' === ( $fields['worker'] ?? '' );
		DGOS_Beacon_Pins::set_worker( $wanted );
		return $wanted ? __( 'On. Readers who come back get it with their next page.', 'dgos' ) : __( 'Off. Browsers that have it remove it when their readers come by.', 'dgos' );
	}

	/** The tab. */
	public function render(): void {
		DGOS_Beacon_Pins::renew( $this->ledger, $this->own_blog );
		echo '<p>' . esc_html__( 'The beacon tells your readers when a blog of the network is down, and leads them to a living copy. It sets no cookie and asks about no single blog before a reader follows the link.', 'dgos' ) . '</p>';
		$this->render_members();
		$this->render_places();
		$this->render_chosen();
		$this->render_worker();
	}

	private function render_members(): void {
		$pins = DGOS_Beacon_Pins::of();
		echo '<h2>' . esc_html__( 'Whose word it takes', 'dgos' ) . '</h2>';
		if ( null === $pins ) {
			echo '<p>' . esc_html__( 'Nobody’s yet, so nothing is printed on your pages. Join a network, or paste a tag below.', 'dgos' ) . '</p>';
			return;
		}
		echo '<p>' . esc_html__( 'Your readers’ browsers ask two of these members at a time, and believe what two of them say:', 'dgos' ) . '</p><ul class="ul-disc">';
		foreach ( $pins['members'] as list( $url ) ) {
			printf( '<li><code>%s</code></li>', esc_html( $url ) );
		}
		echo '</ul>';
	}

	private function render_places(): void {
		echo '<h2>' . esc_html__( 'On your pages', 'dgos' ) . '</h2><ul class="ul-disc">';
		echo '<li>' . esc_html__( 'In the editor of posts, pages or the site: the block “Beacon for downed blogs”.', 'dgos' ) . '</li>';
		echo '<li>' . esc_html__( 'Under Appearance, Widgets: the widget of the same name, if your theme has sidebars.', 'dgos' ) . '</li>';
		/* translators: %s: a shortcode. */
		echo '<li>' . wp_kses( sprintf( __( 'Anywhere else: %s, with one or more of these modes.', 'dgos' ), '<code>[dgos_beacon mode="notice roll"]</code>' ), array( 'code' => array() ) ) . '<ul class="ul-square">';
		foreach ( DGOS_Beacon_Modes::words() as $mode => $words ) {
			printf( '<li><code>%s</code> %s</li>', esc_html( $mode ), esc_html( $words ) );
		}
		echo '</ul></li></ul>';
	}

	private function render_chosen(): void {
		$chosen = DGOS_Beacon_Pins::of( 'chosen' );
		echo '<h2>' . esc_html__( 'Another network’s members', 'dgos' ) . '</h2><p>' . esc_html__( 'To help a network that this site has not joined, copy the tag from the page /beacon of one of its members. Only its network and members are kept; nobody is contacted from here.', 'dgos' ) . '</p>';
		if ( null !== $chosen ) {
			/* translators: %d: number of members. */
			echo '<p>' . esc_html( sprintf( _n( '%d member was chosen by you.', '%d members were chosen by you.', count( $chosen['members'] ), 'dgos' ), count( $chosen['members'] ) ) ) . '</p>';
		}
		DGOS_Admin::form( 'beacon_pins', self::TAB );
		printf( '<p><label for="dgos-beacon-tag">%s</label><br><textarea id="dgos-beacon-tag" name="tag" rows="4" class="large-text code" maxlength="%d" spellcheck="false"></textarea></p>', esc_html__( 'The tag (empty: forget it)', 'dgos' ), (int) DGOS_Beacon_Pins::TEXT_BYTES );
		submit_button( __( 'Take it', 'dgos' ), 'secondary', 'submit', false );
		echo '</form>';
	}

	private function render_worker(): void {
		echo '<h2>' . esc_html__( 'Your own readers', 'dgos' ) . '</h2>';
		if ( null === DGOS_Own_Blog::id() ) {
			echo '<p>' . esc_html__( 'Once this blog is protected, a small program in the browsers of your readers shows them your emergency posts at your own address while your server is gone.', 'dgos' ) . '</p>';
			return;
		}
		$on = DGOS_Beacon_Pins::wants_worker();
		echo '<p>' . esc_html( $on ? __( 'A small program (a service worker) in the browsers of your readers shows them your emergency posts at your own address while your server is gone. It acts only when your blog does not answer.', 'dgos' ) : __( 'The service worker is off. Its address answers with one that removes itself; leave this plugin active for 90 days so that browsers find it.', 'dgos' ) ) . '</p>';
		DGOS_Admin::form( 'beacon_worker', self::TAB );
		printf( '<input type="hidden" name="worker" value="%d">', $on ? 0 : 1 );
		submit_button( $on ? __( 'Switch it off', 'dgos' ) : __( 'Switch it on', 'dgos' ), 'secondary', 'submit', false );
		echo '</form>';
	}
}
