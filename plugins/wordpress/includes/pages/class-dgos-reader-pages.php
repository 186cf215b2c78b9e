<?php
/**
 * The addresses for people: `/dgos/m/<host>/…`, and `/m/<host>/…`, by which the rest of the network knows them.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Finds the blog and hands over.
 */
final class DGOS_Reader_Pages {

	const PATH = '#^/(dgos/)?m/(.+)$#Ds';

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Allowance */
	private $allowance;
	/** @var DGOS_Reader_Sites */
	private $reader_sites;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Allowance $allowance, DGOS_Reader_Sites $reader_sites ) {
		$this->ledger       = $ledger;
		$this->allowance    = $allowance;
		$this->reader_sites = $reader_sites;
	}

	/** The answer, where the path is one of ours; else null. */
	public function answer( string $path ): ?array {
		if ( 1 !== preg_match( self::PATH, $path, $match ) || ! $this->ledger->joined() ) {
			return null;
		}
		$found = DGOS_Request_Path::read_blog( $match[2] );
		$known = null === $found ? null : $this->ledger->by_host( $found[0] );
		// A page of this blog may well be called "m": only what is a mirrored blog is ours there.
		if ( null === $known && '' === $match[1] ) {
			return null;
		}
		$answer = null === $known ? null : $this->of_blog( $known, $found, '' === $match[1] );
		return $answer ?? DGOS_Reader_Answers::not_found( home_url( '/' ) );
	}

	private function of_blog( string $id, array $found, bool $elsewhere ): ?array {
		list( $name, $rest ) = $found;

		$site = $this->reader_sites->of( $id );
		if ( null === $site ) {
			return null;
		}
		$stay = isset( $_GET['copy'] ); // phpcs:ignore WordPress.Security.NonceVerification -- Chooses what is shown.
		if ( $elsewhere || null === $rest || $site->name() !== $name ) {
			return DGOS_Reader_Answers::redirect( DGOS_Site_Address::pages() . 'm/' . $site->name() . ( $rest ?? '/' ) . ( $stay ? '?copy' : '' ) );
		}
		$document = isset( $_SERVER['HTTP_SEC_FETCH_DEST'] ) && 'document' === $_SERVER['HTTP_SEC_FETCH_DEST'];
		$sent     = isset( $_SERVER['QUERY_STRING'] ) ? (string) wp_unslash( $_SERVER['QUERY_STRING'] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Resolved as a URL and escaped.
		$answer   = $site->answer( substr( $rest, 1 ), $stay, $document, $sent );
		// Paused, or lent more than the owner allows: the other mirrors have it too.
		if ( null !== $answer && ! $this->allowance->may_serve( strlen( $answer['body'] ) ) ) {
			return DGOS_Reader_Answers::not_found( home_url( '/' ), 503 );
		}
		return $answer;
	}
}
