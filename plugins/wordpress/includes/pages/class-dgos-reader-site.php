<?php
/**
 * Everything readers can ask for of one blog: places below `/dgos/m/<host>/` and their answers. Made for one request; what
 * is costly (the inert copy of a page) is kept for the next.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * One blog at this moment, without what the owner of this member refuses.
 */
final class DGOS_Reader_Site {

	/** Captured pages whose articles a feed holds. */
	const ARTICLES_MAX = 10;

	/** What pages say. @var stdClass */
	private $model;

	/** Payload of the shown snapshot, or null. @var stdClass|null */
	private $snapshot;

	/** Where pages stand. @var string */
	private $base;

	/** Paths that the author asked to forget. @var string[] */
	private $forgotten;

	/** What the owner refuses. @var DGOS_Refusals */
	private $refusals;
	/** Bytes. @var DGOS_Blob_Files */
	private $blobs;
	/** How this member is called. @var DGOS_Settings */
	private $settings;
	/** What was costly to make. @var DGOS_Copy_Cache */
	private $cache;

	/**
	 * What DGOS_Reader_Sites found.
	 *
	 * @param DGOS_Refusals     $refusals  What the owner refuses.
	 * @param DGOS_Blob_Files   $blobs     Bytes.
	 * @param DGOS_Settings     $settings  How this member is called.
	 * @param DGOS_Copy_Cache   $cache     What was costly to make.
	 * @param stdClass          $model     What pages say.
	 * @param stdClass|null     $snapshot  Payload of the shown snapshot.
	 * @param string[]          $forgotten Paths that the author asked to forget.
	 */
	public function __construct( DGOS_Refusals $refusals, DGOS_Blob_Files $blobs, DGOS_Settings $settings, DGOS_Copy_Cache $cache, stdClass $model, ?stdClass $snapshot, array $forgotten ) {
		$this->refusals  = $refusals;
		$this->blobs     = $blobs;
		$this->settings  = $settings;
		$this->cache     = $cache;
		$this->model     = $model;
		$this->snapshot  = $snapshot;
		$this->forgotten = $forgotten;
		$this->base      = DGOS_Site_Address::pages() . "m/$model->name/";
	}

	/** What stands after `/dgos/m/`. */
	public function name(): string {
		return $this->model->name;
	}

	/**
	 * The answer for a place, or null.
	 *
	 * @param string $place     Below the base, without query.
	 * @param bool   $stay      Whether the reader asked for the copy itself.
	 * @param bool   $as_a_page Whether a browser opens it as a document.
	 * @param string $query     As it was sent, without the question mark.
	 */
	public function answer( string $place, bool $stay, bool $as_a_page, string $query = '' ): ?array {
		$is_up = ! DGOS_Blog_State::is_away( $this->model->state ) && $this->model->homeProven;
		if ( '' === $place && $is_up && ! $stay ) {
			return DGOS_Reader_Answers::redirect( $this->model->home );
		}
		if ( '' === $place ) {
			return $this->page( DGOS_Mirror_Page::blog( $this->model, $this->look( true ) ) );
		}
		if ( 'feed.xml' === $place ) {
			return DGOS_Reader_Answers::feed( DGOS_Page_Feeds::atom( $this->model, $this->look( false, true ) ), 'application/atom+xml' );
		}
		if ( 'feed.json' === $place ) {
			return DGOS_Reader_Answers::feed( DGOS_Page_Feeds::json( $this->model, $this->look( false, true ) ), 'application/feed+json' );
		}
		if ( 1 === preg_match( '/^p\/([0-9a-f]{64})$/D', $place, $match ) ) {
			return $this->post( $match[1], $is_up );
		}
		if ( 1 === preg_match( '/^blob\/([0-9a-f]{64})$/D', $place, $match ) ) {
			return $this->picture( $match[1] );
		}
		return $this->copied( $place, $query, $is_up && ! $stay && $as_a_page );
	}

	private function page( string $html ): array {
		return DGOS_Reader_Answers::page( $html, DGOS_Page_Head::policy( $this->base ) );
	}

	/** An emergency post; one that came home leads there while the blog is up. */
	private function post( string $id, bool $is_up ): ?array {
		foreach ( $this->model->posts as $post ) {
			if ( $is_up && null !== $post->importedAt && in_array( $id, $post->ids, true ) ) {
				return DGOS_Reader_Answers::redirect( $post->importedAt );
			}
			if ( ! $post->withdrawn && in_array( $id, $post->ids, true ) ) {
				return $post->id === $id
					? $this->page( DGOS_Mirror_Page::post( $this->model, $post, $this->look( false ) ) )
					: DGOS_Reader_Answers::redirect( "{$this->base}p/$post->id" );
			}
		}
		return null;
	}

	/** A copy; unless the blog is away its readers are led home. */
	private function copied( string $place, string $query, bool $homeward ): ?array {
		$found = $this->pages()[ $place ] ?? null;
		if ( null === $found ) {
			return isset( $this->pages()[ "$place/" ] ) ? DGOS_Reader_Answers::redirect( "$this->base$place/" ) : $this->not_kept( $place, 'copy' === $query ? '' : $query );
		}
		$url = DGOS_Page_Url::resolve( substr( $found->path, 1 ), $this->snapshot->address ) ?? $this->snapshot->address;
		if ( $homeward ) {
			return DGOS_Reader_Answers::redirect( $url );
		}
		$page = (object) array(
			'url'   => $url,
			'place' => $place,
			'title' => $found->title ?? $this->model->title,
			'html'  => $this->inert( $found ),
		);
		$answer = $this->page( DGOS_Mirror_Page::copied( $this->model, $page, $this->look( false ) ) );
		// A cache that serves many would else show it to those who are led home.
		$answer['headers']['vary'] = 'Sec-Fetch-Dest';
		return $answer;
	}

