<?php
/**
 * The ids under which a snapshot names the entries of a feed, the same on every capturer.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * The rule of feed-ids.ts.
 */
final class DGOS_Feed_Ids {

	/**
	 * One id an entry, null where it can have none. The own id; the link where there is no own id, or where another entry of
	 * the feed bears the same id with another link.
	 *
	 * @param object[] $entries Each with `id` and `link`, trimmed; '' where there is none.
	 * @return array<int, string|null>
	 */
	public static function of( array $entries ): array {
		$links = array();
		foreach ( $entries as $entry ) {
			$links[ 'id ' . $entry->id ][ 'link ' . $entry->link ] = true;
		}
		$ids = array();
		foreach ( $entries as $entry ) {
			$own   = '' !== $entry->id && ( 1 === count( $links[ 'id ' . $entry->id ] ) || '' === $entry->link );
			$link  = '' === $entry->link ? null : $entry->link;
			$ids[] = $own ? $entry->id : $link;
		}
		return $ids;
	}
}
