<?php
/**
 * A post's html as pages and feeds show it: the normal form with the pictures' addresses put in.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Members accept a post only in the normal form, where every tag has one spelling and none can run or load anything. It is
 * checked again at each showing, because what follows leans on it.
 */
final class DGOS_Post_Markup {

	/**
	 * Html for a page of ours or a feed. A text that is not in the normal form is shown as text.
	 *
	 * @param string     $html        Of the post.
	 * @param stdClass[] $attachments Of the post.
	 * @param string     $base        Where pictures are: "https://mirror.example/dgos/m/example.org/".
	 * @param string     $id_prefix   Put before the ids of footnotes, since several posts share a page.
	 */
	public static function shown( string $html, array $attachments, string $base, string $id_prefix = '' ): string {
		if ( null !== DGOS_Post_Html::problem( $html, $attachments ) ) {
			return '<p>' . DGOS_Markup::escape( html_entity_decode( preg_replace( '/<[^<>]*>/', ' ', $html ), ENT_QUOTES, 'UTF-8' ) ) . '</p>';
		}
		return preg_replace_callback(
			'/<(img|a|li|sup)( [^<>]*)>/',
			static function ( $tag ) use ( $base, $id_prefix ) {
				list( , $name, $attributes ) = $tag;
				if ( 'img' === $name ) {
					return '<img' . preg_replace( '/ src="blob:([0-9a-f]{64})"/', ' src="' . DGOS_Markup::escape( $base ) . 'blob/$1"', $attributes ) . ' loading="lazy">';
				}
				if ( 'a' === $name && 0 !== strpos( $attributes, ' href="#' ) ) {
					return "<a$attributes rel=\"noopener noreferrer nofollow ugc\">";
				}
				return "<$name" . preg_replace( '/ (id|href)="(#?)(f[nr]-)/', ' $1="$2' . $id_prefix . '$3', $attributes ) . '>';
			},
			$html
		);
	}

	/** The first words of a post, for feeds and descriptions. */
	public static function summary( string $html, int $characters = 240 ): string {
		$plain = html_entity_decode( preg_replace( '/<[^<>]*>/', ' ', $html ), ENT_QUOTES, 'UTF-8' );
		$plain = trim( preg_replace( '/\s+/u', ' ', $plain ) ?? '' );
		if ( 1 !== preg_match( '/^.{' . ( $characters - 1 ) . '}(?=..)/su', $plain, $cut ) ) {
			return $plain;
		}
		return rtrim( $cut[0] ) . '…';
	}
}
