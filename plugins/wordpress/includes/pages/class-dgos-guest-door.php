<?php
/**
 * The addresses of guest spaces: `/dgos/guest/<name>/` for readers, `begin` and `write` below it for the friend. No script,
 * no session, no cookie: each post carries the passphrase.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Finds the space and answers.
 */
final class DGOS_Guest_Door {

	/** Tries of one network of addresses in a minute. */
	const TRIES = 20;

	const PATH = '#^/dgos/guest/([a-z0-9-]{1,60})(?:/(begin|write)?)?$#D';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Guests */
	private $guests;
	/** @var DGOS_Rates */
	private $rates;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Guests $guests, DGOS_Rates $rates ) {
		$this->guests = $guests;
		$this->rates  = $rates;
	}

	/** The answer, where the path is a guest's; else null. */
	public function answer( string $path ): ?array {
		if ( 1 !== preg_match( self::PATH, $path, $match ) ) {
			return null;
		}
		$space = $this->guests->of( $match[1] );
		if ( null === $space ) {
			return DGOS_Reader_Answers::not_found( home_url( '/' ) );
		}
		$posted = isset( $_SERVER['REQUEST_METHOD'] ) && 'POST' === $_SERVER['REQUEST_METHOD'];
		if ( '' === ( $match[2] ?? '' ) ) {
			return DGOS_Guest_Page::posts( $match[1], $space, $this->guests );
		}
		if ( $posted && $this->wait_ms() > 0 ) {
			return DGOS_Guest_Page::words( $match[1], $space, __( 'Too many tries from where you are. Wait a minute.', 'dgos' ), 429 );
		}
		return 'begin' === $match[2] ? $this->begin( $match[1], $space, $posted ) : $this->write( $match[1], $space, $posted );
	}

	/** The link opens a page with one button: mail programs that look at links do not spend it. */
	private function begin( string $slug, array $space, bool $posted ): array {
		if ( ! $posted ) {
			return DGOS_Guest_Page::begin( $slug, $space, $this->field( $_GET, 'k' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- The link is the proof.
		}
		$passphrase = $this->guests->begin( $slug, $this->field( $_POST, 'k' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- The link is the proof.
		if ( null === $passphrase ) {
			return DGOS_Guest_Page::words( $slug, $space, __( 'This link was used before, or is too old. Ask for a new one.', 'dgos' ), 403 );
		}
		return DGOS_Guest_Page::passphrase( $slug, $space, $passphrase );
	}

	private function write( string $slug, array $space, bool $posted ): array {
		$mirror = $this->guests->mirror( $space );
		if ( null !== $mirror ) {
			return DGOS_Guest_Page::words( $slug, $space, __( 'Your blog is in the network now. Post through its own form: what you write there is signed by you and kept by all its mirrors.', 'dgos' ), 403, $mirror );
		}
		// phpcs:disable WordPress.Security.NonceVerification -- The passphrase is the proof.
		$typed = array(
			'title' => $this->field( $_POST, 'title' ),
			'text'  => $this->field( $_POST, 'text' ),
		);
		if ( ! $posted ) {
			return DGOS_Guest_Page::write( $slug, $space, $typed, '' );
		}
		if ( ! $this->guests->knows( $slug, $this->field( $_POST, 'passphrase' ) ) ) {
			return DGOS_Guest_Page::write( $slug, $space, $typed, __( 'That is not the passphrase of this space. What you wrote is still here.', 'dgos' ) );
		}
		// phpcs:enable
		if ( ! $this->guests->write( $slug, $typed['title'], $typed['text'] ) ) {
			return DGOS_Guest_Page::write( $slug, $space, $typed, __( 'There is no text yet.', 'dgos' ) );
		}
		$answer = DGOS_Reader_Answers::redirect( DGOS_Guests::url( $slug ) );

		$answer['status'] = 303;
		return $answer;
	}

	private function field( array $from, string $name ): string {
		return isset( $from[ $name ] ) && is_string( $from[ $name ] ) ? (string) wp_unslash( $from[ $name ] ) : '';
	}

	private function wait_ms(): int {
		$remote = isset( $_SERVER['REMOTE_ADDR'] ) ? sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ) ) : '';
		return $this->rates->take( $remote, self::TRIES, 1, 'tries' );
	}
}
