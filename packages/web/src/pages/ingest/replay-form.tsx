import type { Replay, WholePayload } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useProject } from '../../data/view.ts'
import { formatBytes, plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { inputStyle } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'

/** A refused payload, whole, to be mended and sent again; what comes of it stands below. */
export default function ReplayForm({ id, onClose }: { id: string; onClose: () => void }) {
  const project = useProject()
  const whole = useQuery({
    queryKey: [...keys.spans(project), 'ingest', 'payload', id],
    queryFn: ({ signal }) => clientFor(project).ingest.payload({ id }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <div className="mt-2 rounded-md border border-line bg-surface-0 p-3">
      <Loaded query={whole} skeleton={<SkeletonRows rows={3} />}>
        {(payload) => <Form payload={payload} onClose={onClose} />}
      </Loaded>
    </div>
  )
}

function Form({ payload, onClose }: { payload: WholePayload; onClose: () => void }) {
  const project = useProject()
  const cache = useQueryClient()
  const shown = pretty(payload.text)
  const [text, setText] = useState(shown ?? '')
  const [state, setState] = useState<{ busy: boolean; error: unknown; result: Replay | null }>({ busy: false, error: null, result: null })
  const changed = shown !== null && text !== shown

  async function submit(event: FormEvent) {
    event.preventDefault()
    setState({ busy: true, error: null, result: null })
    try {
      const result = await clientFor(project).ingest.replay({ id: payload.id, ...(changed && { body: text }) })
      setState({ busy: false, error: null, result })
      if (result.accepted > 0)
        for (const key of [keys.spans(project), keys.traceList(project)]) void cache.invalidateQueries({ queryKey: key })
    } catch (error) {
      setState({ busy: false, error, result: null })
    }
  }

  const stored = state.result?.stored === true
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {shown === null ? (
        <p className="text-soft">
          {formatBytes(Math.floor((payload.base64.length * 3) / 4))} of {payload.contentType || 'bytes'}, which is no text: it can be sent
          again as it is.
        </p>
      ) : (
        <Labelled
          title="Payload"
          aside={`${payload.method} ${payload.path}`}
          help="Sent as it came unless you change it. What looks like a key or a password is shown here as well."
        >
          {(given) => (
            <textarea
              {...given}
              value={text}
              onChange={(event) => setText(event.target.value)}
              rows={Math.min(18, Math.max(4, text.split('\n').length))}
              spellCheck={false}
              className={`${inputStyle} h-auto w-full resize-y py-2 font-mono text-sm`}
            />
          )}
        </Labelled>
      )}
      {state.error !== null && <ErrorNote error={state.error} />}
      {state.result && <Result result={state.result} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{stored ? 'Close' : 'Cancel'}</Button>
        {!stored && (
          <Button type="submit" kind="primary" disabled={state.busy}>
            {changed ? 'Send edited' : 'Send as it is'}
          </Button>
        )}
      </div>
    </form>
  )
}

function Result({ result: { stored, accepted, rejected, status, answer, refused, traceIds } }: { result: Replay }) {
  const project = useProject()
  const [first] = traceIds
  return (
    <div role="status" className={`rounded-md px-3 py-2 ${stored ? 'bg-ok-soft' : 'bg-error-soft'}`}>
      <p className={`flex items-center gap-2 font-medium ${stored ? 'text-ok' : 'text-error'}`}>
        {stored ? <CircleCheck size={14} aria-hidden /> : <CircleAlert size={14} aria-hidden />}
        {stored ? `Taken: ${plural(accepted, 'item')} stored` : accepted > 0 ? 'Taken in part' : 'Refused again'}
        <span className="font-normal">HTTP {status}</span>
      </p>
      {rejected.map(({ reason, items }) => (
        <p key={reason} className="break-words">
          {items > 1 && `${plural(items, 'item')}: `}
          {reason}
        </p>
      ))}
      {refused > 0 && <p>{plural(refused, 'row')} the store refused: see the dead letters below.</p>}
      {!stored && rejected.length === 0 && answer !== '' && <p className="font-mono text-sm break-words">{answer}</p>}
      {first !== undefined && (
        <p>
          <Link to="/p/$project/traces/$traceId" params={{ project, traceId: first }} className="text-accent underline">
            Open the trace
          </Link>
          {traceIds.length > 1 && <span className="text-soft"> and {traceIds.length - 1} more</span>}
        </p>
      )}
    </div>
  )
}

/** JSON with line breaks, so that it can be mended; other text as it is, and what is no text not at all. */
function pretty(text: string | null): string | null {
  if (text === null) return null
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
