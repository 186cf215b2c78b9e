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
final class DGOS_Guest_Front {

	/** Tries of one network of addresses in a minute. */
	const TRIES = 20;

	/** Beside the pages for readers. */
	public function add_hooks(): void {
		add_action( 'parse_request', array( $this, 'answer' ), 1 );
	}

	/** Answers and ends, where the path is a guest's; else nothing. */
	public function answer(): void {
		if ( 1 !== preg_match( '#^/dgos/guest/([a-z0-9-]{1,60})(?:/(begin|write)?)?$#D', DGOS_Reader_Front::path(), $match ) ) {
			return;
		}
		$guests = new DGOS_Guests();
		$space  = $guests->of( $match[1] );
		if ( null === $space ) {
			DGOS_Reader_Front::send( DGOS_Reader_Answers::not_found( home_url( '/' ) ) );
		}
		$posted = isset( $_SERVER['REQUEST_METHOD'] ) && 'POST' === $_SERVER['REQUEST_METHOD'];
		if ( '' === ( $match[2] ?? '' ) ) {
			DGOS_Reader_Front::send( DGOS_Guest_Page::posts( $match[1], $space, $guests ) );
		}
		if ( $posted && $this->wait_ms() > 0 ) {
			DGOS_Reader_Front::send( DGOS_Guest_Page::words( $match[1], $space, __( 'Too many tries from where you are. Wait a minute.', 'dgos' ), 429 ) );
		}
		if ( 'begin' === $match[2] ) {
			DGOS_Reader_Front::send( $this->begin( $match[1], $space, $guests, $posted ) );
		}
		DGOS_Reader_Front::send( $this->write( $match[1], $space, $guests, $posted ) );
	}

	/** The link opens a page with one button: mail programs that look at links do not spend it. */
	private function begin( string $slug, array $space, DGOS_Guests $guests, bool $posted ): array {
		if ( ! $posted ) {
			return DGOS_Guest_Page::begin( $slug, $space, $this->field( $_GET, 'k' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- The link is the proof.
		}
		$passphrase = $guests->begin( $slug, $this->field( $_POST, 'k' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- The link is the proof.
		if ( null === $passphrase ) {
			return DGOS_Guest_Page::words( $slug, $space, __( 'This link was used before, or is too old. Ask for a new one.', 'dgos' ), 403 );
		}
		return DGOS_Guest_Page::passphrase( $slug, $space, $passphrase );
	}

	private function write( string $slug, array $space, DGOS_Guests $guests, bool $posted ): array {
		$mirror = $guests->mirror( $space );
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
		if ( ! $guests->knows( $slug, $this->field( $_POST, 'passphrase' ) ) ) {
			return DGOS_Guest_Page::write( $slug, $space, $typed, __( 'That is not the passphrase of this space. What you wrote is still here.', 'dgos' ) );
		}
		// phpcs:enable
		if ( ! $guests->write( $slug, $typed['title'], $typed['text'] ) ) {
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
		return DGOS_Plugin::instance()->rates()->take( $remote, self::TRIES );
	}
}
