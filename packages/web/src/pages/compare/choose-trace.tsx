import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { traceQuery } from '../../data/queries.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Status } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'

const MOST = 30

type Props = { project: string; traceId: string; onChoose: (traceId: string) => void }

/** The trace to compare with: one of the same name, or any by its id. */
export function ChooseTrace({ project, traceId, onChoose }: Props) {
  const [id, setId] = useState('')
  const trace = useQuery(traceQuery(project, traceId))
  const name = trace.data?.trace.name
  const alike = useQuery({
    queryKey: ['project', project, 'traces-named', name],
    queryFn: async ({ signal }) => {
      const { traces } = await clientFor(project).traces.list(
        { limit: MOST, ...(name && { filter: [{ field: 'name', op: 'eq', value: name }] }) },
        { signal },
      )
      return traces.filter((one) => one.name === name && one.traceId !== trace.data?.trace.traceId)
    },
    enabled: name !== undefined,
  })
  if (trace.error && !trace.data) return <ErrorNote error={trace.error} retry={() => trace.refetch()} className="mx-6" />
  return (
    <div className="min-h-0 flex-1 overflow-y-auto border-t border-line px-6 py-4">
      <form
        className="mb-4 flex max-w-xl items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (id.trim()) onChoose(id.trim())
        }}
      >
        <label htmlFor="other-trace" className="flex flex-1 flex-col gap-1 text-sm text-soft">
          Compare {name || 'this trace'} with the trace of this id
          <Input
            id="other-trace"
            value={id}
            onChange={(event) => setId(event.target.value)}
            placeholder="32 hex digits, or the id its client wrote"
          />
        </label>
        <Button type="submit" disabled={!id.trim()}>
          Compare
        </Button>
      </form>
      <h2 className="mb-1 text-sm font-medium text-faint">The last of the same name</h2>
      <Loaded query={alike} skeleton={<SkeletonRows rows={6} />}>
        {(traces) =>
          traces.length === 0 ? (
            <p className="text-soft">There is no other trace of this name.</p>
          ) : (
            <ul className="max-w-4xl divide-y divide-line rounded-md border border-line">
              {traces.map((one) => (
                <li key={one.traceId}>
                  <button
                    type="button"
                    onClick={() => onChoose(one.traceId)}
                    className="flex h-9 w-full items-center gap-3 px-3 text-left hover:bg-surface-0"
                  >
                    <Status status={one.status} quiet />
                    <span className="min-w-0 flex-1 truncate">{one.inputPreview || one.traceId}</span>
                    <span className="tabular w-20 text-right text-soft">{plural(one.spanCount, 'span')}</span>
                    <span className="tabular w-20 text-right text-soft">{formatDuration(one.durationMs)}</span>
                    <span className="tabular w-24 text-right text-soft">{formatUsd(one.costUsd)}</span>
                    <span className="w-20 text-right text-faint">
                      <Ago time={one.startedAt} />
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  )
}
