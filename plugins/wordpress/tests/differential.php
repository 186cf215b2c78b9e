<?php
/**
 * One long talk with the differential test: a line of JSON in, a line of JSON out.
 *
 *   {"file": vector file without cases} -> {"opened": true}     the objects that later inputs name
 *   {"rule": name, "input": ...}        -> {"found": ...}       or {"thrown": text}
 *
 * @package DGOS
 */

require __DIR__ . '/contract.php';

$dgos_world = new DGOS_Vector_World( new stdClass() );
for ( $dgos_line = fgets( STDIN ); false !== $dgos_line; $dgos_line = fgets( STDIN ) ) {
	try {
		$dgos_asked = json_decode( $dgos_line, false, 512, JSON_THROW_ON_ERROR );
		if ( isset( $dgos_asked->file ) ) {
			$dgos_world  = new DGOS_Vector_World( $dgos_asked->file );
			$dgos_answer = array( 'opened' => true );
		} else {
			$dgos_answer = array( 'found' => DGOS_Vector_Rules::answer( $dgos_asked->rule, dgos_expand( $dgos_asked->input ), $dgos_world ) );
		}
		$dgos_text = dgos_json( $dgos_answer );
	} catch ( Throwable $dgos_thrown ) {
		$dgos_text = dgos_json( array( 'thrown' => $dgos_thrown->getMessage() . ' at ' . basename( $dgos_thrown->getFile() ) . ':' . $dgos_thrown->getLine() ) );
	}
	echo $dgos_text, "\n";
}
