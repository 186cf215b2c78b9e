/** Limits of the wire: each has a name and a reason. Local limits (disk, rate) live in the member's configuration. */

/** Payload of any kind but the two below. Room for a declaration with ten embedded votes. */
export const payloadBytesMax = 64 * 1024
/** A post carries its own text in two forms. */
export const postPayloadBytesMax = 1024 * 1024
/** A snapshot names up to 300 files, some under long CDN addresses. */
export const snapshotPayloadBytesMax = 256 * 1024
/** A list of an archive's files is cut into parts of at most this: one new post is one such part to hand on. */
export const archivePartBytesMax = 256 * 1024
/** Parts of one archive: about 400,000 files. */
export const archivePartsMax = 256
/** Envelope text: base64 of the largest payload, and the rest of the JSON. */
export const envelopeBytesMax = Math.ceil(postPayloadBytesMax / 3) * 4 + 1024
/** Nesting of JSON values, counted in brackets. Deeper documents cost stack in naive parsers. */
export const jsonDepthMax = 8
/** Objects one request may carry. Keeps a batch below a second of signature checks on a small PHP host. */
export const batchObjectsMax = 64
/** Body of one batch. */
export const batchBytesMax = 4 * 1024 * 1024
/** A blob: the largest asset or attachment that mirrors take. */
export const blobBytesMax = 10 * 1024 * 1024
/** How far ahead of the local clock an object's time may lie before it is held. */
export const aheadMsMax = 10 * 60_000
/** Copies of a blog: the length of a mirror list. */
export const mirrorsMax = 10
/** Members that may stand in for absent mirrors in a verdict: with half of all members dead ten of 32 are still there. */
export const standInsMax = 22
/** Stand-ins come from this many at the head of the blog's ranking, or a few of them do not: rosters differ a little. */
export const standInsRanked = 48
/** Members that one watcher can name as unreachable: all mirrors and all stand-ins. */
export const unreachableMax = mirrorsMax + standInsMax
/** Words of all who may sit, as one member hands them out: each at most 4 KiB, in base64 and its envelope. */
export const wordsBytesMax = unreachableMax * 6 * 1024
/** Operators that must have a post on disk before its author is told that it is safe. */
export const safeOperators = 3
/** Text of one post that spreads to members that are not mirrors of the blog. */
export const spreadPostBytesMax = 64 * 1024
/** Posts of one blog that spread to members that are not its mirrors. */
export const spreadPostsMax = 20
/** Votes of one verdict lie within this of the declaration's time. */
export const votesSpanMs = 300_000
/** An observation younger than this shows that its watcher was there. */
export const observationFreshMs = 300_000
/** A quorum's declaration lasts this long and is renewed. */
export const quorumUntilMs = 30 * 60_000
/** An author's declaration lasts at most this long. */
export const authorUntilMsMax = 7 * 86_400_000
/** An author's "over" silences watchers who still see the outage that it ends for at most this long. */
export const overSilencesMs = 3_600_000
/** A delegated key's declaration lasts at most this long. */
export const delegatedUntilMsMax = 6 * 3_600_000
/** Something `changed` (parked, defaced, suspended) counts as down after this. */
export const changedIsDownMs = 60 * 60_000
/** A host that says nothing but "too many requests" (429), without a wall's marks, counts as down after this. */
export const floodedIsDownMs = 15 * 60_000
/** A blog with code of its own sends its mirrors a life this often. */
export const lifeEveryMs = 5 * 60_000
/** Lives further apart than this are not one row: the blog begins again. */
export const lifeGapMs = 15 * 60_000
/** A row this long shows that the blog has a clock of its own, and does not only wake when somebody visits. */
export const lifeRowMs = 24 * 3_600_000
/** A wall counts as down where the blog's row of lives has ended this long ago. */
export const lifeSilentMs = 60 * 60_000
/** A blog that has sent no life for this long sends none any more: its silence then says nothing. */
export const lifeKeptMs = 7 * 86_400_000
/** A watcher that has met a wall is said to meet it for this long: the life of its word. */
export const wallSeenMs = 10 * 60_000
/** Two lives that dispute a declaration lie at least this far apart. */
export const livesApartMs = 60_000
/** A blog that came back without confirming its import stops being "returning" after this. */
export const returningMsMax = 48 * 3_600_000
/** A member record lasts at most this long. */
export const memberUntilMsMax = 30 * 86_400_000
/** An operator must be this old before it may vouch (founders at once). */
export const voucherAgeMs = 30 * 86_400_000
/** Vouchers an operator may give in 30 days. */
export const vouchersPerMonth = 3
/** A founder may give so many while the network is small: it has nobody else to ask. */
export const founderVouchersPerMonth = 20
/** Small is a network with fewer full operators than this. */
export const smallNetworkOperators = 20
/** A head says "may be old" after this. */
export const headFreshMs = 7 * 86_400_000
/** A head signer silent for this long hands over to the next. */
export const signerSilentMs = 24 * 3_600_000
/** A checkpoint counts for this long. */
export const checkpointFreshMs = 24 * 3_600_000
/** Gateway and application delegations last at most this long; a steward's twice 365 days. */
export const delegationMsMax = 400 * 86_400_000
export const stewardMsMax = 730 * 86_400_000
/** Posts a delegated key may sign in a day of 24 hours. */
export const delegatedPostsPerDay = 10
/** Posts of a delegated key and day that are stored at all: more than are shown, so that order of arrival does not matter. */
export const delegatedPostsStored = 30
/** Lasting use of an address without the former owner's marker moves it. With the former online key's word it is quicker. */
export const addressMoveMs = 14 * 86_400_000
export const addressMoveCosignedMs = 72 * 3_600_000
/** The members that are asked to attest an address. */
export const attestersMax = 10
/** Attestations older than this no longer count; mirrors renew them weekly. */
export const attestationMsMax = 30 * 86_400_000
/** Nesting of elements in post html. Deep trees cost stack in renderers. */
export const htmlDepthMax = 32
/** Steps of a root chain that a client walks. */
export const rootVersionsMax = 1000
