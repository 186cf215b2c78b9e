<?php
/**
 * Limits of the wire. Local limits (disk, rate) lie in the options.
 *
 * Generated from protocol/limits.ts by `npm run build:wordpress:generated`: change it there.
 *
 * @package DGOS
 */

defined( 'DGOS_PROTOCOL' ) || exit;

/**
 * Each limit has a name and a reason. Times are milliseconds.
 */
final class DGOS_Limits {

	/** Payload of any kind but the two below. Room for a declaration with ten embedded votes. */
	const PAYLOAD_BYTES_MAX = 64 * 1024;
	/** A post carries its own text in two forms. */
	const POST_PAYLOAD_BYTES_MAX = 1024 * 1024;
	/** A snapshot names up to 300 files, some under long CDN addresses. */
	const SNAPSHOT_PAYLOAD_BYTES_MAX = 256 * 1024;
	/** A list of an archive's files is cut into parts of at most this: one new post is one such part to hand on. */
	const ARCHIVE_PART_BYTES_MAX = 256 * 1024;
	/** Parts of one archive: about 400,000 files. */
	const ARCHIVE_PARTS_MAX = 256;
	/** Envelope text: base64 of the largest payload, and the rest of the JSON. */
	const ENVELOPE_BYTES_MAX = 1399128;
	/** Nesting of JSON values, counted in brackets. Deeper documents cost stack in naive parsers. */
	const JSON_DEPTH_MAX = 8;
	/** Objects one request may carry. Keeps a batch below a second of signature checks on a small PHP host. */
	const BATCH_OBJECTS_MAX = 64;
	/** Body of one batch. */
	const BATCH_BYTES_MAX = 4 * 1024 * 1024;
	/** A blob: the largest asset or attachment that mirrors take. */
	const BLOB_BYTES_MAX = 10 * 1024 * 1024;
	/** How far ahead of the local clock an object's time may lie before it is held. */
	const AHEAD_MS_MAX = 10 * 60000;
	/** Copies of a blog: the length of a mirror list. */
	const MIRRORS_MAX = 10;
	/** Members that may stand in for absent mirrors in a verdict: with half of all members dead ten of 32 are still there. */
	const STAND_INS_MAX = 22;
	/** Stand-ins come from this many at the head of the blog's ranking, or a few of them do not: rosters differ a little. */
	const STAND_INS_RANKED = 48;
	/** Members that one watcher can name as unreachable: all mirrors and all stand-ins. */
	const UNREACHABLE_MAX = 32;
	/** Words of all who may sit, as one member hands them out: each at most 4 KiB, in base64 and its envelope. */
	const WORDS_BYTES_MAX = 196608;
	/** Operators that must have a post on disk before its author is told that it is safe. */
	const SAFE_OPERATORS = 3;
	/** Text of one post that spreads to members that are not mirrors of the blog. */
	const SPREAD_POST_BYTES_MAX = 64 * 1024;
	/** Posts of one blog that spread to members that are not its mirrors. */
	const SPREAD_POSTS_MAX = 20;
	/** Votes of one verdict lie within this of the declaration's time. */
	const VOTES_SPAN_MS = 300000;
	/** An observation younger than this shows that its watcher was there. */
	const OBSERVATION_FRESH_MS = 300000;
	/** A quorum's declaration lasts this long and is renewed. */
	const QUORUM_UNTIL_MS = 30 * 60000;
	/** An author's declaration lasts at most this long. */
	const AUTHOR_UNTIL_MS_MAX = 7 * 86400000;
	/** An author's "over" silences watchers who still see the outage that it ends for at most this long. */
	const OVER_SILENCES_MS = 3600000;
	/** A delegated key's declaration lasts at most this long. */
	const DELEGATED_UNTIL_MS_MAX = 6 * 3600000;
	/** Something `changed` (parked, defaced, suspended) counts as down after this. */
	const CHANGED_IS_DOWN_MS = 60 * 60000;
	/** A host that says nothing but "too many requests" (429), without a wall's marks, counts as down after this. */
	const FLOODED_IS_DOWN_MS = 15 * 60000;
	/** A blog with code of its own sends its mirrors a life this often. */
	const LIFE_EVERY_MS = 5 * 60000;
	/** Lives further apart than this are not one row: the blog begins again. */
	const LIFE_GAP_MS = 15 * 60000;
	/** A row this long shows that the blog has a clock of its own, and does not only wake when somebody visits. */
	const LIFE_ROW_MS = 24 * 3600000;
	/** A wall counts as down where the blog's row of lives has ended this long ago. */
	const LIFE_SILENT_MS = 60 * 60000;
	/** A blog that has sent no life for this long sends none any more: its silence then says nothing. */
	const LIFE_KEPT_MS = 7 * 86400000;
	/** A watcher that has met a wall is said to meet it for this long: the life of its word. */
	const WALL_SEEN_MS = 10 * 60000;
	/** Two lives that dispute a declaration lie at least this far apart. */
	const LIVES_APART_MS = 60000;
	/** A blog that came back without confirming its import stops being "returning" after this. */
	const RETURNING_MS_MAX = 48 * 3600000;
	/** A member record lasts at most this long. */
	const MEMBER_UNTIL_MS_MAX = 30 * 86400000;
	/** An operator must be this old before it may vouch (founders at once). */
	const VOUCHER_AGE_MS = 30 * 86400000;
	/** Vouchers an operator may give in 30 days. */
	const VOUCHERS_PER_MONTH = 3;
	/** A founder may give so many while the network is small: it has nobody else to ask. */
	const FOUNDER_VOUCHERS_PER_MONTH = 20;
	/** Small is a network with fewer full operators than this. */
	const SMALL_NETWORK_OPERATORS = 20;
	/** A head says "may be old" after this. */
	const HEAD_FRESH_MS = 7 * 86400000;
	/** A head signer silent for this long hands over to the next. */
	const SIGNER_SILENT_MS = 24 * 3600000;
	/** A checkpoint counts for this long. */
	const CHECKPOINT_FRESH_MS = 24 * 3600000;
	/** Gateway and application delegations last at most this long; a steward's twice 365 days. */
	const DELEGATION_MS_MAX = 400 * 86400000;
	const STEWARD_MS_MAX = 730 * 86400000;
	/** Posts a delegated key may sign in a day of 24 hours. */
	const DELEGATED_POSTS_PER_DAY = 10;
	/** Posts of a delegated key and day that are stored at all: more than are shown, so that order of arrival does not matter. */
	const DELEGATED_POSTS_STORED = 30;
	/** Lasting use of an address without the former owner's marker moves it. With the former online key's word it is quicker. */
	const ADDRESS_MOVE_MS = 14 * 86400000;
	const ADDRESS_MOVE_COSIGNED_MS = 72 * 3600000;
	/** The members that are asked to attest an address. */
	const ATTESTERS_MAX = 10;
	/** Attestations older than this no longer count; mirrors renew them weekly. */
	const ATTESTATION_MS_MAX = 30 * 86400000;
	/** Nesting of elements in post html. Deep trees cost stack in renderers. */
	const HTML_DEPTH_MAX = 32;
	/** Steps of a root chain that a client walks. */
	const ROOT_VERSIONS_MAX = 1000;

	/** Body of a sync or an audit. */
	const ASK_BYTES_MAX = 524288;
	/** The largest whole number of the wire: 2^53 - 1. */
	const INTEGER_MAX = 9007199254740991;
	/** A day of the contract. */
	const DAY_MS = 86400000;
}
