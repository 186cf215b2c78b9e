<?php
/**
 * One page of this blog as an anonymous visitor gets it, judged and read. A page without this blog's own tag is none of its
 * pages: an old page of a cache, a notice of the host, a "coming soon" of another plugin. Such a page becomes a copy only
 * where it has stayed so for a day and leads to this blog's own posts: then its theme prints no tags.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Pure but for the blob that it puts.
 */
final class DGOS_Captured_Page {

	/**
	 * What an answer is: {problem (null where it is a page of the blog), document (null where it could not be read)}.
	 *
	 * @param array $answer  Of DGOS_Visitor.
	 * @param array $context {blog, address, items, before (answer-like {type, body} of the last good copy, or null), aside ({reason, since}, or null), now_ms}.
	 */
	public static function judged( array $answer, array $context ): array {
		$is_page  = DGOS_Media_Type::is_html( $answer['type'] );
		$document = $is_page && 200 === $answer['status'] ? self::document( $answer ) : null;
		return array(
			'problem'  => 200 === $answer['status'] ? self::problem( $answer, $document, $is_page, $context ) : 'status-' . $answer['status'],
			'document' => $document,
		);
	}

	/** What a copy keeps of a page: {blob, type, bytes, title, language, files, article}, `unread` where this host could not read it. */
	public static function read( string $url, string $type, string $body, ?DOMDocument $document, DGOS_Blob_Files $blobs ): array {
		$titles  = null === $document ? null : $document->getElementsByTagName( 'title' );
		$article = null === $document ? null : DGOS_Inert_Source::article_of( $document );
		$text    = null === $article ? '' : trim( (string) preg_replace( '/\s+/u', ' ', mb_strtolower( $article->textContent ) ) );
		return array(
			'blob'    => $blobs->put( $body ),
			'type'    => $type,
			'bytes'   => strlen( $body ),
			'title'   => null === $titles || 0 === $titles->length ? '' : DGOS_Blog_Pages::line( $titles->item( 0 )->textContent ),
			'files'   => null === $document ? array() : DGOS_Page_Files::of_page( $document, $url ),
			'article' => DGOS_Bytes::sha256( $text ),
			'unread'  => null === $document,
		);
	}

	private static function problem( array $answer, ?DOMDocument $document, bool $is_page, array $context ): ?string {
		$tagged = DGOS_Attestor::has_tag( $answer['body'], $context['blog'] );
		if ( $is_page && null === $document ) {
			return self::problem_unread( $answer, $tagged, $context['address'] );
		}
		$facts = null === $document ? null : self::facts( $document, $answer, $context['blog'] );
		$seen  = array(
			'status'  => 200,
			'is_page' => $is_page,
			'from'    => $answer['url'],
			'facts'   => $facts,
			'is_wall' => DGOS_Last_Good::is_wall_page( $answer['body'] ),
		);
		$aside = $context['aside'];
		$about = array(
			'blog'           => $context['blog'],
			'address'        => $context['address'],
			'previous'       => self::previous( $context ),
			'items'          => $context['items'],
			'aside_since_ms' => 'shrunk' === ( $aside['reason'] ?? '' ) ? $aside['since'] : null,
			'now_ms'         => $context['now_ms'],
		);
		$reason = DGOS_Last_Good::judge( $seen, $about );
		if ( ( null !== $reason && 'marker-gone' !== $reason ) || $tagged ) {
			return $reason;
		}
		$lasting = 'no-tag' === ( $aside['reason'] ?? '' ) && $context['now_ms'] - $aside['since'] >= DGOS_Last_Good::LASTS_MS;
		return $lasting && DGOS_Last_Good::is_known( $facts, array( 'previous' => null ) + $about ) ? null : 'no-tag';
	}

	/** A page that PHP does not begin to read, since nothing could end it: it is taken where it bears the tag and has words. */
	private static function problem_unread( array $answer, bool $tagged, string $address ): ?string {
		if ( null === DGOS_Page_Url::path_below( $answer['url'], $address ) ) {
			return 'elsewhere';
		}
		if ( ! $tagged ) {
			return 'no-tag';
		}
		return DGOS_Page_Shell::word_count( DGOS_Page_Tokens::words( DGOS_Page_Text::source( $answer['body'], $answer['type'] ) ) ) > DGOS_Page_Shell::WORDS_MAX ? null : 'blank';
	}

	/** Facts of the last good copy, null where there is none. */
	private static function previous( array $context ): ?array {
		$document = null === $context['before'] ? null : self::document( $context['before'] );
		return null === $document ? null : self::facts( $document, $context['before'], $context['blog'] );
	}

	private static function facts( DOMDocument $document, array $answer, string $blog ): array {
		$facts = DGOS_Page_Facts::of( $document, $answer['url'] );
		return array( 'marker' => DGOS_Attestor::has_tag( $answer['body'], $blog ) ? $blog : $facts['marker'] ) + $facts;
	}

	private static function document( array $answer ): ?DOMDocument {
		return DGOS_Inert_Source::parsed( DGOS_Page_Text::source( $answer['body'], $answer['type'] ) );
	}
}
