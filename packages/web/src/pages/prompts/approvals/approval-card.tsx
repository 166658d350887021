import type { PromptApproval } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { Check, MessageSquare, X } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { useMay } from '../../../data/may.ts'
import { promptChanged } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { classNames } from '../../../lib/class-names.ts'
import { Badge, type Tone } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { inputStyle } from '../../../ui/input.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Ago } from '../../../ui/values.tsx'
import { describeTarget } from '../labels.tsx'
import { PromptLink } from '../prompt-links.tsx'

const STATUS: Record<PromptApproval['status'], { tone: Tone; word: string }> = {
  open: { tone: 'accent', word: 'waits' },
  approved: { tone: 'ok', word: 'approved' },
  rejected: { tone: 'error', word: 'rejected' },
  withdrawn: { tone: 'unknown', word: 'withdrawn' },
  outdated: { tone: 'warning', word: 'outdated' },
}

/** A move that somebody asked for: what it would change, what was said about it, and the decision. */
export function ApprovalCard({ approval }: { approval: PromptApproval }) {
  const { id, prompt, label, from, to, why, status, own, comments } = approval
  const project = useProject()
  const cache = useQueryClient()
  const may = useMay()
  const [text, setText] = useState('')
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const act = async (send: () => Promise<unknown>, said: string) => {
    setState({ busy: true, error: null })
    try {
      await send()
      setText('')
      setState({ busy: false, error: null })
      toast({ title: said })
    } catch (error) {
      setState({ busy: false, error })
    }
    await promptChanged(cache, project)
  }
  const { prompts } = clientFor(project)
  const comment = text.trim()
  const given = { id, ...(comment && { comment }) }
  const target = 'version' in to ? to.version : undefined
  const before = from && 'version' in from ? from.version : undefined
  return (
    <article aria-label={`${label} of ${prompt}`} className="rounded-md border border-line bg-surface-1">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <Badge tone={STATUS[status].tone}>{STATUS[status].word}</Badge>
        <PromptLink name={prompt} className="min-w-0 truncate font-medium hover:text-accent hover:underline">
          {prompt}
        </PromptLink>
        <span className="font-mono text-sm">
          {label}: {describeTarget(from)} → {describeTarget(to)}
        </span>
        {target !== undefined && before !== undefined && (
          <PromptLink name={prompt} tab="compare" a={before} b={target} className="text-accent underline underline-offset-2">
            What is different
          </PromptLink>
        )}
        <span className="ml-auto text-sm text-faint">
          {approval.requestedBy ?? 'somebody'}, <Ago time={approval.requestedAt} />
        </span>
      </header>
      <div className="flex flex-col gap-2 px-3 py-2.5">
        <p className="break-words">“{why}”</p>
        {comments.map((said) => (
          <p key={`${said.at} ${said.by}`} className="border-l-2 border-line pl-2.5 break-words text-soft">
            {said.text}{' '}
            <span className="text-sm text-faint">
              {said.by ?? 'somebody'}, <Ago time={said.at} />
            </span>
          </p>
        ))}
        {approval.decidedAt && (
          <p className="text-sm text-faint">
            {STATUS[status].word} by {approval.decidedBy ?? 'the server'}, <Ago time={approval.decidedAt} />
          </p>
        )}
        {status === 'open' && may('prompts:write') && (
          <>
            <textarea
              aria-label="Comment"
              rows={1}
              value={text}
              maxLength={2000}
              onChange={({ target: { value } }) => setText(value)}
              placeholder="Say something about it"
              className={classNames(inputStyle, 'field-sizing-content h-auto w-full resize-none py-[5px]')}
            />
            {state.error !== null && <ErrorNote error={state.error} />}
            <div className="flex items-center gap-2">
              <Button
                size="small"
                disabled={state.busy || !comment}
                onClick={() => act(() => prompts.comment({ id, text: comment }), 'Said')}
              >
                <MessageSquare size={13} aria-hidden /> Comment
              </Button>
              <span className="ml-auto flex items-center gap-2">
                {own && <span className="text-sm text-faint">Somebody else decides.</span>}
                <Button
                  size="small"
                  kind="danger"
                  disabled={state.busy}
                  onClick={() => act(() => prompts.reject(given), own ? 'Withdrawn' : 'Rejected')}
                >
                  <X size={13} aria-hidden /> {own ? 'Withdraw' : 'Reject'}
                </Button>
                {!own && may('prompts:promote') && (
                  <Button
                    size="small"
                    kind="primary"
                    disabled={state.busy}
                    onClick={() => act(() => prompts.approve(given), `${label} points to ${describeTarget(to)}`)}
                  >
                    <Check size={13} aria-hidden /> Approve and move
                  </Button>
                )}
              </span>
            </div>
          </>
        )}
      </div>
    </article>
  )
}
