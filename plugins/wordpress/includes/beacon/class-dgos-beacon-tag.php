<?php
/**
 * The beacon on this site's pages: one tag a page, in the footer, however many blocks, widgets and shortcodes ask for it;
 * a roll leaves a place in the text. Its files are the plugin's own. No `integrity`: they lie on this host, and a cache
 * that shortens scripts would end them; the parts carry their hashes in any case.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Collects during a page and prints at its end.
 */
final class DGOS_Beacon_Tag {

	const FILE = 'assets/beacon.js';
	/** Where the roll stands: the first place of a page. */
	const PLACE = 'dgos-roll-place';

	/**
	 * What was asked for on this page: {modes, linked, pins}; null where nothing was.
	 *
	 * @var array|null
	 */
	private static $asked = null;

	/** Prints what was asked for. */
	public static function add_hooks(): void {
		add_action( 'wp_footer', array( self::class, 'print_tag' ) );
	}

	/**
	 * Asks for a beacon. Returns what stands at this place of the page: '' for most, and nothing at all where there are no pins.
	 *
	 * @param array $choice {mode: words with spaces or commas between, show: "linked" or '', pins: "joined", "chosen" or ''}.
	 */
	public static function ask( array $choice ): string {
		$which = is_string( $choice['pins'] ?? null ) ? $choice['pins'] : '';
		if ( is_feed() || null === DGOS_Beacon_Pins::of( $which ) || ! is_file( DGOS_FOLDER . self::FILE ) ) {
			return '';
		}
		$modes  = DGOS_Beacon_Modes::read( is_string( $choice['mode'] ?? null ) ? $choice['mode'] : '' );
		$before = self::$asked ?? array(
			'modes'  => array(),
			'linked' => true,
			'pins'   => $which,
		);

		self::$asked = array(
			'modes'  => array_values( array_intersect( DGOS_Beacon_Modes::NAMES, array_merge( $before['modes'], $modes ) ) ),
			'linked' => $before['linked'] && 'linked' === ( $choice['show'] ?? '' ),
			'pins'   => '' === $before['pins'] ? $which : $before['pins'],
		);
		return in_array( 'roll', $modes, true ) ? '<div class="' . self::PLACE . '"></div>' : '';
	}

	/** The tag, once. */
	public static function print_tag(): void {
		$pins = null === self::$asked ? null : DGOS_Beacon_Pins::of( self::$asked['pins'] );
		if ( null === $pins ) {
			return;
		}
		$fields = array(
			'data-mode'    => implode( ' ', self::$asked['modes'] ),
			'data-network' => $pins['network'],
			'data-members' => DGOS_Beacon_Pins::text( $pins ),
		);
		if ( self::$asked['linked'] ) {
			$fields['data-show'] = 'linked';
		}
		if ( in_array( 'roll', self::$asked['modes'], true ) ) {
			$fields['data-roll'] = '.' . self::PLACE;
		}
		wp_print_script_tag( self::attributes( self::FILE ) + $fields );
		self::$asked = null;
	}

	/** Attributes of a script of ours that finds itself by `document.currentScript`: what joins and delays scripts leaves it alone. */
	public static function attributes( string $file ): array {
		return array(
			'src'              => plugins_url( $file, DGOS_FILE ) . '?ver=' . substr( (string) hash_file( 'sha256', DGOS_FOLDER . $file ), 0, 16 ),
			'async'            => true,
			'data-cfasync'     => 'false',
			'data-no-optimize' => '1',
			'data-no-minify'   => '1',
		);
	}
}
