<?php
/**
 * The words of refusal: the same on the wire, in TypeScript, in the log and in the documents.
 *
 * Generated from protocol/codes.ts by `npm run build:wordpress:generated`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * What an honest network produces is a value, never thrown: functions that may refuse return a DGOS_Refused.
 */
final class DGOS_Codes {

	const MESSAGES = array(
		'BAD_ENVELOPE'  => 'Not a DSSE envelope of this protocol: send payload, payloadType and one signature.',
		'BAD_BASE64'    => 'The base64 text is not canonical: use the standard alphabet with padding.',
		'BAD_SIGNATURE' => 'The signature does not verify under the strict rules: sign the bytes again.',
		'BAD_JSON'      => 'Not JSON as this protocol writes it: one object, whole numbers, no name twice, not too deep.',
		'BAD_FIELDS'    => 'A field is missing or out of its limits.',
		'BAD_HTML'      => 'The post html is not in the normal form: render it again with the editor.',
		'TOO_LARGE'     => 'More bytes than may be sent here.',
		'UNKNOWN_KIND'  => 'This member does not know that kind of object.',
		'OTHER_NETWORK' => 'The object belongs to another network.',
		'AHEAD_OF_TIME' => 'The time of the object lies in the future: set your clock, then sign again.',
		'UNKNOWN_BLOG'  => 'This member has no root of that blog: send its roots first.',
		'NOT_ALLOWED'   => 'The key may not sign this.',
		'KEY_REVOKED'   => 'The key has been revoked: use another device or a recovery key.',
		'EXPIRED'       => 'The word of this object has run out.',
		'BROKEN_CHAIN'  => 'The object does not follow the one that it names.',
		'BLOG_NOT_DOWN' => 'The blog is up: post there, or hand in a signed declaration with the post.',
		'BLOG_CLOSED'   => 'The blog has left the network.',
		'REFUSED'       => 'The operator of this member refuses this blog or this content: use another mirror.',
		'QUOTA'         => 'The share of this blog on this member is used up: use another mirror, or withdraw something.',
		'RATE'          => 'Too many requests: wait as Retry-After says.',
		'NOT_FOUND'     => 'Nothing is kept under that name.',
		'NOT_WANTED'    => 'Nothing here waits for that: it is taken after, or inside, the object that names it.',
		'BAD_REQUEST'   => 'The request is not one of this interface.',
		'HASH_MISMATCH' => 'The bytes do not have the hash under which they were sent.',
		'NOT_MEMBER'    => 'The key is not that of a member.',
		'NO_QUORUM'     => 'The votes do not make a quorum.',
		'TIMEOUT'       => 'The request took too long.',
		'OVERLOADED'    => 'This member is busy: wait as Retry-After says, or use another mirror.',
		'INTERNAL'      => 'Something went wrong here. The operator finds it in the log.',
	);

	/** Refusals that may end when the member is told more: of the 'blog', or of the 'network'. */
	const CURABLE_BY = array(
		'UNKNOWN_BLOG'  => 'blog',
		'BROKEN_CHAIN'  => 'blog',
		'NOT_ALLOWED'   => 'blog',
		'BLOG_NOT_DOWN' => 'blog',
		'NO_QUORUM'     => 'blog',
		'NOT_MEMBER'    => 'network',
	);

	/** HTTP statuses; 400 for the others. */
	const STATUSES = array(
		'NOT_FOUND'    => 404,
		'UNKNOWN_BLOG' => 404,
		'NOT_ALLOWED'  => 403,
		'REFUSED'      => 451,
		'TOO_LARGE'    => 413,
		'RATE'         => 429,
		'QUOTA'        => 507,
		'NOT_WANTED'   => 409,
		'OVERLOADED'   => 503,
		'INTERNAL'     => 500,
	);

	/** A refusal. `$detail` names the field or the limit. */
	public static function refuse( string $code, string $detail = '' ): DGOS_Refused {
		return new DGOS_Refused( $code, $detail );
	}
}
