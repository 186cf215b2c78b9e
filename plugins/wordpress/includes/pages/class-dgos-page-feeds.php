<?php
/**
 * The blog's feed as a mirror gives it: items of the blog's own feed under their own ids, and the emergency posts under ids
 * that never change, in Atom (RFC 4287) and JSON Feed 1.1. While the blog is away, links lead to the copies.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure. A look is {base, places, contents}: articles of captured pages by path, as markup with absolute addresses.
 */
final class DGOS_Page_Feeds {

	/** Enough for readers that look in once a week. */
	const ITEMS_MAX = 50;

	/** The posts and the newest articles as an Atom feed. */
	public static function atom( stdClass $model, stdClass $look ): string {
		$e       = array( 'DGOS_Markup', 'escape' );
		$entries = self::entries( $model, $look );
		$title   = $e( $model->title );
		$spoken  = null === $model->language ? '' : ' xml:lang="' . $e( $model->language ) . '"';
		$hubs    = implode( '', array_map( static fn ( $hub ) => '<link rel="hub" href="' . $e( $hub ) . "\"/>\n", $model->hubs ) );
		return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"$spoken>\n"
			. "<id>urn:dgos:blog:$model->blog</id><title>$title</title><updated>" . DGOS_Markup::iso( self::changed( $model, $entries ) ) . "</updated>\n"
			. '<link rel="self" type="application/atom+xml" href="' . $e( $look->base ) . 'feed.xml"/><link rel="alternate" type="text/html" href="' . $e( self::home( $model, $look ) ) . "\"/>\n"
			. "$hubs<author><name>$title</name></author><generator>DGOS</generator>\n" . implode( '', array_map( array( self::class, 'atom_entry' ), $entries ) ) . "</feed>\n";
	}

	private static function atom_entry( stdClass $entry ): string {
		$e = array( 'DGOS_Markup', 'escape' );
		return '<entry' . ( null === $entry->language ? '' : ' xml:lang="' . $e( $entry->language ) . '"' ) . '><id>' . $e( $entry->id ) . '</id><title>' . $e( $entry->title ) . "</title>\n"
			. '<link rel="alternate" type="text/html" href="' . $e( $entry->url ) . '"/>' . ( null === $entry->original ? '' : '<link rel="via" type="text/html" href="' . $e( $entry->original ) . '"/>' ) . "\n"
			. '<published>' . DGOS_Markup::iso( $entry->published ) . '</published><updated>' . DGOS_Markup::iso( $entry->updated ) . "</updated>\n"
			. ( null === $entry->html ? '<summary>' . $e( '' === $entry->summary ? $entry->title : $entry->summary ) . '</summary>' : '<content type="html">' . $e( $entry->html ) . '</content>' ) . "</entry>\n";
	}

	/** JSON Feed. "<" never stands in it: a cache that calls it a page makes no page of it. */
	public static function json( stdClass $model, stdClass $look ): string {
		$feed = array(
			'version'       => 'https://jsonfeed.org/version/1.1',
			'title'         => $model->title,
			'home_page_url' => self::home( $model, $look ),
			'feed_url'      => "{$look->base}feed.json",
			'language'      => $model->language,
			'authors'       => array( array( 'name' => $model->title ) ),
			'hubs'          => $model->hubs ? array_map(
				static fn ( $url ) => array(
					'type' => 'WebSub',
					'url'  => $url,
				),
				$model->hubs
			) : null,
			'_dgos'         => array(
				'blog'  => $model->blog,
				'state' => $model->state->state,
			),
			'items'         => array_map( array( self::class, 'json_item' ), self::entries( $model, $look ) ),
		);
		$text = json_encode( self::given( $feed ), JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Plain PHP.
		return false === $text ? '{}' : $text;
	}

	private static function json_item( stdClass $entry ): array {
		return self::given(
			array(
				'id'             => $entry->id,
				'url'            => $entry->url,
				'external_url'   => $entry->original,
				'title'          => $entry->title,
				'content_text'   => null === $entry->html ? $entry->title : null,
				'content_html'   => $entry->html,
				'summary'        => '' === $entry->summary ? null : $entry->summary,
				'date_published' => DGOS_Markup::iso( $entry->published ),
				'date_modified'  => DGOS_Markup::iso( $entry->updated ),
				'language'       => $entry->language,
				'_dgos'          => null === $entry->post ? null : array(
					'post' => $entry->post->id,
					'key'  => $entry->post->key,
				),
			)
		);
	}

	private static function given( array $fields ): array {
		return array_filter( $fields, static fn ( $field ) => null !== $field );
	}

	/** Newest first. An item that the blog made of an imported post is the same item, and keeps the post's id. */
	private static function entries( stdClass $model, stdClass $look ): array {
		$entries = array();
		$links   = array();
		foreach ( $model->posts as $post ) {
			if ( null !== $post->importedAt ) {
				$links[ $post->importedAt ] = true;
			}
			if ( ! $post->withdrawn ) {
				$entries[ "urn:dgos:post:$post->id" ] = self::post_entry( $post, $look );
			}
		}
		foreach ( $model->items as $item ) {
			if ( ! isset( $entries[ $item->id ] ) && ! ( isset( $item->url ) && isset( $links[ $item->url ] ) ) ) {
				$entries[ $item->id ] = self::own_entry( $item, $model, $look );
			}
		}
		uasort( $entries, static fn ( $a, $b ) => $b->published <=> $a->published ?: strcmp( $a->id, $b->id ) );
		return array_slice( array_values( $entries ), 0, self::ITEMS_MAX );
	}

	private static function post_entry( stdClass $post, stdClass $look ): stdClass {
		return (object) array(
			'id'        => "urn:dgos:post:$post->id",
			'url'       => $post->importedAt ?? "{$look->base}p/$post->id",
			'original'  => null,
			'title'     => '' === $post->title ? DGOS_Post_Markup::summary( $post->html, 60 ) : $post->title,
			'html'      => DGOS_Post_Markup::shown( $post->html, $post->attachments, $look->base ),
			'summary'   => DGOS_Post_Markup::summary( $post->html ),
			'published' => $post->published,
			'updated'   => $post->edited ?? $post->published,
			'language'  => $post->language,
			'post'      => $post,
		);
	}

	private static function own_entry( stdClass $item, stdClass $model, stdClass $look ): stdClass {
		$place     = isset( $item->path ) ? $look->places[ $item->path ] ?? null : null;
		$content   = isset( $item->path ) ? $look->contents[ $item->path ] ?? null : null;
		$away      = 'down' === $model->state->state;
		$copy      = null === $place || ! $away ? null : $look->base . $place;
		$original  = $item->url ?? $model->home;
		$published = $item->published ?? $item->updated ?? $model->copy->capturedAt ?? 0;
		return (object) array(
			'id'        => $item->id,
			'url'       => $copy ?? $original,
			'original'  => null === $copy ? null : $original,
			'title'     => $item->title,
			'html'      => $content,
			'summary'   => null === $content ? '' : DGOS_Post_Markup::summary( $content ),
			'published' => $published,
			'updated'   => $item->updated ?? $published,
			'language'  => null,
			'post'      => null,
		);
	}

	private static function changed( stdClass $model, array $entries ): int {
		return max( array_merge( array( 0, $model->copy->capturedAt ?? 0 ), array_map( static fn ( $entry ) => $entry->updated, $entries ) ) );
	}

	private static function home( stdClass $model, stdClass $look ): string {
		return 'up' === $model->state->state ? $model->home : $look->base;
	}
}
