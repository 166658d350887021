import type { TraceScore } from '@signalbox/schema'
import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { formatCount, plural } from '../lib/format-number.ts'

/** Scores in a cell of a list: thumbs first, as thumbs; of the others name and mean, or the last word. */
export function Scores({ scores }: { scores: readonly TraceScore[] }) {
  const sorted = scores.toSorted((a, b) => Number(b.name === 'thumbs') - Number(a.name === 'thumbs'))
  return (
    <span className="flex min-w-0 items-center gap-2 overflow-hidden" data-tip={scores.map(inWords).join('\n')}>
      {sorted.map((score) => (
        <OneScore key={score.name} score={score} />
      ))}
    </span>
  )
}

function OneScore({ score }: { score: TraceScore }) {
  const { name, type, count, mean, text } = score
  if (type === 'boolean' && mean !== null) {
    const yes = Math.round(mean * count)
    const thumbs = name === 'thumbs'
    // What true means only thumbs say: of others it may be good or bad.
    if (!thumbs)
      return (
        <span className="flex shrink-0 items-center gap-1">
          <span className="text-faint">{name}</span>
          {count === 1 ? String(yes === 1) : `${formatCount(yes)} of ${formatCount(count)}`}
        </span>
      )
    return (
      <span className="flex shrink-0 items-center gap-1.5">
        {yes > 0 && <Thumb up count={yes} word="thumbs up" />}
        {count > yes && <Thumb count={count - yes} word="thumbs down" />}
      </span>
    )
  }
  return (
    <span className={`flex items-center gap-1 ${mean === null ? 'min-w-0' : 'shrink-0'}`}>
      <span className="shrink-0 text-faint">{name}</span>
      <span className="tabular truncate">{mean === null ? text : formatCount(Math.round(mean * 100) / 100)}</span>
    </span>
  )
}

function Thumb({ up = false, count, word }: { up?: boolean; count: number; word: string }) {
  const Icon = up ? ThumbsUp : ThumbsDown
  return (
    <span className={`flex items-center gap-0.5 ${up ? 'text-ok' : 'text-error'}`}>
      <Icon size={13} aria-hidden />
      <span className="sr-only">{word}</span>
      {count > 1 && <span className="tabular text-sm">{formatCount(count)}</span>}
    </span>
  )
}

const inWords = ({ name, type, count, mean, text }: TraceScore): string =>
  type === 'boolean' && mean !== null
    ? `${name}: ${Math.round(mean * count)} of ${count} true`
    : `${name}: ${mean ?? text ?? ''}${count > 1 ? ` (${mean === null ? 'the last' : 'mean'} of ${plural(count, 'score')})` : ''}`
