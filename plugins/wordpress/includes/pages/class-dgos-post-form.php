<?php
/**
 * The door for authors at `/dgos/post/`: the form of every member (activation/doors/form), which unlocks the outage key in
 * the browser, signs there and sends to this member's own interface; and signed files, which need no script.
 *
 * The script is the plugin's own file, named with its hash. Nothing here reads or sets a cookie, and nobody is logged in:
 * what counts is the signature.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Shows the form and takes files.
 */
final class DGOS_Post_Form {

	/** A signed file: see docs/doors.md. */
	const FILE_BYTES_MAX   = 33554432;
	const FILE_OBJECTS_MAX = 64;
	/** Files of one network of addresses in a minute. */
	const TRIES = 30;

	const PATH = '#^/dgos/post(?:/(.*))?$#Ds';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Api */
	private $api;
	/** @var DGOS_Rates */
	private $rates;
	/** @var DGOS_Settings */
	private $settings;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Api $api, DGOS_Rates $rates, DGOS_Settings $settings ) {
		$this->ledger   = $ledger;
		$this->api      = $api;
		$this->rates    = $rates;
		$this->settings = $settings;
	}

	/** The answer, where the path is the form's; else null. */
	public function answer( string $path ): ?array {
		if ( 1 !== preg_match( self::PATH, $path, $match ) || ! $this->ledger->joined() ) {
			return null;
		}
		// phpcs:disable WordPress.Security.NonceVerification, WordPress.Security.ValidatedSanitizedInput -- No session: files are judged by their signatures; the blog's name by a grammar.
		$asked  = isset( $_GET['blog'] ) && is_string( $_GET['blog'] ) ? (string) wp_unslash( $_GET['blog'] ) : rawurldecode( rtrim( $match[1] ?? '', '/' ) );
		$method = isset( $_SERVER['REQUEST_METHOD'] ) ? (string) $_SERVER['REQUEST_METHOD'] : 'GET';
		if ( 'POST' === $method ) {
			$remote  = isset( $_SERVER['REMOTE_ADDR'] ) ? (string) wp_unslash( $_SERVER['REMOTE_ADDR'] ) : '';
			$wait_ms = $this->rates->take( $remote, self::TRIES, 1, 'files' );
			$file    = isset( $_FILES['file']['tmp_name'] ) && is_string( $_FILES['file']['tmp_name'] ) && is_uploaded_file( $_FILES['file']['tmp_name'] ) ? $_FILES['file']['tmp_name'] : '';
			$said    = $wait_ms > 0 ? self::refused( __( 'Too many files from where you are, which you may share with others. Wait a minute.', 'dgos' ) ) : $this->take( $file );
			$answer  = DGOS_Reader_Answers::form( $this->document( $this->taken( $said ), false ), $this->policy(), $wait_ms > 0 ? 429 : ( $said['good'] ? 200 : 422 ) );

			$answer['headers'] += $wait_ms > 0 ? array( 'retry-after' => (string) (int) ceil( $wait_ms / 1000 ) ) : array();
			return $answer;
		}
		// phpcs:enable
		return DGOS_Reader_Answers::form( $this->document( $this->steps( $asked ), true ), $this->policy() );
	}

	/** Hands the objects and images of an uploaded file to the interface, as any client would: {good, words}. */
	private function take( string $path ): array {
		// phpcs:disable WordPress.WP.AlternativeFunctions -- An upload.
		$no_file = __( 'This is not a signed file, or it is too large. Choose the .dgos file that your kit saved.', 'dgos' );
		if ( '' === $path || filesize( $path ) > self::FILE_BYTES_MAX ) {
			return self::refused( $no_file );
		}
		// Large files are read whole only where their beginning shows a blog that is known here.
		$blog = filesize( $path ) > DGOS_Upload_Beginning::BYTES ? DGOS_Upload_Beginning::blog( (string) file_get_contents( $path, false, null, 0, DGOS_Upload_Beginning::BYTES ) ) : '';
		if ( null === $blog || ( '' !== $blog && ! $this->ledger->blog( $blog )->root ) ) {
			return self::refused( null === $blog ? $no_file : DGOS_Codes::MESSAGES['UNKNOWN_BLOG'] );
		}
		$file = DGOS_Json::read( (string) file_get_contents( $path ), 40 );
		// phpcs:enable
		if ( ! is_object( $file ) || ! is_array( $file->objects ?? null ) || count( $file->objects ) > self::FILE_OBJECTS_MAX ) {
			return self::refused( $no_file );
		}
		$answer = $this->ask( 'POST', '/dgos/v1/objects', (string) wp_json_encode( array( 'objects' => $file->objects ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
		$words  = array();
		$good   = 0;
		$body   = json_decode( $answer['body'] );
		foreach ( $body->answers ?? array() as $reply ) {
			if ( 'refused' === $reply->result ) {
				$words[] = trim( ( $reply->code ?? '' ) . ' ' . ( $reply->message ?? '' ) );
			} else {
				++$good;
			}
		}
		foreach ( $good > 0 ? (array) ( $file->blobs ?? array() ) : array() as $hash => $base64 ) {
			$bytes = DGOS_Bytes::is_hash( (string) $hash ) && is_string( $base64 ) ? base64_decode( $base64, true ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- The file's form.
			if ( false === $bytes || $this->ask( 'PUT', "/dgos/v1/blobs/$hash", $bytes )['status'] >= 300 ) {
				/* translators: %s: the beginning of an image's hash. */
				$words[] = sprintf( __( 'The image %s was not taken.', 'dgos' ), substr( (string) $hash, 0, 12 ) );
			}
		}
		if ( 200 !== $answer['status'] ) {
			$words[] = (string) ( $body->message ?? $body->error ?? __( 'It was refused.', 'dgos' ) );
		}
		return array(
			'good'  => $good > 0,
			'words' => $words,
		);
	}

	private static function refused( string $words ): array {
		return array(
			'good'  => false,
			'words' => array( $words ),
		);
	}

	private function ask( string $method, string $path, string $body ): array {
		$request = DGOS_Fast_Path::request( $method, $path, $body );

		$request['query']  = array();
		$request['length'] = strlen( $body );
		return $this->api->handle( $request );
	}

	private function taken( array $said ): string {
		$out = '<header class="intro"><h1>' . ( $said['good'] ? esc_html__( 'Handed in', 'dgos' ) : esc_html__( 'Not taken', 'dgos' ) ) . '</h1></header>';
		foreach ( $said['words'] as $word ) {
			$out .= '<div class="notice ' . ( $said['good'] ? 'warn' : 'alarm' ) . '"><p>' . esc_html( $word ) . '</p></div>';
		}
		$out .= $said['good'] ? '<p>' . esc_html__( 'It is on this member’s disk, and the other mirrors get it from here.', 'dgos' ) . '</p>' : '';
		return $out . '<p><a class="button quiet" href="' . esc_url( self::url() ) . '">' . esc_html__( 'Back to the form', 'dgos' ) . '</a></p>';
	}

	/** The parts of the page as the script wants them. */
	private function steps( string $asked ): string {
		$file = DGOS_FOLDER . 'assets/form.html';
		$html = is_file( $file ) ? (string) file_get_contents( $file ) : ''; // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of ours.
		if ( '' === $html ) {
			return '<p>' . esc_html__( 'This copy of the plugin was not built: its form is missing. Post at another member.', 'dgos' ) . '</p>';
		}
		$value = esc_attr( substr( $asked, 0, 300 ) );
		return str_replace( array( 'action="/post"', 'name="blog" value=""' ), array( 'action="' . esc_url( self::url() ) . '"', 'name="blog" value="' . $value . '"' ), $html );
	}

	private function document( string $main, bool $script ): string {
		$file      = DGOS_FOLDER . 'assets/form.js';
		$integrity = is_file( $file ) ? 'sha256-' . base64_encode( hash_file( 'sha256', $file, true ) ) : ''; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- The form of integrity.
		$tag = $script && '' !== $integrity ? '<script type="module" src="' . esc_url( self::asset( 'form.js' ) ) . '" integrity="' . esc_attr( $integrity ) . '"></script>' : ''; // phpcs:ignore WordPress.WP.EnqueuedResources -- A page without a theme.
		$name = (string) $this->settings->get( 'name' );
		return '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="' . esc_attr( $this->policy() ) . '">'
			. '<meta name="viewport" content="width=device-width,initial-scale=1"><title>' . esc_html__( 'Post while your blog is down', 'dgos' ) . '</title><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'
			. '<meta name="dgos-member" content="' . esc_attr( (string) wp_parse_url( DGOS_Site_Address::member(), PHP_URL_PATH ) ) . '">'
			. '<link rel="stylesheet" href="' . esc_url( self::asset( 'form.css' ) ) . '">' . $tag // phpcs:ignore WordPress.WP.EnqueuedResources -- A page without a theme.
			. '</head><body><a class="skip" href="#main">Skip to content</a><main id="main"><p class="top small soft">Member <a href="' . esc_url( home_url( '/' ) ) . '">' . esc_html( '' === $name ? get_bloginfo( 'name' ) : $name ) . "</a></p>$main"
			. '<footer class="foot"><p>The script of this page: <code>' . esc_html( $integrity ) . '</code>. It is the same on every member.</p></footer></main></body></html>';
	}

	/** One script and one style of ours; requests to this member only. */
	private function policy(): string {
		$site = 1 === preg_match( '#^https?://[^/]+#', home_url( '/' ), $origin ) ? $origin[0] : '';
		return "default-src 'none'; script-src " . self::asset( 'form.js' ) . '; style-src ' . self::asset( 'form.css' ) . "; img-src $site blob:; connect-src $site; form-action " . self::url() . "; base-uri 'none'";
	}

	private static function asset( string $name ): string {
		return plugins_url( "assets/$name", DGOS_FILE );
	}

	private static function url(): string {
		return DGOS_Site_Address::pages() . 'post/';
	}
}
