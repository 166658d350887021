import type { Score } from '@signalbox/schema'
import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { Badge } from '../../ui/badge.tsx'

/** How many thumbs were given up and down; nothing where nobody gave any. */
export function Thumbs({ up, down }: { up: number; down: number }) {
  if (up + down === 0) return <span className="text-faint">–</span>
  return (
    <span className="inline-flex items-center gap-2 tabular">
      {up > 0 && (
        <span className="inline-flex items-center gap-1 text-ok" data-tip={`${up} thumbs up`}>
          <ThumbsUp size={13} aria-hidden />
          <span className="sr-only">thumbs up</span> {up}
        </span>
      )}
      {down > 0 && (
        <span className="inline-flex items-center gap-1 text-error" data-tip={`${down} thumbs down`}>
          <ThumbsDown size={13} aria-hidden />
          <span className="sr-only">thumbs down</span> {down}
        </span>
      )}
    </span>
  )
}

const UP = new Set(['up', 'thumbs_up', 'positive', 'good'])

/** Scores in one line, thumbs as thumbs, with what was said beside them. */
export function ScoreList({ scores }: { scores: readonly Score[] }) {
  return scores.map((score) => <OneScore key={score.id} score={score} />)
}

function OneScore({ score: { name, value, comment, source } }: { score: Score }) {
  const thumbs = name === 'thumbs'
  const up = typeof value === 'string' ? UP.has(value.toLowerCase()) : Number(value) > 0
  const Thumb = up ? ThumbsUp : ThumbsDown
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      <Badge
        tone={thumbs ? (up ? 'ok' : 'error') : 'unknown'}
        {...(thumbs && { icon: <Thumb size={12} aria-hidden /> })}
        tip={`Score ${name}, by ${source}`}
      >
        {thumbs ? (up ? 'thumbs up' : 'thumbs down') : `${name} ${String(value ?? '–').slice(0, 40)}`}
      </Badge>
      {comment && (
        <q className="min-w-0 truncate text-soft" data-tip={comment.slice(0, 1000)}>
          {comment.slice(0, 200)}
        </q>
      )}
    </span>
  )
}
