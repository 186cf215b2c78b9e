<?php
/**
 * Reads vector files and says whether this implementation agrees: `php vectors.php [--compat=...] <file.json> ...`.
 *
 * Prints one line for each case that does not agree, then "N cases, PHP N agree". Exit status 1 on any disagreement.
 *
 * @package DGOS
 */

require __DIR__ . '/contract.php';

$dgos_cases = 0;
$dgos_agree = 0;
foreach ( preg_grep( '/\.json$/', array_slice( $argv, 1 ) ) as $dgos_name ) {
	$dgos_file  = json_decode( file_get_contents( $dgos_name ), false, 512, JSON_THROW_ON_ERROR );
	$dgos_world = new DGOS_Vector_World( $dgos_file );
	foreach ( $dgos_file->cases as $dgos_case ) {
		++$dgos_cases;
		try {
			$dgos_found = DGOS_Vector_Rules::answer( $dgos_case->rule ?? $dgos_file->rule, dgos_expand( $dgos_case->input ), $dgos_world );
		} catch ( Throwable $dgos_thrown ) {
			$dgos_found = 'thrown: ' . $dgos_thrown->getMessage() . ' at ' . basename( $dgos_thrown->getFile() ) . ':' . $dgos_thrown->getLine();
		}
		if ( dgos_canonical( $dgos_found ) === dgos_canonical( dgos_expand( $dgos_case->expected ) ) ) {
			++$dgos_agree;
		} else {
			echo basename( $dgos_name ), ', ', $dgos_case->name, ': found ', dgos_canonical( $dgos_found ), "\n";
		}
	}
}
echo "$dgos_cases cases, PHP $dgos_agree agree\n";
exit( $dgos_cases === $dgos_agree && $dgos_cases > 0 ? 0 : 1 );
