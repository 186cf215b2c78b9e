<?php
/**
 * One page of this blog as an anonymous visitor gets it, judged and read. A page without this blog's own tag is none of its
 * pages: an old page of a cache, a notice of the host, a "coming soon" of another plugin. Such a page never becomes a copy.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Pure but for the blob that it puts.
 */
final class DGOS_Captured_Page {

	/** What hosts, caches and other plugins show in a blog's place while its tag may be there. */
	const STAND_INS = '/error establishing a database connection|briefly unavailable for scheduled maintenance|there has been a critical error on this website/i';

	/**
	 * Why an answer is no page of the blog; null where it is one.
	 *
	 * @param array  $answer  Of DGOS_Visitor.
	 * @param string $blog    Id.
	 * @param string $address Of the blog.
	 */
	public static function problem( array $answer, string $blog, string $address ): ?string {
		if ( 200 !== $answer['status'] ) {
			return 'status-' . $answer['status'];
		}
		if ( ! DGOS_Media_Type::is_html( $answer['type'] ) ) {
			return 'not-a-page';
		}
		if ( null === DGOS_Page_Url::path_below( $answer['url'], $address ) ) {
			return 'elsewhere';
		}
		if ( ! DGOS_Attestor::has_tag( $answer['body'], $blog ) ) {
			return 'no-tag';
		}
		return strlen( $answer['body'] ) < 4000 && 1 === preg_match( self::STAND_INS, $answer['body'] ) ? 'stand-in' : null;
	}

	/** What a copy keeps of a page: {blob, type, bytes, title, language, files, article}. */
	public static function read( string $url, string $type, string $body, DGOS_Blob_Files $blobs ): array {
		$document = DGOS_Inert_Source::parsed( DGOS_Page_Text::utf8( $body, $type, 'html' ) );
		$titles   = null === $document ? null : $document->getElementsByTagName( 'title' );
		$article  = null === $document ? null : DGOS_Inert_Source::article_of( $document );
		$text     = null === $article ? '' : trim( (string) preg_replace( '/\s+/u', ' ', mb_strtolower( $article->textContent ) ) );
		return array(
			'blob'    => $blobs->put( $body ),
			'type'    => $type,
			'bytes'   => strlen( $body ),
			'title'   => null === $titles || 0 === $titles->length ? '' : DGOS_Blog_Pages::line( $titles->item( 0 )->textContent ),
			'files'   => null === $document ? array() : DGOS_Page_Files::of_page( $document, $url ),
			'article' => DGOS_Bytes::sha256( $text ),
		);
	}
}
