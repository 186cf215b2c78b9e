/** PHP words for a must-use plugin: WordPress dies at the write whose number stands in DGOS_TEST_DIE_AT, as by a host that kills it. */
export const dieAtWrite = `$die_at = (int) getenv( 'DGOS_TEST_DIE_AT' );
if ( $die_at > 0 ) {
	$writes = 0;
	add_filter( 'query', static function ( $sql ) use ( &$writes, $die_at ) {
		if ( 1 === preg_match( '/^\\s*(INSERT|UPDATE|DELETE|REPLACE)/i', $sql ) && ++$writes >= $die_at ) {
			posix_kill( getmypid(), SIGKILL );
		}
		return $sql;
	} );
}
`
