<?php
/**
 * The one honest sentence at the head of a mirror page: what is known, who says so, and what the reader sees below. Word
 * for word that of mirror/pages/status-sentence.ts.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: a model in, {tone, tag, text} out; the text is markup.
 */
final class DGOS_Status_Sentence {

	/** What the page says first. */
	public static function of( stdClass $model ): stdClass {
		$state = $model->state;
		$home  = self::home( $model );
		$below = self::below( $model );
		if ( $model->closed ) {
			return self::said( '', 'closed', 'This blog has left the network. Nothing of it is kept here.' );
		}
		if ( 'down' === $state->state && $state->exercise ) {
			return self::said( 'warn', 'exercise', "This is an exercise: $home is fine. Its author is trying out what readers would see. $below" );
		}
		if ( 'down' === $state->state && $state->disputed ) {
			$count = count( $model->votes );
			return self::said( 'warn', 'disputed', "$count mirrors cannot reach $home" . self::since( $model ) . ", but others can. Try it first; if it does not open for you, read on here. $below" );
		}
		if ( 'down' === $state->state ) {
			return self::said( 'alarm', 'unreachable', self::down( $model, $home, $below ) );
		}
		if ( 'returning' === $state->state ) {
			$left  = count( $state->unimported );
			$posts = 1 === $left ? 'One post written meanwhile is' : "$left posts written meanwhile are";
			return self::said( 'good', 'back', "$home answers again" . self::since( $model ) . ". $posts still on the way home and can be read here." );
		}
		if ( 'suspected' === $state->state ) {
			return self::said( 'warn', 'not answering', "$home does not answer some of its mirrors right now. $below" );
		}
		return self::said( 'good', 'up', "$home is up: read it there. $below" );
	}

	/** The same without markup, for descriptions. */
	public static function plain( stdClass $model ): string {
		$text = trim( preg_replace( '/\s+/', ' ', html_entity_decode( preg_replace( '/<[^<>]*>/', '', self::of( $model )->text ), ENT_QUOTES, 'UTF-8' ) ) );
		return '' === $text ? 'A copy of ' . DGOS_Markup::host( $model->home ) . '.' : $text;
	}

	private static function said( string $tone, string $tag, string $text ): stdClass {
		return (object) compact( 'tone', 'tag', 'text' );
	}

	private static function since( stdClass $model ): string {
		return null === $model->state->since ? '' : ' since ' . DGOS_Markup::time( $model->state->since );
	}

	private static function down( stdClass $model, string $home, string $below ): string {
		$votes    = count( $model->votes );
		$source   = 'author' === $model->state->by ? 'as its author says' : "as $votes of its " . max( $model->operators, $votes ) . ' mirrors found';
		$distrust = $model->state->distrustSince;
		$warning  = null === $distrust ? '' : ' What its server says since ' . DGOS_Markup::time( $distrust ) . ' is not to be trusted.';
		return "$home has been unreachable" . self::since( $model ) . ", $source.$warning $below";
	}

	/** Whose copy this is, how old, and whether its author still speaks. */
	private static function below( stdClass $model ): string {
		$since = self::posted_since( $model );
		$times = array( 1 => 'once', 2 => 'twice' ); // phpcs:ignore WordPress.Arrays -- Two words.
		$posted = 0 === $since ? 'the author has not posted since' : 'the author has posted ' . ( $times[ $since ] ?? "$since times" ) . ' since';
		if ( null === $model->copy ) {
			return 0 === $since ? '' : "Kept here by friends: $posted.";
		}
		$copy = 'This is a copy kept by friends, as it was on ' . DGOS_Markup::time( $model->copy->capturedAt );
		$away = in_array( $model->state->state, array( 'down', 'suspected' ), true );
		return $away || $since > 0 ? "$copy; $posted." : "$copy.";
	}

	/** Posts that came home are the blog's own by now. */
	private static function posted_since( stdClass $model ): int {
		return count( array_filter( $model->posts, static fn ( $post ) => ! $post->withdrawn && null === $post->importedAt ) );
	}

	private static function home( stdClass $model ): string {
		return '<a href="' . DGOS_Markup::escape( $model->home ) . '" rel="noopener">' . DGOS_Markup::escape( DGOS_Markup::host( $model->home ) ) . '</a>';
	}
}
