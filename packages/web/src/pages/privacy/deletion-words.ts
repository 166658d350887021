import type { Deletion, DeletionStatus, NewDeletion } from '@signalbox/schema'
import { plural } from '../../lib/format-number.ts'
import { formatMoment } from '../../lib/format-time.ts'
import type { Tone } from '../../ui/badge.tsx'

export type Subject = Deletion['subject']
export const SUBJECTS: readonly { value: Subject; label: string }[] = [
  { value: 'user', label: 'User' },
  { value: 'session', label: 'Session' },
  { value: 'trace', label: 'Trace' },
  { value: 'key', label: 'Key' },
  { value: 'time', label: 'Time' },
]

/** What the form holds: texts, as they were typed. */
export type Draft = { subject: Subject; value: string; from: string; to: string }

/** What is asked of the server; undefined while something is missing. */
export function requestOf({ subject, value, from, to }: Draft): NewDeletion | undefined {
  if (subject === 'time') {
    const [start, end] = [Date.parse(from), Date.parse(to)]
    return start < end ? { from: new Date(start).toISOString(), to: new Date(end).toISOString() } : undefined
  }
  const id = value.trim()
  if (id === '') return undefined
  return { [`${subject}Id`]: id } as NewDeletion
}

/** What has to be typed before a deletion: it names how much goes. */
export const phraseOf = (traces: number): string => `delete ${plural(traces, 'trace')}`

/** What a deletion is about, in a few words. */
export function subjectOf({ subject, value, from, to }: Pick<Deletion, 'subject' | 'value' | 'from' | 'to'>): string {
  if (subject === 'time') return `${from ? formatMoment(from) : '…'} to ${to ? formatMoment(to) : '…'}`
  return value.startsWith('sha256:') ? 'an id that is forgotten' : value
}

type State = { word: string; tone: Tone; says: string }
/** What each state means to who asked. */
export const STATES: Record<DeletionStatus, State> = {
  requested: { word: 'requested', tone: 'warning', says: 'The spans are being looked for.' },
  hidden: { word: 'hidden', tone: 'warning', says: 'No read shows them any more. They are being removed.' },
  removed: { word: 'removed', tone: 'accent', says: 'They are off every table. The engine keeps replaced files for some minutes.' },
  erased: { word: 'erased', tone: 'ok', says: 'Nothing of them is left on the disk of the store.' },
}
export const STEPS = Object.keys(STATES) as DeletionStatus[]

/** When a receipt came to a state; null while it has not. */
export function reachedAt({ requestedAt, hiddenAt, removedAt, erasedAt }: Deletion, state: DeletionStatus): string | null {
  return { requested: requestedAt, hidden: hiddenAt, removed: removedAt, erased: erasedAt }[state]
}
