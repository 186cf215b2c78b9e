<?php
/**
 * How a guest space looks: as the mirror pages do, so that both feel like one house.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Answers for readers and for the friend.
 */
final class DGOS_Guest_Page {

	/** What readers see. */
	public static function posts( string $slug, array $space, DGOS_Guests $guests ): array {
		$mirror = $guests->mirror( $space );
		$main   = self::masthead( $space );
		if ( null !== $mirror ) {
			$main .= '<div class="notice good"><p>' . esc_html__( 'This blog is in the network now. Its signed posts and its copy are on its own mirror page.', 'dgos' ) . ' <a href="' . esc_url( $mirror ) . '">' . esc_html__( 'Read on there', 'dgos' ) . '</a></p></div>';
		}
		$posts = $guests->posts( $slug );
		foreach ( $posts as $post ) {
			$title = '' === $post['title'] ? '' : '<h3>' . esc_html( $post['title'] ) . '</h3>';
			$html  = DGOS_Post_Markup::shown( $post['html'], array(), '' );
			$main .= '<article class="card post" id="p-' . esc_attr( $post['id'] ) . "\" dir=\"auto\"><header>$title<p class=\"meta\">" . DGOS_Markup::time( $post['published'] * 1000 ) . "</p></header><div class=\"prose\">$html</div></article>";
		}
		$main .= $posts ? '' : '<p class="soft quiet">' . esc_html__( 'Nothing has been written here yet.', 'dgos' ) . '</p>';
		$main .= null === $mirror ? '<p class="no-print"><a class="button quiet" href="' . esc_url( DGOS_Guests::url( $slug ) . 'write' ) . '">' . esc_html__( 'This is my space: write', 'dgos' ) . '</a></p>' : '';
		return DGOS_Reader_Answers::page( self::document( $space, $main, DGOS_Reader_Answers::PLAIN ), DGOS_Reader_Answers::PLAIN );
	}

	/** What the link opens. */
	public static function begin( string $slug, array $space, string $token ): array {
		/* translators: %s: name of the blog that gives the space. */
		$main = self::masthead( $space ) . '<section class="card"><h2>' . sprintf( esc_html__( 'A place to write on %s', 'dgos' ), esc_html( get_bloginfo( 'name' ) ) ) . '</h2><p>'
			. esc_html__( 'While your own blog is away, your readers can read you here. The next page shows your passphrase, once. The link you came by then no longer works.', 'dgos' ) . '</p>'
			. self::form( $slug, 'begin' ) . '<input type="hidden" name="k" value="' . esc_attr( $token ) . '"><button type="submit">' . esc_html__( 'Show my passphrase', 'dgos' ) . '</button></form></section>';
		return self::with_form( $slug, $space, $main );
	}

	/** Shown once. */
	public static function passphrase( string $slug, array $space, string $passphrase ): array {
		$main = self::masthead( $space ) . '<section class="card"><h2>' . esc_html__( 'Your passphrase', 'dgos' ) . '</h2><p><code class="secret">' . esc_html( $passphrase ) . '</code></p><p>'
			. esc_html__( 'Write it down now: it is not kept anywhere in readable form. You need it each time you post.', 'dgos' ) . '</p><p><a class="button" href="' . esc_url( DGOS_Guests::url( $slug ) . 'write' ) . '">' . esc_html__( 'Write', 'dgos' ) . '</a></p></section>';
		return self::with_form( $slug, $space, $main );
	}

	/** The form, with what was typed before. */
	public static function write( string $slug, array $space, array $typed, string $problem ): array {
		$main = self::masthead( $space ) . ( '' === $problem ? '' : '<div class="notice alarm" role="alert"><p>' . esc_html( $problem ) . '</p></div>' )
			. '<section class="card"><h2>' . esc_html__( 'Write', 'dgos' ) . '</h2>' . self::form( $slug, 'write' )
			. '<p><label for="title">' . esc_html__( 'Title', 'dgos' ) . '</label><input id="title" name="title" maxlength="300" dir="auto" value="' . esc_attr( $typed['title'] ) . '"></p>'
			. '<p><label for="text">' . esc_html__( 'Text', 'dgos' ) . '</label><textarea id="text" name="text" dir="auto" required>' . "\n" . esc_textarea( $typed['text'] ) . '</textarea><span class="small soft">' . esc_html__( 'A blank line begins a paragraph; “# ” makes a heading, “- ” a list; addresses become links.', 'dgos' ) . '</span></p>'
			. '<p><label for="passphrase">' . esc_html__( 'Your passphrase', 'dgos' ) . '</label><input id="passphrase" name="passphrase" type="password" autocomplete="current-password" required></p>'
			. '<button type="submit">' . esc_html__( 'Publish', 'dgos' ) . '</button></form></section>';
		return self::with_form( $slug, $space, $main, '' === $problem ? 200 : 422 );
	}

	/** One sentence instead of what was asked for. */
	public static function words( string $slug, array $space, string $words, int $status, string $link = '' ): array {
		$main = self::masthead( $space ) . '<div class="notice warn"><p>' . esc_html( $words ) . '</p></div><p><a href="' . esc_url( '' === $link ? DGOS_Guests::url( $slug ) : $link ) . '">' . esc_html__( 'Go on', 'dgos' ) . '</a></p>';
		return self::with_form( $slug, $space, $main, $status );
	}

	private static function with_form( string $slug, array $space, string $main, int $status = 200 ): array {
		$policy = str_replace( "form-action 'none'", 'form-action ' . DGOS_Guests::url( $slug ), DGOS_Reader_Answers::PLAIN );
		return DGOS_Reader_Answers::form( self::document( $space, $main, $policy ), $policy, $status );
	}

	private static function form( string $slug, string $what ): string {
		return '<form method="post" action="' . esc_url( DGOS_Guests::url( $slug ) . $what ) . '">';
	}

	private static function masthead( array $space ): string {
		$blog = '' === $space['address'] ? '' : '<a href="' . esc_url( $space['address'] ) . '" rel="noopener nofollow">' . esc_html( DGOS_Markup::host( $space['address'] ) ) . '</a>';
		/* translators: 1: name of the friend, 2: name of the blog that gives the space. */
		$text = sprintf( esc_html__( '%1$s is a guest of %2$s, who vouches for nothing but the friendship: what stands here is the guest’s own.', 'dgos' ), esc_html( $space['name'] ), esc_html( get_bloginfo( 'name' ) ) );
		return '<div class="masthead"><p class="host"><span class="tag good">' . esc_html__( 'guest', 'dgos' ) . "</span> $blog</p><h1>" . esc_html( $space['name'] ) . "</h1><div class=\"notice good\"><p>$text</p></div></div>";
	}

	private static function document( array $space, string $main, string $policy ): string {
		return '<!doctype html><html lang="' . esc_attr( get_bloginfo( 'language' ) ) . '"' . ( is_rtl() ? ' dir="rtl"' : '' ) . '><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="' . esc_attr( $policy ) . '"><meta name="viewport" content="width=device-width,initial-scale=1">'
			. '<title>' . esc_html( $space['name'] ) . '</title><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,"><style>' . DGOS_Page_Head::style() . '.secret{font-size:1.4rem;user-select:all}</style></head><body><header class="top wrap"><span><a href="' . esc_url( home_url( '/' ) ) . '">' . esc_html( get_bloginfo( 'name' ) ) . '</a></span></header><main id="main">' . $main . '</main></body></html>';
	}
}
