/** The part for browsers without Ed25519 of their own. */
import { verifyPortable } from '../protocol/signature.ts'
import { handOver } from './parts.ts'

handOver(verifyPortable)
