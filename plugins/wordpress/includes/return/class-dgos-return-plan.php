<?php
/**
 * What an import would do with each post, decided before anything is done: the dry run and the real one read the same list.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A step is a stdClass {id, shown, found, action, title, published, images, author (key)}. Actions:
 *
 *   create    not here yet            finish    begun, or taken back once  update    its author has edited it since
 *   withdraw  its author took it back done      as it should be           kept      edited, but the owner has changed it here
 *   gone      the owner deleted it    nothing   withdrawn before it came
 */
final class DGOS_Return_Plan {

	/** Actions that change something here. */
	const ACTS = array( 'create', 'finish', 'update', 'withdraw' );

	/**
	 * The steps, oldest post first.
	 *
	 * @param stdClass[]    $shown    As DGOS_Posts::shown() gives them.
	 * @param DGOS_Importer $importer Knows what is here.
	 * @return stdClass[]
	 */
	public static function steps( array $shown, DGOS_Importer $importer ): array {
		$steps = array();
		foreach ( array_reverse( $shown ) as $post ) {
			$found   = $importer->find_any( $post->ids );
			$payload = $post->current->payload;
			$steps[] = (object) array(
				'id'        => $post->id,
				'shown'     => $post,
				'found'     => $found,
				'action'    => self::action( $post, $found, $importer->is_gone( $post->ids ) ),
				'title'     => $payload->title,
				'published' => $post->history[0]->payload->published,
				'images'    => count( $payload->attachments ),
				'author'    => $post->history[0]->payload->key,
			);
		}
		return $steps;
	}

	/** Pure: the step that one post needs, or why it needs none. */
	public static function action( stdClass $shown, ?stdClass $found, bool $is_gone ): string {
		if ( null === $found ) {
			return $shown->withdrawn ? 'nothing' : ( $is_gone ? 'gone' : 'create' );
		}
		if ( $shown->withdrawn ) {
			return 'trash' === $found->status ? 'nothing' : 'withdraw';
		}
		if ( 'trash' === $found->status && ! $found->withdrawn ) {
			return 'gone';
		}
		if ( '' === $found->text || $found->withdrawn ) {
			return 'finish';
		}
		if ( $found->text === $shown->current->id ) {
			return 'done';
		}
		return $found->changed ? 'kept' : 'update';
	}
}
