<?php
/**
 * Compiles every PHP file of the plugin without running it, in whatever version of PHP this is. Exit status 1 on an error.
 *
 * @package DGOS
 */

$dgos_wrong = 0;
set_error_handler(
	static function ( $level, $message, $file, $line ) use ( &$dgos_wrong ) {
		echo "$message at line $line\n";
		$dgos_wrong = 1;
		return true;
	}
);
$dgos_files = 0;
foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( dirname( __DIR__ ), FilesystemIterator::SKIP_DOTS ) ) as $dgos_file ) {
	if ( 'php' !== $dgos_file->getExtension() ) {
		continue;
	}
	++$dgos_files;
	try {
		// Behind "return" nothing runs, and a class in a branch is only declared when the branch is reached.
		$dgos_code = file_get_contents( $dgos_file->getPathname() );
		$dgos_html = 1 === preg_match( '/\?>\s*$/D', $dgos_code );
		eval( 'return; if ( false ) { ?>' . $dgos_code . ( $dgos_html ? '<?php }' : "\n}" ) );
	} catch ( Throwable $dgos_thrown ) {
		echo $dgos_file->getPathname(), ': ', $dgos_thrown->getMessage(), ' at line ', $dgos_thrown->getLine(), "\n";
		$dgos_wrong = 1;
	}
}
echo "$dgos_files files compiled\n";
exit( $dgos_wrong );
