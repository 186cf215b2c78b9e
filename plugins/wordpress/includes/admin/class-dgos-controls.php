<?php
/**
 * What the owner's forms do. Capability and nonce were asked before.
 *
 * @package DGOS
 */

defined( 'ABSPATH' ) || exit;

/**
 * Each act takes the posted fields, unslashed, and returns a sentence or a WP_Error.
 */
final class DGOS_Controls {

	const MIB_MAX = 1000000;

	// phpcs:disable Squiz.Commenting.VariableComment.Missing -- Handed in.
	/** @var DGOS_Ledger */
	private $ledger;
	/** @var DGOS_Membership_Record */
	private $membership;
	/** @var DGOS_Wake */
	private $wake;
	/** @var DGOS_Blob_Keeper */
	private $blob_keeper;
	/** @var DGOS_Settings */
	private $settings;
	// phpcs:enable

	/** Over the parts that it uses. */
	public function __construct( DGOS_Ledger $ledger, DGOS_Membership_Record $membership, DGOS_Wake $wake, DGOS_Blob_Keeper $blob_keeper, DGOS_Settings $settings ) {
		$this->ledger      = $ledger;
		$this->membership  = $membership;
		$this->wake        = $wake;
		$this->blob_keeper = $blob_keeper;
		$this->settings    = $settings;
	}

	/** Pauses or goes on. The record says so to the others. */
	public function pause( array $fields ): string {
		$paused = '1' === ( $fields['paused'] ?? '' );
		$this->settings->set( 'paused', $paused );
		$this->membership->keep();
		return $paused ? __( 'Paused. Other members take over.', 'dgos' ) : __( 'This member works again.', 'dgos' );
	}

	/**
	 * Leaves the network, where the owner has ticked that it is meant, or stays after all.
	 *
	 * @return string|WP_Error
	 */
	public function leave( array $fields ) {
		$stays = '1' === ( $fields['stay'] ?? '' );
		if ( ! $stays && '1' !== ( $fields['meant'] ?? '' ) ) {
			return new WP_Error( 'BAD_FIELDS', __( 'Tick that you mean it. Nothing was changed.', 'dgos' ) );
		}
		$this->membership->leave( ! $stays );
		return $stays ? __( 'This member stays.', 'dgos' ) : __( 'The other members are told. Leave the plugin active until no blog is mirrored here any more.', 'dgos' );
	}

	/**
	 * Disk, traffic, contact.
	 *
	 * @return string|WP_Error
	 */
	public function allow( array $fields ) {
		foreach ( array( 'disk_mib', 'traffic_mib' ) as $name ) {
			$text = is_string( $fields[ $name ] ?? null ) ? trim( $fields[ $name ] ) : '';
			if ( 1 !== preg_match( '/^[0-9]{1,7}$/D', $text ) || (int) $text > self::MIB_MAX ) {
				return new WP_Error( 'BAD_FIELDS', __( 'Give whole mebibytes, at most a million. Nothing was changed.', 'dgos' ) );
			}
		}
		$contact = is_string( $fields['contact'] ?? null ) ? sanitize_text_field( $fields['contact'] ) : '';
		$this->settings->set( 'disk_mib', (int) trim( $fields['disk_mib'] ) );
		$this->settings->set( 'traffic_mib', (int) trim( $fields['traffic_mib'] ) );
		$this->settings->set( 'contact', mb_strcut( $contact, 0, 300 ) );
		$this->membership->keep();
		return __( 'Saved.', 'dgos' );
	}

	/**
	 * Signs a refusal of a blog or of one post, or takes it back.
	 *
	 * @return string|WP_Error
	 */
	public function refuse( array $fields ) {
		$blog   = is_string( $fields['blog'] ?? null ) ? strtolower( trim( $fields['blog'] ) ) : '';
		$post   = is_string( $fields['post'] ?? null ) ? strtolower( trim( $fields['post'] ) ) : '';
		$reason = $fields['reason'] ?? '';
		if ( ! DGOS_Bytes::is_hash( $blog ) || ! $this->ledger->blog( $blog )->root ) {
			return new WP_Error( 'UNKNOWN_BLOG', __( 'No such blog is known here. Copy its id from the table above.', 'dgos' ) );
		}
		if ( '' !== $post && null === $this->ledger->blog( $blog )->find( 'post', $post ) ) {
			return new WP_Error( 'NOT_FOUND', __( 'That blog has no such post here.', 'dgos' ) );
		}
		if ( ! in_array( $reason, DGOS_Refusals::REASONS, true ) ) {
			return new WP_Error( 'BAD_FIELDS', __( 'Choose a reason.', 'dgos' ) );
		}
		$lifted = '1' === ( $fields['lifted'] ?? '' );
		$word   = array(
			'blog'   => $blog,
			'reason' => $reason,
		);
		$word += '' === $post ? array() : array( 'post' => $post );
		$word += $lifted ? array( 'lifted' => true ) : array();
		$this->ledger->publish( 'refusal', $word, 'member' );
		$this->blob_keeper->pull( $blog );
		return $lifted ? __( 'Taken back.', 'dgos' ) : __( 'Refused. Its bytes have left this site.', 'dgos' );
	}

	/** A wake by hand. */
	public function wake(): string {
		return $this->wake->called() ? __( 'Done what there was time for.', 'dgos' ) : __( 'It worked a moment ago. Try again in twenty seconds.', 'dgos' );
	}
}
