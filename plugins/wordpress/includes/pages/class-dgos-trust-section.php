<?php
/**
 * Why to believe a mirror page: who signed what, when it was captured, and how many mirrors say the same.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Pure: markup from a model.
 */
final class DGOS_Trust_Section {

	const TRUST = array(
		'signed-by-blog'  => array( 'signed by the blog', 'good', 'The blog’s own server made and signed this copy.' ),
		'captured-alike'  => array( 'captured alike', 'good', 'Two members captured the blog on their own and found the same articles.' ),
		'captured-by-one' => array( 'captured by one', 'warn', 'One member captured this copy; no other has confirmed it yet.' ),
	);

	/**
	 * The section, of a blog or of one of its posts.
	 *
	 * @param stdClass      $model Of the page.
	 * @param string        $api   "https://mirror.example/dgos/v1/".
	 * @param stdClass|null $post  One of the model's.
	 */
	public static function of( stdClass $model, string $api, ?stdClass $post = null ): string {
		$frozen = $model->frozen ? '<p class="notice alarm">One key has signed two different successors of this blog’s keys. Until a higher key decides, the keys before them count.</p>' : '';
		$facts  = self::agreement( $model ) . ( null === $post ? self::signers( $model ) . self::copy( $model ) : self::signer( $post ) ) . self::evidence( $model );
		$at     = DGOS_Markup::escape( "{$api}blogs/$model->blog" );
		return '<section class="card trust" lang="en" dir="ltr" aria-labelledby="trust"><h2 id="trust">How do I know this is real?</h2>'
			. "<dl class=\"facts\">$facts</dl>$frozen<p class=\"small soft\">By your own means: <a href=\"$at/evidence\">all signed evidence</a> · <a href=\"$at\">state of the blog</a></p></section>";
	}

	private static function agreement( stdClass $model ): string {
		$label = $model->fresh ? '<span class="tag good">confirmed fresh</span>' : '<span class="tag warn">may be old</span>';
		$text  = $model->fresh
			? "$model->confirming mirrors of different operators know nothing newer."
			: "$model->confirming of the $model->needed mirrors needed have confirmed it within a day.";
		return "<dt>Newest state</dt><dd>$label $text</dd>";
	}

	private static function signer( stdClass $post ): string {
		return '<dt>This post</dt><dd>signed with “' . DGOS_Markup::escape( $post->signedBy ) . '” <code dir="ltr">' . self::short_key( $post->key ) . "</code><br><span class=\"small soft\">id <code>$post->id</code></span></dd>";
	}

	private static function signers( stdClass $model ): string {
		$keys = array();
		foreach ( $model->posts as $post ) {
			$keys[ $post->key ] = '<li>“' . DGOS_Markup::escape( $post->signedBy ) . '” <code dir="ltr">' . self::short_key( $post->key ) . '</code></li>';
		}
		return $keys ? '<dt>Posts</dt><dd>signed on the author’s devices<ul class="bare small">' . implode( '', $keys ) . '</ul></dd>' : '';
	}

	private static function copy( stdClass $model ): string {
		if ( null === $model->copy ) {
			return '';
		}
		list( $label, $tone, $text ) = self::TRUST[ $model->copy->trust ];

		$files = "{$model->copy->files} file" . ( 1 === $model->copy->files ? '' : 's' ) . ', captured ' . DGOS_Markup::time( $model->copy->capturedAt ) . ' by ' . DGOS_Markup::escape( $model->copy->by );
		return "<dt>Copy</dt><dd><span class=\"tag $tone\">$label</span> $text<br><span class=\"small soft\">$files</span></dd>";
	}

	private static function evidence( stdClass $model ): string {
		$out   = '';
		$state = $model->state;
		if ( 'down' === $state->state && null !== $state->declaration ) {
			$votes = count( $model->votes );
			$by    = 'author' === $state->by ? 'declared by the author' : "declared by $votes mirrors";
			$until = null === $state->until ? '' : ', good until ' . DGOS_Markup::time( $state->until );
			$names = 0 === $votes ? '' : '<br><span class="small soft">' . DGOS_Markup::escape( implode( ', ', $model->votes ) ) . '</span>';
			$out  .= "<dt>Outage</dt><dd>$by$until$names</dd>";
		}
		if ( null !== $model->head ) {
			$mirrors   = DGOS_Markup::count( count( $model->mirrors ), 'one mirror', 'mirrors' );
			$operators = DGOS_Markup::count( $model->operators, 'one operator', 'operators' );
			$out      .= "<dt>Mirror list</dt><dd>number {$model->head->rootVersion}.{$model->head->seq}, signed " . DGOS_Markup::time( $model->head->time ) . ", $mirrors of $operators</dd>";
		}
		return "$out<dt>Blog</dt><dd><code class=\"id\">$model->blog</code></dd>";
	}

	/** Enough of a key to compare by eye. */
	public static function short_key( string $key ): string {
		return implode( ' ', str_split( substr( $key, 0, 16 ), 4 ) );
	}
}
