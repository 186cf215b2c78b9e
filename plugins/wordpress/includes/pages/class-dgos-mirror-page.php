<?php
/**
 * How a mirror page looks: mirror/pages/page.ts in PHP, without a theme. It needs no script, and its own policy forbids one.
 *
 * What protects stands in the page itself, because page caches drop headers: a policy as `meta`, the copy in a sandboxed
 * frame's `srcdoc`, and bytes that are inert by construction.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: a model and a look in, a document out. A look is {base, api, member, memberUrl, contact, form, places, copy}: where the
 * pages of this blog stand, where the interface, what the member is called, where it is and where to complain, the form, places of captured pages by
 * path, and the inert front page or null.
 */
final class DGOS_Mirror_Page {

	/** Older posts of the blog that a page names. */
	const RECENT_MAX = 10;

	/** Links leave the frame by the reader's own click, and what they open is an ordinary page again. */
	const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';

	/** `/dgos/m/<host>/`: emergency posts, the copy in its frame, and why to believe it. */
	public static function blog( stdClass $model, stdClass $look ): string {
		$main = self::masthead( $model, 1 ) . self::posts( $model, $look ) . self::copy( $model, $look ) . self::recent( $model, $look )
			. DGOS_Trust_Section::of( $model, $look->api ) . self::other_mirrors( $model, '' ) . self::door( $model, $look );
		$head = array(
			'title'       => $model->title,
			'canonical'   => $model->home,
			'description' => DGOS_Status_Sentence::plain( $model ),
			'url'         => $look->base,
			'post'        => null,
		);
		return self::document( $model, $look, $head, $main );
	}

	/** `/dgos/m/<host>/p/<post>`: one post, alone. */
	public static function post( stdClass $model, stdClass $post, stdClass $look ): string {
		$main = self::masthead( $model, 2 ) . self::article( $post, $model, $look, 1 )
			. '<p class="no-print"><a href="' . DGOS_Markup::escape( $look->base ) . '">All posts and the copy of ' . DGOS_Markup::escape( $model->title ) . '</a></p>'
			. DGOS_Trust_Section::of( $model, $look->api, $post ) . self::other_mirrors( $model, "p/$post->id" );
		$head = array(
			'title'       => '' === $post->title ? $model->title : "$post->title · $model->title",
			'canonical'   => $post->importedAt ?? "{$look->base}p/$post->id",
			'description' => DGOS_Post_Markup::summary( $post->html, 160 ),
			'url'         => "{$look->base}p/$post->id",
			'post'        => $post,
		);
		return self::document( $model, $look, $head, $main );
	}

	/** `/dgos/m/<host>/copy/…`: one captured page, alone in its frame, under the line that says whose it is. */
	public static function copied( stdClass $model, stdClass $page, stdClass $look ): string {
		$at    = null === $model->copy ? '' : ', captured ' . DGOS_Markup::time( $model->copy->capturedAt );
		$back  = '<a href="' . DGOS_Markup::escape( $look->base ) . '">About this copy, and newer posts</a>';
		$bar   = '<p class="small bar" lang="en" dir="ltr" role="note">Copy of ' . DGOS_Markup::escape( DGOS_Markup::host( $model->home ) ) . "$at. $back</p>";
		$frame = null === $page->html ? '<p class="soft">' . self::UNREADABLE . '</p>' : self::frame( $page->html, 'Copy of ' . $page->title, '' );
		$head  = array(
			'title'       => $page->title,
			'canonical'   => $page->url,
			'description' => DGOS_Status_Sentence::plain( $model ),
			'url'         => $look->base . $page->place,
			'post'        => null,
		);
		return self::document( $model, $look, $head, $bar . $frame, true );
	}

	const UNREADABLE = 'This member has the page but cannot show it: it is too long, or has not arrived here yet. The mirrors named on the blog’s page may.';

	private static function document( stdClass $model, stdClass $look, array $head, string $main, bool $whole = false ): string {
		$language = DGOS_Markup::escape( $model->language ?? 'en' );
		$top      = '<header class="top wrap" lang="en" dir="ltr"><span>Mirror kept by <a href="' . DGOS_Markup::escape( $look->memberUrl ) . '">' . DGOS_Markup::escape( $look->member ) . '</a></span>'
			. '<span class="no-print"><a href="' . DGOS_Markup::escape( $look->base ) . 'feed.xml">Feed</a></span></header>';
		$foot = '<footer class="foot wrap" lang="en" dir="ltr"><p>A DGOS mirror. This page sets no cookies, runs no script and asks nothing of anyone else. Posts are signed on their author’s own device; a mirror can neither write nor alter them.' . self::complaints( $look->contact ) . '</p></footer>';
		return "<!doctype html>\n<html lang=\"$language\" dir=\"$model->direction\">" . DGOS_Page_Head::of( $model, $look, $head )
			. ( $whole ? "<body class=\"whole\"><main id=\"main\">$main</main></body></html>\n"
				: "<body><a class=\"skip\" href=\"#main\">Skip to content</a>\n$top\n<main id=\"main\">$main</main>\n$foot\n</body></html>\n" );
	}

