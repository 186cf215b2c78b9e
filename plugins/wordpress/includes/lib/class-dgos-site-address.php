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

	/** "https://mirror.example/dgos/", below which people find pages. */
	public static function pages(): string {
		return self::member() . 'dgos/';
	}
}
