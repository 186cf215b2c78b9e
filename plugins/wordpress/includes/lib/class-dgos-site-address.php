<?php
/**
 * Where this site answers as a member, and where it shows pages to readers.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * From WordPress's own settings alone.
 */
final class DGOS_Site_Address {

	/**
	 * The url of this member, to which `dgos/v1/…` is appended. Without pretty permalinks the path goes through index.php,
	 * which most hosts hand on.
	 */
	public static function member(): string {
		$home = trailingslashit( home_url() );
		return '' === (string) get_option( 'permalink_structure' ) ? $home . 'index.php/' : $home;
	}

	/** Scheme and host of this site, in lower case, without a path: where others look for its key. */
	public static function origin(): string {
		preg_match( '#^(https?)://([^/?]+)#', strtolower( home_url() ), $match );
		$usual = 'https' === ( $match[1] ?? '' ) ? ':443' : ':80';
		return ( $match[1] ?? 'http' ) . '://' . preg_replace( '/' . $usual . '$/D', '', $match[2] ?? '' );
	}

	/** "https://mirror.example/dgos/", below which people find pages. */
	public static function pages(): string {
		return self::member() . 'dgos/';
	}
}
