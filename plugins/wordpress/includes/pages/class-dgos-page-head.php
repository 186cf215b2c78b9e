<?php
/**
 * The head of a mirror page: its own policy, and what browsers, feed readers, search engines and link previews are told.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure markup.
 */
final class DGOS_Page_Head {

	/** `$head` is {title, canonical, description, url, post (null on other pages than a post's)}. */
	public static function of( stdClass $model, stdClass $look, array $head ): string {
		$e     = array( 'DGOS_Markup', 'escape' );
		$title = $e( $model->title );
		$feeds = '';
		foreach ( array( 'feed.xml' => 'application/atom+xml', 'feed.json' => 'application/feed+json' ) as $place => $type ) { // phpcs:ignore WordPress.Arrays -- Two pairs.
			$feeds .= "<link rel=\"alternate\" type=\"$type\" title=\"$title\" href=\"" . $e( $look->base ) . "$place\">\n";
		}
		return '<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="' . $e( self::policy( $look->base ) ) . "\">\n"
			. "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>" . $e( $head['title'] ) . "</title>\n"
			. '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">' . "\n"
			. '<meta name="description" content="' . $e( $head['description'] ) . "\">\n"
			. '<link rel="canonical" href="' . $e( $head['canonical'] ) . "\"><link rel=\"icon\" href=\"data:,\">\n$feeds"
			. self::preview( $model, $look, $head ) . '<style>' . self::style() . '</style></head>' . "\n";
	}

	/** What a page of ours may load, as far as a `meta` can say it. Strangers' pages in frames inherit it and have their own. */
	public static function policy( string $base ): string {
		return "default-src 'none'; style-src 'unsafe-inline'; img-src {$base}blob/ data:; base-uri 'none'; form-action 'none'";
	}

	/** The look of every member, and of a copy that stands alone. */
	public static function style(): string {
		return file_get_contents( __DIR__ . '/page-style.txt' ) // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of ours.
			. '.whole main{max-width:none;padding:0;display:flex;flex-direction:column;height:100vh;height:100dvh}.whole iframe{flex:1;width:100%;border:0;background:#fff;color-scheme:light}'
			. '.bar{margin:0;padding:.35rem 1rem;text-align:center;background:var(--accent);color:var(--accent-ink)}.bar a{color:inherit}';
	}

	/** Open Graph (ogp.me), which the social networks read before they show a link. */
	private static function preview( stdClass $model, stdClass $look, array $head ): string {
		$e       = array( 'DGOS_Markup', 'escape' );
		$post    = $head['post'];
		$named   = null === $post ? $model->title : ( '' === $post->title ? $head['title'] : $post->title );
		$picture = null;
		foreach ( null === $post ? array() : $post->attachments as $file ) {
			if ( null === $picture && 0 === strpos( $file->type, 'image/' ) && false !== strpos( $post->html, $file->blob ) ) {
				$picture = $file;
			}
		}
		$facts = array(
			'og:title'       => $named,
			'og:type'        => null === $post ? 'website' : 'article',
			'og:url'         => $head['url'],
			'og:site_name'   => $model->title,
			'og:description' => $head['description'],
		);
		if ( null !== $post ) {
			$facts['article:published_time'] = DGOS_Markup::iso( $post->published );
		}
		if ( null !== $picture ) {
			$facts['og:image']     = "{$look->base}blob/$picture->blob";
			$facts['og:image:alt'] = $picture->alt ?? '';
		}
		$out = '';
		foreach ( $facts as $name => $value ) {
			$out .= "<meta property=\"$name\" content=\"" . $e( $value ) . '">';
		}
		return $out . '<meta name="twitter:card" content="' . ( null === $picture ? 'summary' : 'summary_large_image' ) . "\">\n";
	}
}
