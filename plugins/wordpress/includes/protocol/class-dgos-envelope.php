<?php
/**
 * The DSSE envelope (secure-systems-lab/dsse v1.0.2): one payload, one signature, verified before it is parsed.
 *
 * Signed bytes = "DSSEv1 " len(type) " " type " " len(payload) " " payload, lengths in bytes. The id of an object is the
 * SHA-256 of those bytes. Payload bytes are kept as they came: PHP and JavaScript write half of all JSON differently.
 *
 * A signed object is a stdClass {id, kind, payload (stdClass), envelope (stdClass)}.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Seal, open, reopen.
 */
final class DGOS_Envelope {

	/** The payloadType of a kind. */
	public static function type_of( string $kind ): string {
		return 'application/vnd.dgos.' . $kind . '.v1+json';
	}

	/** What DSSE signs. */
	public static function signed_bytes( string $type, string $payload ): string {
		return 'DSSEv1 ' . strlen( $type ) . ' ' . $type . ' ' . strlen( $payload ) . ' ' . $payload;
	}

	/**
	 * Signs a payload; `key` is filled in. Throws where open() would refuse it: a member never signs what others must refuse.
	 *
	 * @param string      $kind   A known kind.
	 * @param array       $fields The payload without `key`.
	 * @param DGOS_Signer $signer Whose key.
	 */
	public static function seal( string $kind, array $fields, DGOS_Signer $signer ): stdClass {
		$fields['key'] = $signer->key;
		$bytes         = (string) json_encode( $fields, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode repairs, signing must not.
		$payload = self::read_payload( $kind, $bytes );
		if ( $payload instanceof DGOS_Refused ) {
			throw new InvalidArgumentException( "cannot seal $kind: {$payload->code} {$payload->detail}" ); // phpcs:ignore WordPress.Security.EscapeOutput -- Not output.
		}
		$message  = self::signed_bytes( self::type_of( $kind ), $bytes );
		$envelope = (object) array(
			'payload'     => DGOS_Base64::encode( $bytes ),
			'payloadType' => self::type_of( $kind ),
			'signatures'  => array(
				(object) array(
					'keyid' => $signer->key,
					'sig'   => DGOS_Base64::encode( $signer->sign( $message ) ),
				),
			),
		);
		return self::object( DGOS_Bytes::sha256( $message ), $kind, $payload, $envelope );
	}

	/**
	 * Opens an envelope from outside: shape, base64, strict signature, then size, JSON, fields and grammar.
	 *
	 * @param mixed $input Decoded JSON, in object mode.
	 * @return stdClass|DGOS_Refused
	 */
	public static function open( $input ) {
		$envelope = self::shape( $input );
		if ( null === $envelope ) {
			return DGOS_Codes::refuse( 'BAD_ENVELOPE' );
		}
		$kind = self::kind_of( $envelope->payloadType );
		if ( null === $kind ) {
			return DGOS_Codes::refuse( 'UNKNOWN_KIND', substr( $envelope->payloadType, 0, 100 ) );
		}
		if ( self::is_longer( $envelope->payload, self::text_limit( $kind ) ) ) {
			return DGOS_Codes::refuse( 'TOO_LARGE', $kind );
		}
		$bytes     = DGOS_Base64::decode( $envelope->payload );
		$signature = DGOS_Base64::decode( $envelope->signatures[0]->sig );
		if ( null === $bytes || null === $signature ) {
			return DGOS_Codes::refuse( 'BAD_BASE64' );
		}
		$keyid   = $envelope->signatures[0]->keyid;
		$message = self::signed_bytes( $envelope->payloadType, $bytes );
		if ( ! DGOS_Bytes::is_hash( $keyid ) || ! DGOS_Ed25519::verify( hex2bin( $keyid ), $message, $signature ) ) {
			return DGOS_Codes::refuse( 'BAD_SIGNATURE' );
		}
		$payload = self::read_payload( $kind, $bytes );
		if ( $payload instanceof DGOS_Refused ) {
			return $payload;
		}
		if ( $payload->key !== $keyid ) {
			return DGOS_Codes::refuse( 'BAD_SIGNATURE', 'the payload names another key' );
		}
		return self::object( DGOS_Bytes::sha256( $message ), $kind, $payload, $envelope );
	}

	/**
	 * The id of an envelope without checking its signature: for naming what was refused. Null where it has no shape.
	 *
	 * @param mixed $input Decoded JSON, in object mode.
	 */
	public static function id_of( $input ): ?string {
		$envelope = self::shape( $input );
		$bytes    = null === $envelope ? null : DGOS_Base64::decode( $envelope->payload );
		return null === $bytes ? null : DGOS_Bytes::sha256( self::signed_bytes( $envelope->payloadType, $bytes ) );
	}

	/**
	 * An object from our own store, verified on the way in. Skips the signature; throws on a damaged envelope.
	 *
	 * @param string   $id       Its id, as kept.
	 * @param stdClass $envelope Its envelope, as kept.
	 */
	public static function reopen( string $id, stdClass $envelope ): stdClass {
		$kind    = self::kind_of( $envelope->payloadType );
		$payload = null === $kind ? null : json_decode( (string) DGOS_Base64::decode( $envelope->payload ), false, 32 );
		if ( ! is_object( $payload ) ) {
			throw new UnexpectedValueException( 'a kept envelope is damaged' );
		}
		return self::object( $id, $kind, DGOS_Kinds::known_fields( $kind, $payload ), $envelope );
	}

	/**
	 * The kind that an envelope claims, which nobody has opened: a place in line, nothing more. Null where it is none.
	 *
	 * @param mixed $input Decoded JSON, in object mode.
	 */
	public static function claimed_kind( $input ): ?string {
		$type = DGOS_Bytes::field( $input, 'payloadType' );
		return is_string( $type ) ? self::kind_of( $type ) : null;
	}

	/**
	 * Signatures that are checked for an envelope: its own, and of those that its payload may carry, as its text shows.
	 *
	 * @param mixed $input Decoded JSON, in object mode.
	 */
	public static function signatures_in( $input ): int {
		$text = in_array( self::claimed_kind( $input ), array( 'declaration', 'observation' ), true ) ? DGOS_Bytes::field( $input, 'payload' ) : null;
		return 1 + ( is_string( $text ) ? substr_count( (string) base64_decode( $text, true ), '"payloadType"' ) : 0 ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- Only counted.
	}

	/** The blog that an object speaks of, or null for objects of the network. Root 1 is its own blog. */
	public static function blog_of( stdClass $signed ): ?string {
		if ( 'root' === $signed->kind && 1 === $signed->payload->version ) {
			return $signed->id;
		}
		return $signed->payload->blog ?? null;
	}

	private static function object( string $id, string $kind, stdClass $payload, stdClass $envelope ): stdClass {
		return (object) array(
			'id'       => $id,
			'kind'     => $kind,
			'payload'  => $payload,
			'envelope' => $envelope,
		);
	}

	private static function kind_of( string $type ): ?string {
		$kind = (string) substr( $type, 21, -8 );
		return DGOS_Kinds::is_kind( $kind ) && self::type_of( $kind ) === $type ? $kind : null;
	}

	/** Characters of base64 that the largest payload of a kind has. */
	private static function text_limit( string $kind ): int {
		return intdiv( DGOS_Kinds::payload_limit( $kind ) + 2, 3 ) * 4;
	}

	private static function is_longer( string $text, int $limit ): bool {
		return strlen( $text ) > $limit && DGOS_Bytes::utf16_length( $text ) > $limit;
	}

	/**
	 * The known fields of an envelope, or null where it has no shape.
	 *
	 * @param mixed $input Decoded JSON, in object mode.
	 */
	private static function shape( $input ): ?stdClass {
		$payload    = DGOS_Bytes::field( $input, 'payload' );
		$type       = DGOS_Bytes::field( $input, 'payloadType' );
		$signatures = DGOS_Bytes::field( $input, 'signatures' );
		if ( ! is_string( $payload ) || ! is_string( $type ) || self::is_longer( $payload, DGOS_Limits::ENVELOPE_BYTES_MAX ) ) {
			return null;
		}
		if ( self::is_longer( $type, 100 ) || ! is_array( $signatures ) || 1 !== count( $signatures ) ) {
			return null;
		}
		$keyid = DGOS_Bytes::field( $signatures[0], 'keyid' );
		$sig   = DGOS_Bytes::field( $signatures[0], 'sig' );
		if ( ! is_string( $keyid ) || self::is_longer( $keyid, 64 ) || ! is_string( $sig ) || 88 !== DGOS_Bytes::utf16_length( $sig ) ) {
			return null;
		}
		return (object) array(
			'payload'     => $payload,
			'payloadType' => $type,
			'signatures'  => array(
				(object) array(
					'keyid' => $keyid,
					'sig'   => $sig,
				),
			),
		);
	}

	/**
	 * The payload of verified bytes.
	 *
	 * @return stdClass|DGOS_Refused
	 */
	private static function read_payload( string $kind, string $bytes ) {
		if ( strlen( $bytes ) > DGOS_Kinds::payload_limit( $kind ) ) {
			return DGOS_Codes::refuse( 'TOO_LARGE', $kind );
		}
		$payload = DGOS_Json::parse( $bytes );
		if ( $payload instanceof DGOS_Refused ) {
			return $payload;
		}
		$wrong = DGOS_Kinds::bad_field( $kind, $payload );
		if ( null !== $wrong ) {
			return DGOS_Codes::refuse( 'BAD_FIELDS', $wrong );
		}
		$html = 'post' === $kind ? DGOS_Post_Html::problem( $payload->html, $payload->attachments ) : null;
		return null === $html ? DGOS_Kinds::known_fields( $kind, $payload ) : DGOS_Codes::refuse( 'BAD_HTML', $html );
	}
}
