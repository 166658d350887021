import type { Repricing, RepricingStatus } from '@signalbox/schema'
import { formatCount, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import type { Tone } from '../../ui/badge.tsx'

const TONES: Record<RepricingStatus, Tone> = { queued: 'unknown', running: 'accent', done: 'ok', cancelled: 'warning', failed: 'error' }

/** How far a job is, in one word. */
export const stateOf = ({ status, dryRun }: Pick<Repricing, 'status' | 'dryRun'>): { word: string; tone: Tone } => ({
  word: dryRun && status === 'done' ? 'dry run' : status,
  tone: dryRun && status === 'done' ? 'unknown' : TONES[status],
})

/** Of which models, in a few words. */
export const modelsOf = ({ models }: Pick<Repricing, 'models'>): string => (models === null ? 'all models' : models.join(', '))

/** `gpt-4o, house-*` as a list; nothing is all. */
export function readModels(text: string): string[] | undefined {
  const names = text.split(/[\s,]+/).filter(Boolean)
  return names.length === 0 ? undefined : [...new Set(names)]
}

/** How far, how fast, and how long it takes yet; undefined while that cannot be told. */
export function progressOf({ total, done, startedAt }: Repricing, now: number): { part: number; says: string } | undefined {
  if (total === null || startedAt === null) return undefined
  const part = total === 0 ? 1 : Math.min(1, done / total)
  const seconds = (now - Date.parse(startedAt)) / 1000
  const rate = seconds > 0 ? done / seconds : 0
  const left = rate > 0 ? ` · ${formatCount(Math.round(rate))} a second · ${formatDuration(((total - done) / rate) * 1000)} left` : ''
  return { part, says: `${formatCount(done)} of ${plural(total, 'span')}${left}` }
}
