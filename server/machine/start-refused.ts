/** A reason not to start, in words for the operator. The command line prints it without a stack and ends with 2. */
export class StartRefused extends Error {
  readonly code = 'START_REFUSED'
}
