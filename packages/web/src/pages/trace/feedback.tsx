import type { Score, Trace } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MessageSquareText, ThumbsDown, ThumbsUp } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { traceQuery } from '../../data/queries.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'
import { FeedbackList } from './feedback-list.tsx'
import { useFeedback } from './use-feedback.ts'

const AddToDataset = lazy(() => import('../datasets/add/add-to-dataset.tsx'))

/** What was said of a trace, and a way to say something: thumbs at once, words in a small window. Loaded after the trace. */
export default function Feedback({ trace }: { trace: Trace }) {
  const feedback = useFeedback(trace.traceId)
  const project = useProject()
  const [open, setOpen] = useState(false)
  const cache = useQueryClient()
  const mayAdd = useMay()('datasets:write')
  const [adding, setAdding] = useState<{ spanId: string; correction: string | undefined } | undefined>()
  async function addToDataset(score: Score) {
    const { spans } = await cache.ensureQueryData(traceQuery(project, trace.traceId))
    const spanId = score.spanId ?? (spans.find(({ parentId }) => !parentId) ?? spans[0])?.spanId
    if (!spanId) return
    setOpen(false)
    setAdding({ spanId, correction: score.type === 'text' ? String(score.value) : score.comment || undefined })
  }
  const { scores, mine, mayScore } = feedback
  useShortcuts({
    ...(mayScore && { u: () => feedback.thumb(true), d: () => feedback.thumb(false) }),
    m: () => setOpen(true),
  })
  return (
    <span className="flex items-center gap-0.5">
      {mayScore &&
        [true, false].map((up) => {
          const Icon = up ? ThumbsUp : ThumbsDown
          const pressed = mine.thumbs?.value === up
          return (
            <IconButton
              key={String(up)}
              label={up ? 'Thumbs up (u)' : 'Thumbs down (d)'}
              size="small-icon"
              aria-pressed={pressed}
              aria-disabled={feedback.saving}
              onClick={() => feedback.thumb(up)}
            >
              <Icon size={14} className={pressed ? (up ? 'fill-current text-ok' : 'fill-current text-error') : ''} />
            </IconButton>
          )
        })}
      <Popover
        open={open}
        onOpenChange={setOpen}
        title="Feedback"
        className="w-[380px] max-w-[90vw]"
        trigger={
          <Button
            kind="ghost"
            size="small"
            aria-label={scores.length > 0 ? plural(scores.length, 'score') : 'Feedback'}
            data-tip="What was said of it (m)"
          >
            <MessageSquareText size={14} aria-hidden />
            {scores.length > 0 && <span className="tabular">{formatCount(scores.length)}</span>}
          </Button>
        }
      >
        <div className="flex flex-col">
          <FeedbackList feedback={feedback} onDataset={mayAdd ? addToDataset : undefined} />
          {mayScore && <CommentForm key={mine.comment?.id ?? mine.thumbs?.id ?? ''} feedback={feedback} said={commentOf(mine)} />}
          {trace.sessionId && (
            <p className="border-t border-line px-3 py-2 text-sm text-soft">
              Said in the session{' '}
              <Link
                to="/p/$project/sessions/$sessionId"
                params={{ project, sessionId: trace.sessionId }}
                preload={false}
                className="text-accent underline"
              >
                {trace.sessionId}
              </Link>
            </p>
          )}
        </div>
      </Popover>
      {adding && (
        <Suspense>
          <AddToDataset
            from={{ spans: [{ traceId: trace.traceId, spanId: adding.spanId }] }}
            correction={adding.correction}
            onClose={() => setAdding(undefined)}
          />
        </Suspense>
      )}
    </span>
  )
}

const commentOf = ({ thumbs, comment }: { thumbs?: Score; comment?: Score }): string =>
  comment ? String(comment.value) : (thumbs?.comment ?? '')

function CommentForm({ feedback, said }: { feedback: ReturnType<typeof useFeedback>; said: string }) {
  const [text, setText] = useState(said)
  const changed = text.trim() !== said
  return (
    <form
      className="flex flex-col gap-2 border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) feedback.comment(text.trim())
      }}
    >
      <label className="flex flex-col gap-1">
        <span className="text-sm text-soft">Your comment</span>
        <textarea
          value={text}
          rows={3}
          maxLength={10_000}
          placeholder="What was good or wrong about it?"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
          }}
          className="min-h-16 rounded-md border border-line-strong bg-surface-1 px-2.5 py-1.5 text-text placeholder:text-faint focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent"
        />
      </label>
      <div className="flex justify-end">
        <Button kind="primary" size="small" type="submit" disabled={!changed || text.trim() === '' || feedback.saving}>
          {said ? 'Change' : 'Save'}
        </Button>
      </div>
    </form>
  )
}