	/** A page of the blog under its own path: its copy, else home while the blog is up, else calm words. */
	private function not_kept( string $place, string $query ): ?array {
		if ( null === $this->snapshot || 1 === preg_match( '/^(?:copy|p|blob)\//', $place ) ) {
			return null;
		}
		$path  = "/$place" . ( '' === $query ? '' : "?$query" );
		$kept  = array();
		foreach ( $this->pages() as $copy => $page ) {
			if ( in_array( $page->path, array( $path, "$path/" ), true ) || "$page->path/" === $path ) {
				return DGOS_Reader_Answers::redirect( $this->base . $copy );
			}
			$kept[] = (object) array(
				'path'  => $page->path,
				'title' => $page->title ?? $page->path,
				'place' => $copy,
			);
		}
		$there = strlen( $path ) > DGOS_Not_Kept::PATH_BYTES_MAX ? null : DGOS_Page_Url::resolve( substr( $path, 1 ), $this->snapshot->address );
		if ( null === $there || 0 !== strpos( $there, $this->snapshot->address ) || ! $this->model->homeProven ) {
			return null;
		}
		if ( ! DGOS_Blog_State::is_away( $this->model->state ) ) {
			return DGOS_Reader_Answers::redirect( $there );
		}
		$html = DGOS_Not_Kept::page( $there, $this->model->title, $this->base, DGOS_Not_Kept::nearest( $path, $kept ) );
		return DGOS_Reader_Answers::page( $html, DGOS_Reader_Answers::PLAIN, 404 );
	}

	/** A picture of a shown post or of the copy, if its bytes are harmless under every name. */
	private function picture( string $hash ): ?array {
		$named = null !== $this->snapshot && $this->links()->holds( $hash );
		foreach ( $named ? array() : $this->model->posts as $post ) {
			$named = $named || ( ! $post->withdrawn && in_array( $hash, array_column( $post->attachments, 'blob' ), true ) );
		}
		$bytes = $named ? $this->blob( $hash ) : null;
		$type  = null === $bytes ? null : DGOS_Inert_Bytes::servable_type( $bytes );
		return null === $type ? null : DGOS_Reader_Answers::picture( $bytes, $type );
	}

	private function blob( string $hash ): ?string {
		return $this->refusals->refuses_blob( $hash ) ? null : $this->blobs->get( $hash );
	}

	/** Captured pages by their place. */
	private function pages(): array {
		$pages = array();
		foreach ( null === $this->snapshot ? array() : $this->snapshot->pages as $file ) {
			if ( ! DGOS_Page_Url::is_forgotten( $file->url, $this->snapshot->address, $this->forgotten ) ) {
				$pages[ DGOS_Copy_Links::place( $file->path ) ] = $file;
			}
		}
		return $pages;
	}

	private function links(): DGOS_Copy_Links {
		$options = array(
			'base'      => $this->base,
			'forgotten' => $this->forgotten,
			'refused'   => array(),
		);
		return new DGOS_Copy_Links( $this->snapshot, fn ( $hash ) => $this->blob( $hash ), $options );
	}

	/** A captured page, inert; null where its bytes are not here or this host cannot read it. */
	private function inert( stdClass $page ): ?string {
		$bytes = $this->blob( $page->blob );
		if ( null === $bytes ) {
			return null;
		}
		$about = array( DGOS_VERSION, $this->base, $page->blob, $page->url, $this->model->copy->id, $this->forgotten );
		return $this->cache->remember(
			$about,
			function () use ( $bytes, $page ) {
				return DGOS_Inert_Html::page( DGOS_Page_Text::source( $bytes, $page->type ), $this->links(), $page->url, DGOS_Page_Head::policy( $this->base ), $page->policy ?? '' );
			}
		);
	}

	/** What stands in the one article of a captured page; null where there is none. */
	private function article( stdClass $page ): ?string {
		$bytes = $this->blob( $page->blob );
		$about = array( DGOS_VERSION, 'article', $this->base, $page->blob, $page->url, $this->model->copy->id, $this->forgotten );
		$text  = null === $bytes ? null : $this->cache->remember( $about, fn () => (string) DGOS_Inert_Html::article( DGOS_Page_Text::source( $bytes, $page->type ), $this->links(), $page->url ) );
		return '' === $text ? null : $text;
	}

	/** What pages are rendered with, beside the model. */
	private function look( bool $with_copy, bool $with_contents = false ): stdClass {
		$places   = array();
		$contents = array();
		$front    = null;
		foreach ( $this->pages() as $place => $page ) {
			$places[ $page->path ] = $place;
			$front                 = '/' === $page->path ? $page : $front;
			if ( $with_contents && count( $contents ) < self::ARTICLES_MAX && in_array( $page->path, array_map( static fn ( $item ) => $item->path ?? null, $this->model->items ), true ) ) {
				$text = $this->article( $page );

				$contents[ $page->path ] = $text;
			}
		}
		$name = (string) $this->settings->get( 'name' );
		return (object) array(
			'base'      => $this->base,
			'api'       => DGOS_Site_Address::pages() . 'v1/',
			'member'    => '' === $name ? wp_specialchars_decode( get_bloginfo( 'name' ), ENT_QUOTES ) : $name,
			'memberUrl' => home_url( '/' ),
			'contact'   => (string) $this->settings->get( 'contact' ),
			'form'      => DGOS_Site_Address::pages() . 'post/',
			'places'    => $places,
			'contents'  => $contents,
			'copy'      => $with_copy && null !== $front ? $this->inert( $front ) : null,
		);
	}
}