	/** To whoever keeps this mirror, not to the author: the law of many places asks for such a line. */
	private static function complaints( string $contact ): string {
		if ( '' === $contact ) {
			return '';
		}
		$text = DGOS_Markup::escape( $contact );
		$mail = 1 === preg_match( '/^[^\\s@<>]+@[^\\s@<>]+$/D', $contact ) ? 'mailto:' : null;
		$to   = 1 === preg_match( '/^https?:\\/\\/\\S+$/D', $contact ) ? '' : $mail;
		return ' Complaints about what this mirror shows: ' . ( null === $to ? $text : "<a href=\"$to$text\" rel=\"nofollow noopener\">$text</a>" );
	}

	private static function masthead( stdClass $model, int $level ): string {
		$said    = DGOS_Status_Sentence::of( $model );
		$title   = DGOS_Markup::escape( $model->title );
		$heading = 1 === $level ? "<h1>$title</h1>" : "<p class=\"blog\">$title</p>";
		return "<div class=\"masthead\"><p class=\"host\" dir=\"ltr\"><span class=\"tag $said->tone\" lang=\"en\">$said->tag</span> " . DGOS_Markup::escape( DGOS_Markup::host( $model->home ) ) . "</p>\n"
			. "$heading<div class=\"notice $said->tone\" lang=\"en\" dir=\"ltr\" role=\"status\"><p>$said->text</p></div></div>\n";
	}

	private static function posts( stdClass $model, stdClass $look ): string {
		$shown = array_filter( $model->posts, static fn ( $post ) => ! $post->withdrawn || null === $post->importedAt );
		$note  = '';
		if ( $model->withheld > 0 ) {
			$lost = 1 === $model->withheld ? 'One post that others refer to has' : "$model->withheld posts that others refer to have";
			$note = "<div class=\"notice warn\" lang=\"en\" dir=\"ltr\"><p>$lost not reached this mirror. Another mirror below may have more.</p></div>";
		}
		if ( ! $shown ) {
			$quiet = in_array( $model->state->state, array( 'down', 'suspected' ), true );
			$feed  = '<a href="' . DGOS_Markup::escape( $look->base ) . 'feed.xml">feed</a>';
			return $note . ( $quiet ? "<p class=\"soft quiet\" lang=\"en\" dir=\"ltr\">The author has not posted since. New posts appear here by themselves: reload, or follow the $feed.</p>" : '' );
		}
		$articles = array_map( static fn ( $post ) => self::article( $post, $model, $look, 3 ), $shown );
		return '<section aria-labelledby="posts"><h2 class="section" id="posts" lang="en">Posted since</h2>' . "\n$note" . implode( '', $articles ) . "</section>\n";
	}

	private static function article( stdClass $post, stdClass $model, stdClass $look, int $level ): string {
		$place = DGOS_Markup::escape( "{$look->base}p/$post->id" );
		if ( $post->withdrawn ) {
			return '<article class="card gone" lang="en" dir="ltr"><p class="soft">A post of ' . DGOS_Markup::time( $post->published ) . ' was withdrawn by its author.</p></article>';
		}
		$text  = DGOS_Markup::escape( $post->title );
		$title = '' === $text ? '' : ( 1 === $level ? "<h1>$text</h1>" : "<h3><a href=\"$place\">$text</a></h3>" );
		$meta  = "<a href=\"$place\">" . DGOS_Markup::time( $post->published ) . '</a>';
		$meta .= null === $post->edited ? '' : '<span>changed ' . DGOS_Markup::time( $post->edited ) . '</span>';
		$meta .= '<span>signed with “' . DGOS_Markup::escape( $post->signedBy ) . '”</span>';
		$meta .= 0 === $post->held ? '' : "<span>kept by $post->held of " . max( $model->operators, $post->held ) . ' mirrors</span>';
		$meta .= null === $post->importedAt ? '' : '<a href="' . DGOS_Markup::escape( $post->importedAt ) . '">now on the blog</a>';
		$prose = DGOS_Post_Markup::shown( $post->html, $post->attachments, $look->base, 'p' . substr( $post->id, 0, 8 ) . '-' );
		$spoke = DGOS_Markup::escape( $post->language ?? '' );
		return "<article class=\"card post\" data-post=\"$post->id\" lang=\"$spoke\" dir=\"$post->direction\">\n<header>$title<p class=\"meta\" lang=\"en\" dir=\"ltr\">$meta</p></header>\n<div class=\"prose\">$prose</div></article>";
	}

