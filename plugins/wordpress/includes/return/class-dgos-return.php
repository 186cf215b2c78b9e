<?php
/**
 * The blog's side of the return: pull from the mirrors, check, import each post exactly once, see it published, confirm.
 *
 *   lock → feeds of ≥ 2 mirrors → plan → each step → page seen by an anonymous visitor → `imported` → mirrors redirect
 *
 * Safe to run at any time and again, and to die at any step. A run stops when its time is over and the next one goes on.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * A report is a stdClass {code (DONE, UNFINISHED, or why nothing was done), sources, of, steps, waiting, confirmed,
 * confirmedBy, withheld}.
 */
final class DGOS_Return {

	/** Posts in one confirmation. */
	const CONFIRMED_MAX = 100;
	/** Mirrors that must have answered. One alone could withhold posts unnoticed. */
	const SOURCES_MIN = 2;
	/** How long a run that died keeps others away. */
	const LOCK_MS = 120000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- The constructor names them.
	/** @var DGOS_Return_Pull */
	private $pull;
	/** @var DGOS_Importer */
	private $importer;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	/** @var DGOS_Signer */
	private $signer;
	/** @var array */
	private $options;
	// phpcs:enable

	/**
	 * What a run uses, and how it is set.
	 *
	 * @param DGOS_Return_Pull $pull     The mirrors.
	 * @param DGOS_Importer    $importer This blog.
	 * @param DGOS_Meta        $meta     Keeps the lock.
	 * @param DGOS_Clock       $clock    Time.
	 * @param DGOS_Signer      $signer   The blog's online key.
	 * @param array            $options  {network, blog, mirrors, addresses, time_ms (how long a run works)}.
	 */
	public function __construct( DGOS_Return_Pull $pull, DGOS_Importer $importer, DGOS_Meta $meta, DGOS_Clock $clock, DGOS_Signer $signer, array $options ) {
		$this->pull     = $pull;
		$this->importer = $importer;
		$this->meta     = $meta;
		$this->clock    = $clock;
		$this->signer   = $signer;
		$this->options  = $options;
	}

	/** What a run would do. Changes nothing. */
	public function dry_run(): stdClass {
		return $this->plan();
	}

	/** One run. */
	public function run(): stdClass {
		$until = $this->clock->running_ms() + $this->options['time_ms'];
		$token = $this->meta->take( 'return', self::LOCK_MS );
		if ( null === $token ) {
			return self::report( 'RUNNING' );
		}
		$hold = function () use ( $token ) {
			if ( ! $this->meta->extend( 'return', $token, self::LOCK_MS ) ) {
				throw new DGOS_Lock_Lost();
			}
		};
		add_action( 'dgos_import_step', $hold );
		try {
			return $this->carry_out( $this->plan(), $until );
		} catch ( DGOS_Lock_Lost $lost ) {
			return self::report( 'RUNNING' );
		} finally {
			remove_action( 'dgos_import_step', $hold );
			$this->meta->release( 'return', $token );
		}
	}

	private static function report( string $code ): stdClass {
		return (object) array(
			'code'        => $code,
			'sources'     => 0,
			'of'          => 0,
			'steps'       => array(),
			'waiting'     => array(),
			'confirmed'   => array(),
			'confirmedBy' => 0,
			'withheld'    => array(),
		);
	}

	/** What the mirrors have, as far as they tell in half of the time, and what to do about it. */
	private function plan(): stdClass {
		$pulled          = $this->pull->posts( $this->clock->running_ms() + intdiv( $this->options['time_ms'], 2 ) );
		$report          = self::report( 'DONE' );
		$report->of      = count( $this->options['mirrors'] );
		$report->sources = count( $pulled->sources );
		if ( 0 === $report->sources || $report->sources < min( self::SOURCES_MIN, $report->of ) ) {
			$report->code = 'TOO_FEW_MIRRORS';
			return $report;
		}
		$roles = DGOS_Key_Roles::of( $pulled->blog );
		if ( null === $roles || ! $roles->is_online( $this->signer->key ) ) {
			$report->code = 'NOT_ALLOWED';
			return $report;
		}
		$report->withheld = DGOS_Posts::withheld( $pulled->blog );
		$report->steps    = DGOS_Return_Plan::steps( DGOS_Posts::shown( $pulled->blog, $this->clock->now_ms() ), $this->importer );
		return $report;
	}

