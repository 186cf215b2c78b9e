<?php
/**
 * Small values that change with requests (turns, counters, rates) and locks: in an own table, as options are cached and
 * loaded with every page.
 *
 * @package DGOS
 *
 * phpcs:disable WordPress.DB.DirectDatabaseQuery -- An own table.
 * phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- The table's name is this class's own.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Names of at most 150 bytes. Values are JSON. All times are of this host's clock: before anything is written it is compared
 * with the latest that was seen, so that a clock that was ahead leaves no plan that lies as far ahead.
 */
final class DGOS_Meta {

	/** Those who ask at once have read the clock one after the other: a lock is void only where it is further ahead than this besides. */
	const SLACK_MS = 10000;

	/** A clock may step back so far without a word, as time servers do. */
	const STEP_MS = 60000;
	/** It is known for so long that the clock was set back. */
	const BACK_MS = 259200000;

	/**
	 * The clock.
	 *
	 * @var DGOS_Clock
	 */
	private $clock;

	/**
	 * Tables whose times have been compared with the clock in this request.
	 *
	 * @var array<string, true>
	 */
	private $compared = array();

	/** The values' clock. */
	public function __construct( DGOS_Clock $clock ) {
		$this->clock = $clock;
	}

	/** Its name with the site's prefix. */
	private function table(): string {
		global $wpdb;
		return $wpdb->prefix . 'dgos_meta';
	}

	/**
	 * The value, or the other one where there is none or its time is over.
	 *
	 * @param string $name    Of the value.
	 * @param mixed  $default Where there is none.
	 * @return mixed
	 */
	public function get( string $name, $default = null ) {
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT value, until FROM {$this->table()} WHERE name = %s", $name ) );
		if ( null === $row || (int) $row->until <= $this->clock->now_ms() ) {
			return $default;
		}
		return json_decode( $row->value, true );
	}

	/**
	 * Keeps a value for a time.
	 *
	 * @param string   $name  Of the value.
	 * @param mixed    $value What JSON can hold.
	 * @param int|null $ms    How long; null for ever.
	 */
	public function set( string $name, $value, ?int $ms = null ): void {
		global $wpdb;
		$this->compare();
		$wpdb->replace(
			$this->table(),
			array(
				'name'  => $name,
				'value' => (string) wp_json_encode( $value ),
				'until' => null === $ms ? PHP_INT_MAX : $this->clock->now_ms() + $ms,
			),
			array( '%s', '%s', '%d' )
		);
	}

	/** Adds to a number, where there is one, and leaves its time as it is. Of those who add at once nobody's is lost. */
	public function raise( string $name, int $by ): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "UPDATE {$this->table()} SET value = CAST(value AS SIGNED) + %d WHERE name = %s", $by, $name ) );
	}

	/** Forgets a value. */
	public function remove( string $name ): void {
		global $wpdb;
		$wpdb->delete( $this->table(), array( 'name' => $name ), array( '%s' ) );
	}

	/**
	 * Takes a lock for a time: true for exactly one of those who ask at once. It opens by itself, as PHP may die. One that would
	 * stay longer than it was taken for is of a clock that was ahead, and void.
	 *
	 * @param string $name Of the lock.
	 * @param int    $ms   How long nobody else gets it.
	 */
	public function lock( string $name, int $ms ): bool {
		global $wpdb;
		$this->compare();
		$now  = $this->clock->now_ms();
		$rows = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$this->table()} (name, value, until) VALUES (%s, '1', %d)", $name, $now + $ms ) );
		if ( 1 === $rows ) {
			return true;
		}
		return 1 === $wpdb->query( $wpdb->prepare( "UPDATE {$this->table()} SET until = %d WHERE name = %s AND (until <= %d OR until > %d)", $now + $ms, $name, $now, $now + $ms + self::SLACK_MS ) );
	}

	/**
	 * Takes a lock as lock() does, for work that may need it longer: the token of the one who has it, or null.
	 *
	 * @param string $name Of the lock.
	 * @param int    $ms   How long nobody else gets it.
	 */
	public function take( string $name, int $ms ): ?string {
		global $wpdb;
		$this->compare();
		$token = bin2hex( random_bytes( 16 ) );
		$now   = $this->clock->now_ms();
		$value = (string) wp_json_encode( $token );
		$rows  = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$this->table()} (name, value, until) VALUES (%s, %s, %d)", $name, $value, $now + $ms ) );
		if ( 1 !== $rows ) {
			$rows = $wpdb->query( $wpdb->prepare( "UPDATE {$this->table()} SET value = %s, until = %d WHERE name = %s AND (until <= %d OR until > %d)", $value, $now + $ms, $name, $now, $now + $ms + self::SLACK_MS ) );
		}
		return 1 === $rows ? $token : null;
	}

	/**
	 * Keeps a taken lock for longer; false where somebody else has it meanwhile.
	 *
	 * @param string $name  Of the lock.
	 * @param string $token Of take().
	 * @param int    $ms    From now on.
	 */
	public function extend( string $name, string $token, int $ms ): bool {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "UPDATE {$this->table()} SET until = %d WHERE name = %s AND value = %s", $this->clock->now_ms() + $ms, $name, (string) wp_json_encode( $token ) ) );
		return $this->get( $name ) === $token;
	}

	/**
	 * Opens a taken lock. One that somebody else has meanwhile stays.
	 *
	 * @param string $name  Of the lock.
	 * @param string $token Of take().
	 */
	public function release( string $name, string $token ): void {
		global $wpdb;
		$wpdb->delete(
			$this->table(),
			array(
				'name'  => $name,
				'value' => (string) wp_json_encode( $token ),
			),
			array( '%s', '%s' )
		);
	}

	/** Values whose name begins so, by name. */
	public function all( string $prefix, int $max = 1000 ): array {
		global $wpdb;
		$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT name, value FROM {$this->table()} WHERE name LIKE %s AND until > %d ORDER BY name LIMIT %d", $wpdb->esc_like( $prefix ) . '%', $this->clock->now_ms(), $max ) );
		$found = array();
		foreach ( $rows as $row ) {
			$found[ $row->name ] = json_decode( $row->value, true );
		}
		return $found;
	}

	/** Removes what is over, at most once an hour. */
	public function tick(): void {
		if ( $this->lock( 'sweep_values', 3600000 ) ) {
			$this->sweep();
		}
	}

	/** Removes what is over. */
	public function sweep(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$this->table()} WHERE until <= %d", $this->clock->now_ms() ) );
	}

	/** By how much the clock was set back lately; null where it was not. */
	public function set_back_ms(): ?int {
		$this->compare();
		return $this->get( 'clock_back' );
	}

	/** Once a request: where the clock was set back, what was over is over, and what was to end ends as much earlier. */
	private function compare(): void {
		global $wpdb;
		$table = $this->table();
		if ( isset( $this->compared[ $table ] ) ) {
			return;
		}
		$this->compared[ $table ] = true;

		$now  = $this->clock->now_ms();
		$seen = (int) $this->get( 'clock_seen', 0 );
		if ( abs( $seen - $now ) < self::STEP_MS ) {
			return;
		}
		$this->set( 'clock_seen', $now );
		if ( $seen > $now && $this->lock( 'clock', self::STEP_MS ) ) {
			$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE until <= %d AND name <> 'clock'", $seen ) );
			$wpdb->query( $wpdb->prepare( "UPDATE $table SET until = until - %d WHERE until > %d AND until < %d", $seen - $now, $seen, PHP_INT_MAX ) );
			$this->set( 'clock_back', $seen - $now, self::BACK_MS );
		}
	}
}
