import { type Hostile, hostile } from '../../activation/mail-corpus/hostile.ts'

/** Mails that bear a good DKIM signature, of somebody else or of too little. The corpus of mails has them by name. */
export function foreignMails(): readonly Hostile[] {
  return hostile.filter(({ name }) =>
    /sibling|guest|suffix|Content-Type that was added|unsigned (Content-Transfer-Encoding|MIME-Version)/.test(name),
  )
}