	private function carry_out( stdClass $report, int $until ): stdClass {
		$links = array();
		foreach ( $report->steps as $step ) {
			if ( $this->clock->running_ms() > $until ) {
				$report->code = 'UNFINISHED';
				break;
			}
			do_action( 'dgos_import_step' );
			$post = $this->act( $step );
			if ( null === $post ) {
				if ( in_array( $step->action, array( 'create', 'finish', 'update' ), true ) ) {
					$report->waiting[] = $step->id;
				}
				continue;
			}
			$url = (string) get_permalink( $post );
			if ( $url === $step->shown->importedAt ) {
				continue;
			}
			if ( $this->is_sealable( $step->id, $url ) && $this->is_visible( $step->id, $url ) ) {
				$links[] = array(
					'post' => $step->id,
					'url'  => $url,
				);
			} else {
				$report->waiting[] = $step->id;
			}
		}
		return $this->confirm( $report, $links );
	}

	/** Does the step. The post's number where readers should find it, else null. */
	private function act( stdClass $step ): ?int {
		switch ( $step->action ) {
			case 'create':
			case 'finish':
			case 'update':
				return $this->importer->put( $step->shown );
			case 'withdraw':
				$this->importer->withdraw( $step->found->post );
				return null;
			case 'done':
			case 'kept':
				if ( DGOS_Importer::TEXT_UNKNOWN !== $step->found->text ) {
					$this->importer->rename( $step->found->post, $step->id );
				}
				return $step->found->post;
			default:
				return null;
		}
	}

	/** Mirrors refuse permalinks outside of the blog's addresses and of another grammar: it would be a word for nothing. */
	private function is_sealable( string $id, string $url ): bool {
		$home = array_filter( $this->options['addresses'], static fn ( $address ) => 0 === strpos( $url, $address ) );
		return array() !== $home && null === DGOS_Kinds::bad_field( 'imported', (object) ( $this->fields( array( (object) array( 'post' => $id, 'url' => $url ) ) ) + array( 'key' => $this->signer->key ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing -- Short.
	}

	private function fields( array $posts ): array {
		return array(
			'network' => $this->options['network'],
			'time'    => $this->clock->now_ms(),
			'blog'    => $this->options['blog'],
			'posts'   => $posts,
		);
	}

	/**
	 * Whether a visitor without any cookie gets the post: mirrors will send readers there. The page must name the post, as
	 * "coming soon" pages answer 200 too.
	 */
	private function is_visible( string $id, string $url ): bool {
		$answer = wp_remote_get(
			add_query_arg( 'dgos', substr( $id, 0, 8 ), $url ),
			array(
				'timeout'             => 15,
				'redirection'         => 3,
				'cookies'             => array(),
				'limit_response_size' => 1048576,
				'sslverify'           => apply_filters( 'https_local_ssl_verify', false ), // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- A filter of WordPress.
			)
		);
		return ! is_wp_error( $answer )
			&& 200 === wp_remote_retrieve_response_code( $answer )
			&& false !== strpos( wp_remote_retrieve_body( $answer ), DGOS_Return_Mark::text( $id ) );
	}

	/** Signs the confirmations and hands them to every mirror. */
	private function confirm( stdClass $report, array $links ): stdClass {
		if ( array() === $links ) {
			return $report;
		}
		$envelopes = array();
		foreach ( array_chunk( $links, self::CONFIRMED_MAX ) as $posts ) {
			$envelopes[] = DGOS_Envelope::seal( 'imported', $this->fields( $posts ), $this->signer )->envelope;
		}
		$report->confirmed   = $links;
		$report->confirmedBy = $this->pull->hand( $envelopes );
		do_action( 'dgos_imported', $links, $envelopes );
		return $report;
	}
}
