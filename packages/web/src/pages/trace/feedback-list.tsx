import type { Score } from '@signalbox/schema'
import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { useKeyNames } from '../../data/use-key-names.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Ago } from '../../ui/values.tsx'
import type { useFeedback } from './use-feedback.ts'

type Props = {
  feedback: ReturnType<typeof useFeedback>
  /** Makes an item of what it was said of; a text is what should have come back. */
  onDataset?: ((score: Score) => void) | undefined
}

/** Who said what, and when; what one has said oneself can be withdrawn. */
export function FeedbackList({ feedback, onDataset }: Props) {
  const keyName = useKeyNames()
  const { scores, more, error, me, withdraw, saving } = feedback
  if (error) return <ErrorNote error={error} />
  if (scores.length === 0)
    return (
      <p className="p-3 text-sm text-soft">
        Nobody has said anything about this trace. Your app can send thumbs, ratings and comments with <code>POST /api/v1/feedback</code>,
        or show a button for them: <code>/widget.js</code>.
      </p>
    )
  return (
    <ul className="max-h-72 overflow-y-auto" aria-label="Scores">
      {scores.map((score) => (
        <li key={score.id} className="flex flex-col gap-0.5 border-b border-line px-3 py-2 last:border-b-0">
          <div className="flex items-center gap-2">
            <span className="font-medium">{score.name}</span>
            <Value score={score} />
            {score.metadata.implicit === 'true' && (
              <span className="text-sm text-faint" data-tip="Nobody said so: it was worked out from what happened next">
                implicit
              </span>
            )}
            <span className="flex-1" />
            {onDataset && (
              <Button kind="ghost" size="small" aria-label={`Add to a dataset, with ${score.name}`} onClick={() => onDataset(score)}>
                To a dataset
              </Button>
            )}
            {score.authorId === me && (
              <Button kind="ghost" size="small" disabled={saving} aria-label={`Withdraw ${score.name}`} onClick={() => withdraw(score.id)}>
                Withdraw
              </Button>
            )}
          </div>
          {score.type === 'text' && <p className="max-h-24 overflow-y-auto break-words whitespace-pre-wrap">{String(score.value)}</p>}
          {score.comment && <p className="max-h-24 overflow-y-auto break-words whitespace-pre-wrap">{score.comment}</p>}
          <p className="flex flex-wrap gap-x-2 text-sm text-faint">
            <span>{authorOf(score, me, keyName)}</span>
            <span>{SOURCES[score.source]}</span>
            {score.spanId && <span>on one span</span>}
            <Ago time={score.at} />
          </p>
        </li>
      ))}
      {more && <li className="px-3 py-2 text-sm text-faint">Only the newest {scores.length} are shown; the API lists all.</li>}
    </ul>
  )
}

const SOURCES: Record<Score['source'], string> = {
  api: 'by API',
  annotation: 'by a person here',
  eval: 'by an evaluator',
  feedback: 'feedback',
}

function authorOf({ authorId, metadata }: Score, me: string, keyName: (id: string) => string): string {
  if (authorId === me) return 'You'
  if (metadata.user) return metadata.user
  if (metadata.implicit === 'true') return 'Signalbox'
  if (!authorId) return 'Unknown'
  return authorId.startsWith('key_') ? `Key ${keyName(authorId)}` : 'Another account'
}

function Value({ score: { name, type, value } }: { score: Score }) {
  if (type === 'text') return null
  if (type !== 'boolean' || name !== 'thumbs') return <span className="tabular">{name === 'rating' ? `${value} of 5` : String(value)}</span>
  const Icon = value ? ThumbsUp : ThumbsDown
  return (
    <span className={`flex items-center gap-1 ${value ? 'text-ok' : 'text-error'}`}>
      <Icon size={13} aria-hidden />
      {value ? 'up' : 'down'}
    </span>
  )
}
