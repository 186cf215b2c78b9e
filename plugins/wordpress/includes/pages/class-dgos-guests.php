<?php
/**
 * Manual mode: guest spaces that the owner gives to named friends, with or without a network.
 *
 *   the owner opens a space -> a link that works once -> the friend begins with it and gets a passphrase -> posts
 *
 * When the friend's blog is in the network, its mirror page takes over under the same roof; what was written stays.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept in two kinds of options that are not loaded with pages: the spaces, and the posts of each. Only hashes of links and
 * passphrases are kept.
 */
final class DGOS_Guests {

	const SPACES       = 'dgos_guests';
	const POSTS        = 'dgos_guest_posts_';
	const SPACES_MAX   = 50;
	const POSTS_MAX    = 200;
	const LINK_SECONDS = 1209600; // Two weeks.

	/** Letters and digits that nobody mistakes for each other. */
	const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger ) {
		$this->ledger = $ledger;
	}

	/** Spaces by slug: {name, address, link, until, key, opened}. */
	public function all(): array {
		$kept = get_option( self::SPACES, array() );
		return is_array( $kept ) ? $kept : array();
	}

	/** A space, or null. */
	public function of( string $slug ): ?array {
		return $this->all()[ $slug ] ?? null;
	}

	/**
	 * Opens a space for a friend, or gives the friend of one that is there a new link. Returns {slug, token} or a WP_Error.
	 *
	 * @param string $name    Of the friend.
	 * @param string $address Of the friend's blog; may be empty.
	 */
	public function open( string $name, string $address ) {
		$name = trim( sanitize_text_field( $name ) );
		$slug = substr( sanitize_title( $name ), 0, 60 );
		if ( '' === $slug || 1 !== preg_match( '/^[a-z0-9-]+$/D', $slug ) ) {
			return new WP_Error( 'dgos_guest_name', __( 'Give your friend a name with some plain letters in it: it becomes part of the address.', 'dgos' ) );
		}
		$address = '' === $address ? '' : trailingslashit( esc_url_raw( trim( $address ), array( 'http', 'https' ) ) );
		$spaces  = $this->all();
		if ( ! isset( $spaces[ $slug ] ) && count( $spaces ) >= self::SPACES_MAX ) {
			return new WP_Error( 'dgos_guest_many', __( 'There are 50 guest spaces already. Close one first.', 'dgos' ) );
		}
		$token           = self::secret( 32 );
		$spaces[ $slug ] = array(
			'name'    => $name,
			'address' => '/' === $address ? '' : $address,
			'link'    => hash( 'sha256', $token ),
			'until'   => time() + self::LINK_SECONDS,
			'key'     => $spaces[ $slug ]['key'] ?? '',
			'opened'  => $spaces[ $slug ]['opened'] ?? time(),
		);
		update_option( self::SPACES, $spaces, false );
		return compact( 'slug', 'token' );
	}

	/** The passphrase for whoever holds the link, which then is spent; null where it is not the link, or too old. */
	public function begin( string $slug, string $token ): ?string {
		$spaces = $this->all();
		$space  = $spaces[ $slug ] ?? null;
		if ( null === $space || '' === $space['link'] || $space['until'] < time() || ! hash_equals( $space['link'], hash( 'sha256', $token ) ) ) {
			return null;
		}
		$passphrase = implode( '-', str_split( self::secret( 20 ), 5 ) );

		$spaces[ $slug ]['link'] = '';
		$spaces[ $slug ]['key']  = password_hash( $passphrase, PASSWORD_DEFAULT );
		update_option( self::SPACES, $spaces, false );
		return $passphrase;
	}

	/** Whether the passphrase is the friend's. A space without one takes as long to say no. */
	public function knows( string $slug, string $passphrase ): bool {
		$key = $this->of( $slug )['key'] ?? '';
		return password_verify( strtolower( trim( $passphrase ) ), '' === $key ? '$2y$10$abcdefghijklmnopqrstuuB1ZJtH0b9M2hJtYzWbZ5T2N0xkYV3S6' : $key );
	}

	/** Posts of a space, newest first: {id, title, html, published}. */
	public function posts( string $slug ): array {
		$kept = get_option( self::POSTS . $slug, array() );
		return is_array( $kept ) ? $kept : array();
	}

	/** Keeps a post of the friend's. The text becomes html of the normal form. */
	public function write( string $slug, string $title, string $text ): bool {
		$html = DGOS_Guest_Text::html( $text );
		if ( '' === $html || null === $this->of( $slug ) ) {
			return false;
		}
		$post = array(
			'id'        => bin2hex( random_bytes( 8 ) ),
			'title'     => self::line( $title ),
			'html'      => $html,
			'published' => time(),
		);
		$posts = array_slice( array_merge( array( $post ), $this->posts( $slug ) ), 0, self::POSTS_MAX );
		return update_option( self::POSTS . $slug, $posts, false );
	}

	/** Takes a post away. */
	public function drop( string $slug, string $id ): void {
		$posts = array_values( array_filter( $this->posts( $slug ), static fn ( $post ) => $post['id'] !== $id ) );
		update_option( self::POSTS . $slug, $posts, false );
	}

	/** Closes a space with everything in it. */
	public function close( string $slug ): void {
		$spaces = $this->all();
		unset( $spaces[ $slug ] );
		update_option( self::SPACES, $spaces, false );
		delete_option( self::POSTS . $slug );
	}

	/** The mirror page of a friend whose blog has joined the network, else null. */
	public function mirror( array $space ): ?string {
		if ( '' === $space['address'] || ! $this->ledger->joined() || 1 !== preg_match( DGOS_Addresses::ADDRESS, $space['address'] ) ) {
			return null;
		}
		$host = DGOS_Addresses::host_path( $space['address'] );
		return null === $this->ledger->by_host( $host ) ? null : DGOS_Site_Address::pages() . "m/$host/";
	}

	/** Where a space stands. */
	public static function url( string $slug ): string {
		return DGOS_Site_Address::pages() . "guest/$slug/";
	}

	/** One line of text, escaped where it is shown. */
	private static function line( string $text ): string {
		return trim( mb_substr( (string) preg_replace( '/[\x00-\x1f\x7f]+/', ' ', wp_check_invalid_utf8( $text, true ) ), 0, 300 ) );
	}

	private static function secret( int $length ): string {
		$out = '';
		while ( strlen( $out ) < $length ) {
			$out .= self::LETTERS[ random_int( 0, strlen( self::LETTERS ) - 1 ) ];
		}
		return $out;
	}
}
