<?php
/**
 * "If this blog died now, what would readers see, where, how old?": the answer in words, for the health tab, the dashboard and
 * Site Health. Only numbers that this site really has.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Words and small pieces of markup about DGOS_Mirror_Health.
 */
final class DGOS_Health_View {

	/** Nobody has called this member for so long. */
	const SILENT_MS = 86400000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Own_Blog */
	private $own_blog;
	/** @var DGOS_Mirror_Health */
	private $mirror_health;
	/** @var DGOS_Setup */
	private $setup;
	/** @var DGOS_Own_Wall */
	private $own_wall;
	/** @var DGOS_Failures */
	private $failures;
	/** @var DGOS_Clock_Check */
	private $clock_check;
	/** @var DGOS_Meta */
	private $meta;
	/** @var DGOS_Clock */
	private $clock;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Own_Blog $own_blog, DGOS_Mirror_Health $mirror_health, DGOS_Setup $setup, DGOS_Own_Wall $own_wall, DGOS_Failures $failures, DGOS_Clock_Check $clock_check, DGOS_Meta $meta, DGOS_Clock $clock ) {
		$this->own_blog      = $own_blog;
		$this->mirror_health = $mirror_health;
		$this->setup         = $setup;
		$this->own_wall      = $own_wall;
		$this->failures      = $failures;
		$this->clock_check   = $clock_check;
		$this->meta          = $meta;
		$this->clock         = $clock;
	}

	/** {tone: 'good', 'so' or 'bad', words}: one answer. */
	public function answer(): array {
		$snapshot = $this->mirror_health->snapshot();
		if ( null === DGOS_Own_Blog::id() || null === $snapshot ) {
			return array(
				'tone'  => null === DGOS_Own_Blog::id() ? 'so' : 'bad',
				'words' => __( 'Nothing: this blog is not protected yet.', 'dgos' ),
			);
		}
		$held = $this->mirror_health->held();
		if ( 0 === $held['held'] ) {
			return $this->without_newest();
		}
		/* translators: 1: number of mirrors, 2: number of mirrors, 3: date and time, 4: time span such as "2 hours". */
		$words = __( 'If this blog died now: %1$d of %2$d mirrors would show your page of %3$s (%4$s old), newest post included.', 'dgos' );
		return array(
			'tone'  => 'done' === $this->setup->step() ? 'good' : 'so',
			'words' => sprintf( $words, $held['held'], $held['of'], self::moment( $snapshot->payload->time ), $this->age( $snapshot->payload->time ) ),
		);
	}

	/** Where a change is minutes old, mirrors have what was before it. */
	private function without_newest(): array {
		$older = array_filter( array_column( $this->mirror_health->mirrors(), 'copied' ) );
		if ( ! $older ) {
			return array(
				'tone'  => 'bad',
				'words' => __( 'No mirror is known to have a copy of your blog yet.', 'dgos' ),
			);
		}
		/* translators: 1: number of mirrors, 2: date and time. */
		$words = _n( '%1$d mirror has your blog of %2$s; a newer copy is on its way.', '%1$d mirrors have your blog of %2$s; a newer copy is on its way.', count( $older ), 'dgos' );
		return array(
			'tone'  => 'so',
			'words' => sprintf( $words, count( $older ), self::moment( max( $older ) ) ),
		);
	}

	/** What is missing, and what to do: a list of {words, next}. */
	public function missing(): array {
		if ( null === DGOS_Own_Blog::id() ) {
			return array( self::lack( __( 'The set-up is not finished.', 'dgos' ), __( 'Go on under “Set up”.', 'dgos' ) ) );
		}
		$clock   = $this->clock_check->words();
		$found   = null === $clock ? array() : array( $clock );
		$seen    = $this->setup->seen();
		$trouble = $this->setup->troubles();
		$wake    = $this->meta->get( 'wake_last' );
		$now     = $this->clock->now_ms();
		if ( ! $this->own_blog->may_sign() ) {
			$found[] = self::lack( __( 'The key of this host may not sign copies of this blog: a newer root names another one, or has closed the blog.', 'dgos' ), __( 'If that was not you, use sheet 1 of your recovery words in the kit.', 'dgos' ) );
		}
		if ( ! $seen['proven'] ) {
			/* translators: 1: a number of members, 2: a number of members. */
			$found[] = self::lack( sprintf( __( 'Only %1$d members have seen this blog’s tag, %2$d have to.', 'dgos' ), $seen['seen'], $seen['needed'] ), __( 'Until then no link leads readers to a mirror. Empty your page cache, so that the tag is on the front page.', 'dgos' ) );
		}
		if ( $trouble ) {
			$found = array_merge( $found, $trouble );
		} elseif ( $this->failures->is_disk_failing() ) {
			$found[] = self::lack( ...DGOS_Failures::disk() );
		}
		if ( is_array( $wake ) ? $wake['at'] < $now - self::SILENT_MS : true ) {
			$found[] = self::lack( __( 'No other member has called this site for a day.', 'dgos' ), __( 'Ask whoever vouched whether their server runs, and whether a firewall keeps it out.', 'dgos' ) );
		}
		return array_merge( $found, $this->walled(), self::costly( $this->mirror_health->mirrors() ), self::missing_at_mirrors( $this->mirror_health->mirrors(), $seen['proven'] ) );
	}

	/** A wall that keeps most guards out, and how they are let in. */
	private function walled(): array {
		$seen = $this->own_wall->seen();
		if ( null === $seen ) {
			return array();
		}
		/* translators: 1: name of a product, 2: a number, 3: a number. */
		$words = sprintf( __( 'Your wall (%1$s) keeps your guards out: %2$d of %3$d cannot see this blog.', 'dgos' ), $seen['wall']->title, $seen['watchers'], $seen['of'] );
		if ( ! $seen['speaks'] ) {
			$words .= ' ' . __( 'If this blog died behind it, only you could declare it down.', 'dgos' );
		}
		/* translators: %s: a rule of a product, in English. */
		return array( self::lack( $words, sprintf( __( 'Let them in like this: %s', 'dgos' ), $seen['wall']->letIn ) ) );
	}

	/** Documents that mirrors leave alone: one line each document, whoever says so. */
	private static function costly( array $mirrors ): array {
		$found = array();
		foreach ( array_filter( $mirrors, static fn ( $mirror ) => null !== $mirror['costly'] ) as $mirror ) {
			$document = $mirror['costly']['document'];
			/* translators: 1: name of a member, 2: an address. */
			$words = sprintf( __( '%1$s cannot show %2$s: it asks for more time or memory than one document gets.', 'dgos' ), $mirror['name'], $document );
			/* translators: %s: date and time. */
			$when  = null === $mirror['costly']['next'] ? '' : ' ' . sprintf( __( 'It is read again at %s.', 'dgos' ), self::moment( $mirror['costly']['next'] ) );
			$found[ $document ] = self::lack( $words, __( 'Look for tags that are never closed, very deep nesting, or a page of many megabytes: often one plugin or block makes them.', 'dgos' ) . $when );
		}
		return array_slice( array_values( $found ), 0, 3 );
	}

	private static function missing_at_mirrors( array $mirrors, bool $proven ): array {
		$found = array();
		if ( ! $mirrors && $proven ) {
			$found[] = self::lack( __( 'There is no mirror: no other operator’s server is there to keep a copy.', 'dgos' ), __( 'The network needs another member. Whom do you know who has a server, or a blog like this one?', 'dgos' ) );
		} elseif ( $mirrors && count( $mirrors ) < DGOS_Limits::SAFE_OPERATORS ) {
			/* translators: %d: a number of mirrors. */
			$found[] = self::lack( sprintf( _n( 'There is only %d mirror.', 'There are only %d mirrors.', count( $mirrors ), 'dgos' ), count( $mirrors ) ), __( 'It works; each further member makes it safer.', 'dgos' ) );
		}
		return array_merge( $found, self::silent( $mirrors ) );
	}

	/** Mirrors that did not answer; where it is all of them, one line whatever they said meanwhile by calling here. */
	private static function silent( array $mirrors ): array {
		$failed = array_filter( $mirrors, static fn ( $mirror ) => null !== $mirror['failed'] );
		if ( count( $failed ) > 1 && count( $failed ) === count( $mirrors ) ) {
			return array( self::lack( __( 'None of the mirrors answered when it was last asked.', 'dgos' ), __( 'If they say that they have the copy, nothing to do: your host lets PHP call nobody, and members call here instead.', 'dgos' ) ) );
		}
		$found = array();
		foreach ( $failed as $mirror ) {
			if ( $mirror['failed'] > $mirror['seen'] ) {
				/* translators: %s: name of a member. */
				$found[] = self::lack( sprintf( __( '%s did not answer when it was last asked.', 'dgos' ), $mirror['name'] ), __( 'Nothing to do: mirrors that stay away are replaced.', 'dgos' ) );
			}
		}
		return $found;
	}

	/** Mirrors as a table. */
	public function table( array $mirrors ): void {
		$states = array(
			'shown'   => array( 'good', __( 'newest copy, shown', 'dgos' ) ),
			'says'    => array( 'good', __( 'newest copy, confirmed', 'dgos' ) ),
			'lacks'   => array( 'so', __( 'newest copy, not whole yet', 'dgos' ) ),
			'older'   => array( 'so', __( 'an older copy', 'dgos' ) ),
			'unknown' => array( 'bad', __( 'not known', 'dgos' ) ),
		);
		echo '<div class="dgos-mirrors"><table class="widefat striped"><thead><tr>';
		$titles = array( __( 'Mirror', 'dgos' ), __( 'Has', 'dgos' ), __( 'Of', 'dgos' ), __( 'Age', 'dgos' ), __( 'Last heard of', 'dgos' ) );
		foreach ( $titles as $title ) {
			echo '<th scope="col">' . esc_html( $title ) . '</th>';
		}
		echo '</tr></thead><tbody>';
		foreach ( $mirrors as $mirror ) {
			$none  = 'older' === $mirror['state'] && null === $mirror['copied'];
			$state = $none ? array( 'bad', __( 'no copy', 'dgos' ) ) : $states[ $mirror['state'] ];
			/* translators: %s: time span. */
			$seen  = 0 === $mirror['seen'] ? __( 'never', 'dgos' ) : sprintf( __( '%s ago', 'dgos' ), $this->age( $mirror['seen'] ) );
			$cells = array(
				sprintf( '<bdi>%1$s</bdi><br><a href="%2$s" rel="noreferrer" target="_blank">%2$s</a>', esc_html( $mirror['name'] ), esc_url( $mirror['page'] ) ),
				sprintf( '<span class="dgos-tag is-%s">%s</span>', esc_attr( $state[0] ), esc_html( $state[1] ) ),
				esc_html( null === $mirror['copied'] ? '–' : self::moment( $mirror['copied'] ) ),
				esc_html( null === $mirror['copied'] ? '–' : $this->age( $mirror['copied'] ) ),
				esc_html( $seen ),
			);
			echo '<tr>';
			foreach ( $cells as $at => $cell ) {
				printf( '<td data-title="%s">%s</td>', esc_attr( $titles[ $at ] ), $cell ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped above.
			}
			echo '</tr>';
		}
		echo '</tbody></table></div>';
	}

	/** The dashboard's widget. */
	public function widget(): void {
		$answer  = $this->answer();
		$missing = $this->missing();
		echo '<p>' . esc_html__( 'Readers would see:', 'dgos' ) . '</p><p><strong>' . esc_html( $answer['words'] ) . '</strong></p>';
		if ( $missing ) {
			echo '<p>' . esc_html( $missing[0]['words'] . ' ' . $missing[0]['next'] ) . '</p>';
		}
		$enrolled = null !== DGOS_Own_Blog::id();
		printf( '<p><a class="button" href="%s">%s</a></p>', esc_url( DGOS_Admin::url( $enrolled ? DGOS_Health_Tab::TAB : DGOS_Setup_Tab::TAB ) ), esc_html( $enrolled ? __( 'Look closer', 'dgos' ) : __( 'Protect this blog', 'dgos' ) ) );
	}

	/** Date and time in the site's own form. */
	public static function moment( int $ms ): string {
		return (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), intdiv( $ms, 1000 ) );
	}

	/** "2 hours". */
	public function age( int $ms ): string {
		return human_time_diff( intdiv( $ms, 1000 ), intdiv( $this->clock->now_ms(), 1000 ) );
	}

	private static function lack( string $words, string $next ): array {
		return compact( 'words', 'next' );
	}
}
