<?php
/**
 * Prints where the files named call `preg_…`, and with which pattern: null where it is put together while it runs.
 *
 * @package DGOS
 */

$found  = array();
$read   = array();
$consts = array();
foreach ( array_slice( $argv, 1 ) as $file ) {
	$read[ $file ] = array_values(
		array_filter(
			PhpToken::tokenize( file_get_contents( $file ) ),
			static fn ( $token ) => ! $token->is( array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT ) )
		)
	);
	$class = '';
	foreach ( $read[ $file ] as $at => $token ) {
		if ( $token->is( T_CLASS ) && '::' !== $read[ $file ][ $at - 1 ]->text ) {
			$class = $read[ $file ][ $at + 1 ]->text;
		}
		if ( $token->is( T_CONST ) && '=' === $read[ $file ][ $at + 2 ]->text ) {
			list( $value ) = text_at( $read[ $file ], $at + 3, $consts, $class );
			$consts[ "$class::" . $read[ $file ][ $at + 1 ]->text ] = $value;
		}
	}
}
foreach ( $read as $file => $tokens ) {
	$class = '';
	foreach ( $tokens as $at => $token ) {
		$class = $token->is( T_CLASS ) && '::' !== $tokens[ $at - 1 ]->text ? $tokens[ $at + 1 ]->text : $class;
		if ( $token->is( T_CONSTANT_ENCAPSED_STRING ) ) {
			$text = eval( "return {$token->text};" );
			if ( 1 === preg_match( '/^([\/~#])[^\s*].*\1[imsxuD]*$/Ds', $text ) ) {
				$found[] = array(
					'place'   => "$file:{$token->line}",
					'pattern' => $text,
				);
			}
		}
		$calls = $token->is( array( T_STRING, T_NAME_FULLY_QUALIFIED ) ) && '(' === ( $tokens[ $at + 1 ]->text ?? '' );
		if ( ! $calls || ! preg_match( '/^\\\\?preg_(match|match_all|replace|replace_callback|split|grep)$/', $token->text ) ) {
			continue;
		}
		foreach ( patterns_at( $tokens, $at + 2, $consts, $class ) as $pattern ) {
			$found[] = array(
				'place'   => "$file:{$token->line}",
				'pattern' => $pattern,
			);
		}
	}
}
echo json_encode( $found, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE );

/** One pattern, or those of an array. */
function patterns_at( array $tokens, int $at, array $consts, string $class ): array {
	$opens = $tokens[ $at ]->text;
	if ( 'array' !== $opens && '[' !== $opens ) {
		return array( text_at( $tokens, $at, $consts, $class )[0] );
	}
	$at      += 'array' === $opens ? 2 : 1;
	$patterns = array();
	while ( ! in_array( $tokens[ $at ]->text, array( ')', ']' ), true ) ) {
		list( $text, $after ) = text_at( $tokens, $at, $consts, $class );
		$patterns[]           = $text;
		if ( null === $text ) {
			break;
		}
		$at = ',' === $tokens[ $after ]->text ? $after + 1 : $after;
	}
	return $patterns;
}

/** The constant `Class::NAME`, where it is a string. */
function named( array $tokens, int $at, array $consts, string $class ): ?string {
	$of = in_array( $tokens[ $at ]->text, array( 'self', 'static' ), true ) ? $class : $tokens[ $at ]->text;
	return $consts[ "$of::" . $tokens[ $at + 2 ]->text ] ?? null;
}

/** A sum of strings and constants, and where it ends; null for anything else. */
function text_at( array $tokens, int $at, array $consts, string $class ): array {
	$text = '';
	while ( true ) {
		$token = $tokens[ $at ];
		if ( $token->is( T_CONSTANT_ENCAPSED_STRING ) ) {
			$text .= eval( "return {$token->text};" );
			++$at;
		} elseif ( '::' === $tokens[ $at + 1 ]->text && null !== named( $tokens, $at, $consts, $class ) ) {
			$text .= named( $tokens, $at, $consts, $class );
			$at   += 3;
		} else {
			return array( null, $at );
		}
		if ( '.' !== $tokens[ $at ]->text ) {
			return array( in_array( $tokens[ $at ]->text, array( ',', ')', ']', ';' ), true ) ? $text : null, $at );
		}
		++$at;
	}
}
