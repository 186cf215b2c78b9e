<?php
/**
 * Where accepted objects lie. A put returns only when the database has them.
 *
 * @package DGOS
 *
 * phpcs:disable WordPress.DB.DirectDatabaseQuery -- Own tables.
 * phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- The table's name is this class's own.
 */

defined( 'ABSPATH' ) || exit;

/**
 * SQL for objects, and nothing else. Envelopes are kept as JSON text of exactly the known fields.
 */
final class DGOS_Object_Store {

	/** Rows read by one query. */
	const PAGE = 500;

	/** Its name with the site's prefix: asked each time, as a multisite switches. */
	private function table(): string {
		global $wpdb;
		return $wpdb->prefix . 'dgos_objects';
	}

	/** Keeps an object; false where it was here already. Throws RuntimeException where the database refuses. */
	public function put( stdClass $object ): bool {
		global $wpdb;
		$text = (string) json_encode( $object->envelope, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs.
		$rows = $wpdb->query(
			$wpdb->prepare(
				"INSERT IGNORE INTO {$this->table()} (id, kind, blog, signed, envelope) VALUES (%s, %s, %s, %d, %s)",
				$object->id,
				$object->kind,
				DGOS_Envelope::blog_of( $object ) ?? '',
				$object->payload->time,
				$text
			)
		);
		if ( false === $rows ) {
			throw new RuntimeException( 'an object could not be kept' );
		}
		return $rows > 0;
	}

	/** The envelope as JSON text, or null. */
	public function get( string $id ): ?string {
		global $wpdb;
		return $wpdb->get_var( $wpdb->prepare( "SELECT envelope FROM {$this->table()} WHERE id = %s", $id ) );
	}

	/**
	 * Objects of one blog, '' for those of the network; of one kind, where it is named. In order of id.
	 *
	 * @param string      $blog Its id.
	 * @param string|null $kind One kind.
	 * @return stdClass[]
	 */
	public function of_blog( string $blog, ?string $kind = null ): array {
		$where = null === $kind ? array( 'blog = %s', $blog ) : array( 'blog = %s AND kind = %s', $blog, $kind );
		return $this->read( array_shift( $where ), $where );
	}

	/**
	 * Objects of one blog but those of one kind, in order of id.
	 *
	 * @param string $blog Its id.
	 * @param string $but  The kind.
	 * @return stdClass[]
	 */
	public function of_blog_but( string $blog, string $but ): array {
		return $this->read( 'blog = %s AND kind <> %s', array( $blog, $but ) );
	}

	/** Ids of objects of one kind of a blog. */
	public function ids( string $blog, string $kind ): array {
		global $wpdb;
		return $wpdb->get_col( $wpdb->prepare( "SELECT id FROM {$this->table()} WHERE blog = %s AND kind = %s", $blog, $kind ) );
	}

	/** All objects of a kind, in order of id. */
	public function of_kind( string $kind ): array {
		return $this->read( 'kind = %s', array( $kind ) );
	}

	/** Ids of blogs of which a root is here. */
	public function blogs(): array {
		global $wpdb;
		return $wpdb->get_col( "SELECT DISTINCT blog FROM {$this->table()} WHERE kind = 'root' ORDER BY blog" );
	}

	/** Ids of blogs of which there is an object of a kind. */
	public function blogs_with( string $kind ): array {
		global $wpdb;
		return $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT blog FROM {$this->table()} WHERE kind = %s AND blog <> '' ORDER BY blog", $kind ) );
	}

	/** As if a blog had never come. */
	public function forget_blog( string $blog ): void {
		global $wpdb;
		$wpdb->delete( $this->table(), array( 'blog' => $blog ), array( '%s' ) );
	}

	/** Forgets objects. */
	public function remove( array $ids ): void {
		global $wpdb;
		foreach ( array_chunk( array_values( $ids ), 100 ) as $some ) {
			$marks = implode( ',', array_fill( 0, count( $some ), '%s' ) );
			$wpdb->query( $wpdb->prepare( "DELETE FROM {$this->table()} WHERE id IN ($marks)", $some ) ); // phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- As many as ids.
		}
	}

	/** Bytes of text kept for others. */
	public function bytes(): int {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT SUM(LENGTH(envelope)) FROM {$this->table()}" );
	}

	/** Reads pages of rows, so that no answer of the database is larger than memory. */
	private function read( string $where, array $values ): array {
		global $wpdb;
		$found = array();
		$after = '';
		do {
			$rows = $wpdb->get_results(
				$wpdb->prepare(
					"SELECT id, envelope FROM {$this->table()} WHERE $where AND id > %s ORDER BY id LIMIT %d", // phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- Of this class.
					array_merge( $values, array( $after, self::PAGE ) )
				)
			);
			foreach ( $rows as $row ) {
				$found[] = DGOS_Envelope::reopen( $row->id, json_decode( $row->envelope ) );
				$after   = $row->id;
			}
		} while ( count( $rows ) === self::PAGE );
		return $found;
	}
}