	private static function copy( stdClass $model, stdClass $look ): string {
		if ( null === $model->copy || null === $look->copy ) {
			$mirror = array_filter( $model->mirrors, static fn ( $mirror ) => $mirror->self );
			$why    = $mirror ? 'This mirror has no copy of the blog yet.' : 'This member keeps the posts, not the copy: the mirrors below have it.';
			return "<section lang=\"en\" dir=\"ltr\"><h2 class=\"section\">The copy</h2><p class=\"soft\">$why</p></section>\n";
		}
		$source = DGOS_Markup::escape( "{$look->base}copy/?copy" );
		return '<section class="copy no-print" lang="en" dir="ltr" aria-labelledby="copy"><h2 class="section" id="copy">The blog as it was on ' . DGOS_Markup::time( $model->copy->capturedAt ) . "</h2>\n"
			. self::frame( $look->copy, "Copy of $model->title", ' loading="lazy"' )
			. "\n<p class=\"small soft\"><a href=\"$source\">Open the copy on its own</a> · pictures, texts and looks only: scripts, forms and videos are left out.</p></section>\n";
	}

	/** The one place where a stranger's page is put into ours: as text of an attribute, for a frame without our origin. */
	private static function frame( string $html, string $title, string $more ): string {
		return '<iframe srcdoc="' . str_replace( array( '&', '"', '<' ), array( '&amp;', '&quot;', '&lt;' ), $html ) . '" title="' . DGOS_Markup::escape( $title ) . '" sandbox="' . self::SANDBOX . "\" referrerpolicy=\"no-referrer\"$more></iframe>";
	}

	/** Titles that the copy or the blog's feed holds, each leading to its copy where there is one. */
	private static function recent( stdClass $model, stdClass $look ): string {
		$items = array_slice( array_filter( $model->items, static fn ( $item ) => '' !== $item->title ), 0, self::RECENT_MAX );
		$rows  = '';
		foreach ( $items as $item ) {
			$place  = isset( $item->path ) ? $look->places[ $item->path ] ?? null : null;
			$target = null === $place ? $item->url ?? null : "$look->base$place?copy";
			$time   = $item->published ?? $item->updated ?? null;
			$title  = DGOS_Markup::escape( $item->title );
			$rows  .= '<li>' . ( null === $target ? $title : '<a href="' . DGOS_Markup::escape( $target ) . "\">$title</a>" );
			$rows  .= null === $time ? '' : ' <span class="soft small" lang="en" dir="ltr">' . DGOS_Markup::time( $time ) . '</span>';
			$rows  .= ( null === $place && null !== $target ? ' <span class="soft small" lang="en" dir="ltr">(on the blog only)</span>' : '' ) . '</li>';
		}
		return '' === $rows ? '' : "<section aria-labelledby=\"recent\"><h2 class=\"section\" id=\"recent\" lang=\"en\">Recent posts of the blog</h2>\n<ul class=\"bare recent\">$rows</ul></section>\n";
	}

	private static function other_mirrors( stdClass $model, string $rest ): string {
		$rows = '';
		foreach ( $model->mirrors as $mirror ) {
			if ( ! $mirror->self ) {
				$host  = preg_replace( '/^https?:\/\/([^\/]*).*$/Ds', '$1', $mirror->url );
				$rows .= '<li><a href="' . DGOS_Markup::escape( $mirror->url . $rest ) . '" rel="noopener">' . DGOS_Markup::escape( $mirror->name ) . '</a> <span class="soft small">' . DGOS_Markup::escape( $host ) . '</span></li>';
			}
		}
		return '' === $rows ? '' : "<section class=\"no-print\" lang=\"en\" dir=\"ltr\" aria-labelledby=\"mirrors\"><h2 class=\"section\" id=\"mirrors\">Other mirrors of this blog</h2>\n<ul class=\"bare mirrors\">$rows</ul></section>\n";
	}

	private static function door( stdClass $model, stdClass $look ): string {
		$form = DGOS_Markup::escape( $look->form );
		return "<section class=\"card door no-print\" lang=\"en\" dir=\"ltr\"><h2>Is this your blog?</h2>\n<p>You can post from here while it is down, with your passphrase, a signed file or your kit.</p><p><a class=\"button quiet\" href=\"$form?blog=$model->blog\">Write a post</a></p></section>\n";
	}
}
