import type { HealthPart, HealthState } from '@signalbox/schema'

/** What is known of how the program does, for one project. Absent is not known, or not for who asks. */
export type HealthFacts = {
  edges: { heard: number; silent: number; behind: number; starting?: boolean }
  providers: { usable: number; open: readonly string[]; trying: readonly string[] }
  ingest: { waitingBytes: number; slowestMs: number | null }
  rejected: { accepted: number; rejected: number; deadLetters: number }
  journal: { full: number }
  disk: { freeBytes: number; totalBytes: number } | null
  budgets: { total: number; warned: readonly string[]; blocked: readonly string[] } | null
}

const MB = 1 << 20
const GB = 1 << 30
/** From here on something is amber, and from here on red. */
const LIMITS = {
  waitingBytes: { warning: 32 * MB, error: 512 * MB },
  slowestMs: { warning: 15_000, error: 120_000 },
  /** Of what was sent. */
  rejected: { error: 0.1 },
  disk: { warning: { share: 0.1, bytes: 5 * GB }, error: { share: 0.03, bytes: GB } },
} as const

type Answer = Omit<HealthPart, 'id'>
const answer = (state: HealthState, word: string, why = ''): Answer => ({ state, word, why })

/** Each thing in a word: green, amber, red, or grey where nothing can be said. */
export function healthOf(facts: HealthFacts): HealthPart[] {
  const parts: Record<HealthPart['id'], Answer> = {
    gateway: gateway(facts.edges),
    providers: providers(facts.providers),
    ingest: ingest(facts.ingest),
    rejected: rejected(facts.rejected),
    journal: journal(facts.journal, facts.edges.heard),
    disk: disk(facts.disk),
    budgets: budgets(facts.budgets),
  }
  return (Object.keys(parts) as HealthPart['id'][]).map((id) => ({ id, ...parts[id] }))
}

function gateway({ heard, silent, behind, starting = false }: HealthFacts['edges']): Answer {
  if (heard === 0 && starting) return answer('unknown', 'starting', 'The program has only just started: no edge was heard of yet.')
  if (heard === 0) return answer('error', 'silent', 'No edge was heard of in the last seconds: calls may not be answered.')
  if (silent > 0) return answer('warning', `${silent} silent`, `${heard} of ${heard + silent} edges are heard of.`)
  if (behind > 0) return answer('warning', `${behind} behind`, `${count(behind, 'edge')} still goes by a configuration of before.`)
  return answer('ok', 'answers', `${count(heard, 'edge')} heard of in the last seconds.`)
}

function providers({ usable, open, trying }: HealthFacts['providers']): Answer {
  if (usable === 0) return answer('unknown', 'none', 'No provider is set up yet.')
  if (open.length > 0)
    return answer(open.length >= usable ? 'error' : 'warning', `${open.length} resting`, `Left alone because they failed: ${some(open)}.`)
  if (trying.length > 0) return answer('warning', `${trying.length} on trial`, `Tried again after failures: ${some(trying)}.`)
  return answer('ok', 'well', 'No target is left alone.')
}

function ingest({ waitingBytes, slowestMs }: HealthFacts['ingest']): Answer {
  const state = worse(level(waitingBytes, LIMITS.waitingBytes), level(slowestMs ?? 0, LIMITS.slowestMs))
  const lag = slowestMs === null ? '' : ` What came in the last minutes could be read after ${seconds(slowestMs)} at most.`
  if (state === 'ok') return answer('ok', 'current', `Nothing to speak of waits.${lag}`)
  return answer(
    state,
    level(waitingBytes, LIMITS.waitingBytes) === 'ok' ? 'slow' : `${Math.round(waitingBytes / MB)} MB wait`,
    `${Math.round(waitingBytes / MB)} MB wait at the edges to be stored.${lag}`,
  )
}

function rejected({ accepted, rejected, deadLetters }: HealthFacts['rejected']): Answer {
  const letters = deadLetters > 0 ? ` ${count(deadLetters, 'dead letter')} can be tried again.` : ''
  if (rejected === 0 && deadLetters === 0) return answer('ok', 'none', 'Nothing that was sent in the last hour was refused.')
  const share = rejected / Math.max(accepted + rejected, 1)
  if (rejected === 0) return answer('warning', count(deadLetters, 'dead letter'), `The store refused rows.${letters}`)
  return answer(
    share >= LIMITS.rejected.error ? 'error' : 'warning',
    `${rejected} refused`,
    `${rejected} of ${accepted + rejected} in the last hour.${letters}`,
  )
}

function journal({ full }: HealthFacts['journal'], heard: number): Answer {
  if (heard === 0) return answer('unknown', 'unknown', 'No edge is heard of.')
  if (full > 0) return answer('error', 'full', 'An edge takes nothing in until it can pass on what waits, or has disk.')
  return answer('ok', 'takes in', 'What is acknowledged is on disk.')
}

function disk(known: HealthFacts['disk']): Answer {
  if (known === null) return answer('unknown', 'not shown', 'Who may not see the system does not see its disk.')
  const { freeBytes, totalBytes } = known
  const short = ({ share, bytes }: { share: number; bytes: number }) => freeBytes < bytes && freeBytes / totalBytes < share
  const state = short(LIMITS.disk.error) ? 'error' : short(LIMITS.disk.warning) ? 'warning' : 'ok'
  return answer(
    state,
    `${Math.round((freeBytes / totalBytes) * 100)}% free`,
    `${(freeBytes / GB).toFixed(1)} of ${(totalBytes / GB).toFixed(1)} GB free.`,
  )
}

function budgets(known: HealthFacts['budgets']): Answer {
  if (known === null) return answer('unknown', 'not shown', 'Who may not see budgets does not see how they stand.')
  const { total, warned, blocked } = known
  if (total === 0) return answer('unknown', 'none', 'No budget is set.')
  if (blocked.length > 0) return answer('error', `${blocked.length} used up`, `Nothing is left of ${some(blocked)}.`)
  if (warned.length > 0) return answer('warning', `${warned.length} near the end`, `Little is left of ${some(warned)}.`)
  return answer('ok', 'in time', `${count(total, 'budget')}, none near its end.`)
}

const level = (value: number, { warning, error }: { warning: number; error: number }): HealthState =>
  value >= error ? 'error' : value >= warning ? 'warning' : 'ok'
const ORDER: HealthState[] = ['ok', 'unknown', 'warning', 'error']
const worse = (a: HealthState, b: HealthState): HealthState => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b)
const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`
const some = (names: readonly string[]) => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
