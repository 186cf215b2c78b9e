<?php
/**
 * The author's kit as this blog hands it out: the program, the same for everyone, and behind it where and what to enrol. Keys
 * are made in it, in the author's browser; what it hands in is signed and public.
 *
 * It may hand the signed root in by itself: with a mark that only an administrator's page gives out, valid for a day.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As GET /kit and POST /dgos/v1/join/blog of server/http/routes/kit.ts, for the blog of this site alone.
 */
final class DGOS_Kit {

	const MARK_MS   = 86400000;
	const MARKS_MAX = 20;
	/** Titles that the kit takes. */
	const TITLE_BYTES = 150;
	/** Opened here, the page has an origin of nobody: nothing of this site's session is within its reach, nor the other way round. */
	const SANDBOX = 'sandbox allow-scripts allow-forms allow-downloads allow-modals';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Enrolment */
	private $enrolment;
	/** @var DGOS_Keys */
	private $keys;
	/** @var DGOS_Meta */
	private $meta;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Own_Blog $own_blog, DGOS_Enrolment $enrolment, DGOS_Keys $keys, DGOS_Meta $meta ) {
		$this->ledger    = $ledger;
		$this->own_blog  = $own_blog;
		$this->enrolment = $enrolment;
		$this->keys      = $keys;
		$this->meta      = $meta;
	}

	/** SHA-256 of the program; null where this copy of the plugin was not built. */
	public static function hash(): ?string {
		$program = self::program();
		return null === $program ? null : DGOS_Bytes::sha256( $program );
	}

	/** The kit with the data of this blog; null where there is no program, no network or no address that members could name. */
	public function file(): ?string {
		$program = self::program();
		if ( null === $program || ! $this->ledger->joined() || null === DGOS_Own_Blog::address() ) {
			return null;
		}
		$data = json_encode( $this->start(), JSON_HEX_TAG | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
		return "$program<script type=\"application/json\" id=\"author\">$data</script>\n";
	}

	/** What the kit must be told: KitStart of activation/doors/kit/kit-data.ts. */
	private function start(): array {
		$language = get_bloginfo( 'language' );
		$title    = mb_strcut( DGOS_Blog_Pages::line( get_bloginfo( 'name' ) ), 0, self::TITLE_BYTES );
		$roster   = $this->ledger->roster();
		return array(
			'format'     => 'dgos-kit-start-1',
			'member'     => DGOS_Site_Address::member(),
			'invitation' => $this->mark(),
			'network'    => $this->ledger->network()->id,
			'key'        => $this->keys->get( 'member' )->key,
			'name'       => '' === $title ? (string) wp_parse_url( home_url(), PHP_URL_HOST ) : $title,
			'blog'       => array(
				'address'  => DGOS_Own_Blog::address(),
				'title'    => $title,
				'language' => 1 === preg_match( '/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/D', $language ) ? $language : null,
				'online'   => $this->keys->get( 'online' )->key,
				'mirrors'  => array_map(
					static fn ( $pin ) => array(
						'key'  => $pin[1],
						'name' => $roster->member_of( $pin[1] )->name ?? '',
						'url'  => $pin[0],
					),
					$this->own_blog->pins()
				),
			),
		);
	}

	/** The route by which the kit hands in. */
	public static function routes(): array {
		return array( DGOS_Routes::route( 'POST', 'join/blog', 'take', 20, DGOS_Enrolment::TEXT_BYTES, true ) );
	}

	/** Enrols this blog, where the request bears a mark. The same root again is taken again: an answer may have been lost. */
	public function take( array $request ): array {
		$sent = DGOS_Json::read( $request['body'], 32 );
		$mark = DGOS_Bytes::field( $sent, 'invitation' );
		// Found by its hash, so that the time of an answer tells nothing of it.
		if ( ! is_string( $mark ) || null === $this->meta->get( 'kit:' . DGOS_Bytes::sha256( $mark ) ) ) {
			return self::refused( 400, 'EXPIRED', __( 'This kit is older than a day, or another blog’s. Take a fresh one from the DGOS screen, or give the registration file to that screen.', 'dgos' ) );
		}
		$said = $this->enrolment->take( $request['body'] );
		return is_wp_error( $said ) ? self::refused( 400, (string) $said->get_error_code(), $said->get_error_message() ) : DGOS_Api::json( array( 'blog' => DGOS_Own_Blog::id() ) );
	}

	/** No mark is good any more. */
	public function forget_marks(): void {
		foreach ( array_keys( $this->meta->all( 'kit:' ) ) as $name ) {
			$this->meta->remove( $name );
		}
	}

	/** A fresh mark. Only its hash is kept. */
	private function mark(): string {
		if ( count( $this->meta->all( 'kit:' ) ) >= self::MARKS_MAX ) {
			$this->forget_marks();
		}
		$mark = bin2hex( random_bytes( 16 ) );
		$this->meta->set( 'kit:' . DGOS_Bytes::sha256( $mark ), 1, self::MARK_MS );
		return $mark;
	}

	private static function refused( int $status, string $code, string $message ): array {
		return DGOS_Api::json(
			array(
				'error'   => $code,
				'message' => $message,
			),
			array(),
			$status
		);
	}

	private static function program(): ?string {
		$file = DGOS_FOLDER . 'assets/kit.html';
		$text = is_file( $file ) ? file_get_contents( $file ) : false; // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of ours.
		return false === $text ? null : $text;
	}
}
