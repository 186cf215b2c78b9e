<?php
/**
 * Before the day: this blog names its mirrors where readers and programs keep them. In its feeds, which feed readers keep; in
 * its RSD document, which writing apps read; and as a line for the footer or the about page, wherever the owner puts it.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * As server/http/routes/before.ts, whose texts Node members offer to paste.
 */
final class DGOS_Emergency_Links {

	/** List of [url of the member, its name, whether it has doors for apps]. Not loaded with pages. */
	const OPTION    = 'dgos_mirrors';
	const SHORTCODE = 'dgos_mirrors';
	/** Enough to outlive two, few enough to read. */
	const NAMED_MAX = 3;

	/** A new head names the mirrors. */
	public static function stored( stdClass $object, DGOS_Ledger $ledger ): void {
		if ( 'head' === $object->kind && null !== DGOS_Own_Blog::id() && DGOS_Envelope::blog_of( $object ) === DGOS_Own_Blog::id() ) {
			update_option( self::OPTION, self::of_head( $object, $ledger->roster() ), false );
		}
	}

	/** In the channel of RSS. */
	public static function print_rss(): void {
		self::print_links( 'atom:link' );
	}

	/** In an Atom feed. */
	public static function print_atom(): void {
		self::print_links( 'link' );
	}

	/** In the RSD document, after this blog's own interfaces: never the preferred one while the blog lives. */
	public static function print_rsd(): void {
		foreach ( self::named() as list( $url, , $doors ) ) {
			if ( $doors ) {
				printf( '<api name="DGOS" blogID="%s" preferred="false" apiLink="%s" />' . "\n", esc_attr( (string) DGOS_Own_Blog::id() ), esc_url( $url . 'xmlrpc' ) );
			}
		}
	}

	/** The line for the footer: [dgos_mirrors]. Nothing before there are mirrors. */
	public static function line(): string {
		$links = array();
		foreach ( self::named() as list( $url, $name ) ) {
			$links[] = sprintf( '<a href="%s" rel="noopener">%s</a>', esc_url( $url . self::path() ), esc_html( $name ) );
		}
		if ( ! $links ) {
			return '';
		}
		/* translators: %s: links to mirrors, with commas between. */
		return '<p class="dgos-mirrors">' . sprintf( esc_html__( 'Not reachable one day? Then read on at %s.', 'dgos' ), implode( ', ', $links ) ) . '</p>';
	}

	/** A feed has one alternate of a type (RFC 4287, 4.1.1); the other mirrors are related. */
	private static function print_links( string $element ): void {
		foreach ( self::named() as $i => list( $url ) ) {
			printf( '<%1$s rel="%2$s" type="application/atom+xml" href="%3$s" />' . "\n", $element, 0 === $i ? 'alternate' : 'related', esc_url( $url . self::path() . 'feed.xml' ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- One of two constants.
		}
	}

	/** This blog's page on a member. */
	private static function path(): string {
		return 'm/' . DGOS_Addresses::host_path( DGOS_Own_Blog::facts()['address'] ) . '/';
	}

	private static function named(): array {
		$kept = null === DGOS_Own_Blog::id() ? array() : get_option( self::OPTION, array() );
		return is_array( $kept ) ? $kept : array();
	}

	/** Mirrors of different operators, so that they do not fail together. */
	private static function of_head( stdClass $head, DGOS_Roster $roster ): array {
		$named = array();
		foreach ( $head->payload->mirrors as $key ) {
			$member = $roster->member_of( $key );
			if ( null !== $member && ! isset( $named[ $member->operator ] ) && count( $named ) < self::NAMED_MAX ) {
				$named[ $member->operator ] = array( $member->url, $member->name, ! $member->passive );
			}
		}
		return array_values( $named );
	}
}
