import { hashText } from '../../../lib/hash-text.ts'
import type { RequestFacts } from '../facts.ts'
import { rendezvous } from './rendezvous.ts'
import type { StrategyOrder } from './strategy.ts'
import { weighted } from './weighted.ts'

/** All calls of one user, session, key or value of metadata go to the same target, and when it fails to the same next one. Without a subject it is drawn. */
export const sticky: StrategyOrder = (targets, ordering) => {
  const by = ordering.entry.stickyBy ?? 'user'
  const subject = subjectOf(ordering.facts, by)
  if (subject === '') {
    const { placed } = weighted(targets, ordering)
    return { placed, reason: `drawn by weight: the call has no ${by}` }
  }
  const placed = rendezvous(targets, hashText(subject)).map((target, index) => ({
    target,
    why: index === 0 ? `the ${by} ${shown(by, subject)} stays here` : `next for this ${by}`,
  }))
  return { placed, reason: `sticky by ${by}` }
}

function subjectOf({ asked, user, session }: RequestFacts, by: string): string {
  if (by === 'user') return user
  if (by === 'session') return session
  if (by === 'key') return asked.caller.keyId
  return asked.annotations.metadata[by.slice('metadata.'.length)] ?? ''
}

/** Ids that apps choose may be long. */
const shown = (by: string, subject: string): string =>
  JSON.stringify(by === 'key' || subject.length <= 60 ? subject : `${subject.slice(0, 60)}…`)
