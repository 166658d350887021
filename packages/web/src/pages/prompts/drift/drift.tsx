import type { PromptDrift, PromptDriftKind } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { clientFor } from '../../../data/client.ts'
import { keys } from '../../../data/keys.ts'
import { useMay } from '../../../data/may.ts'
import { promptChanged } from '../../../data/prompts.ts'
import { useKeyNames } from '../../../data/use-key-names.ts'
import { useProject } from '../../../data/view.ts'
import { formatCount, formatPart, plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { toastError } from '../../../ui/error-note.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'
import { PromptLink } from '../prompt-links.tsx'

const PARTS: { kind: PromptDriftKind; title: string; says: string }[] = [
  { kind: 'unregistered', title: 'Unregistered prompts', says: 'Calls with a system text that no version of a prompt makes.' },
  { kind: 'stale', title: 'Old versions', says: 'Clients that still use a version that the label has left.' },
  { kind: 'variable', title: 'Changed variables', says: 'What clients send for a variable is not what it was.' },
]

/** Prompts that are not used as they are written down, each with a call to look at. Loaded when it is asked for. */
export default function Drift() {
  const project = useProject()
  // Who calls is a service where it says so, else a key.
  const nameOfKey = useKeyNames()
  const drift = useQuery({
    queryKey: [...keys.prompts(project), 'drift'],
    queryFn: ({ signal }) => clientFor(project).prompts.drift({ limit: 200 }, { signal }),
    refetchInterval: 15_000,
  })
  return (
    <div className="mx-auto flex max-w-[1480px] flex-col gap-4 px-6 py-4">
      <Loaded query={drift} skeleton={<SkeletonRows />}>
        {({ drifts, counts }) =>
          drifts.length === 0 ? (
            <EmptyState icon={CircleCheck} title="Every prompt is used as it is written down">
              Calls with a text that no version makes, clients that still use an old version, and variables that are suddenly empty or much
              longer are gathered here.
            </EmptyState>
          ) : (
            PARTS.filter(({ kind }) => drifts.some((one) => one.kind === kind)).map(({ kind, title, says }) => (
              <Panel key={kind} title={`${title} ${formatCount(counts[kind])}`} description={says}>
                <ul aria-label={title}>
                  {drifts
                    .filter((one) => one.kind === kind)
                    .map((one) => (
                      <Row key={one.id} drift={one} nameOfKey={nameOfKey} />
                    ))}
                </ul>
              </Panel>
            ))
          )
        }
      </Loaded>
    </div>
  )
}

function Row({ drift, nameOfKey }: { drift: PromptDrift; nameOfKey: (id: string) => string }) {
  const project = useProject()
  const cache = useQueryClient()
  const mayDismiss = useMay()('prompts:write')
  const dismiss = async () => {
    try {
      await clientFor(project).prompts.dismissDrift({ id: drift.id })
    } catch (error) {
      toastError(error)
    }
    await promptChanged(cache, project)
  }
  return (
    <li className="flex items-start gap-3 border-b border-line px-3 py-2 last:border-b-0">
      <div className="min-w-0 flex-1">
        {about(drift)}
        <p className="text-sm text-faint">
          {drift.app && (
            <>
              by <span className="font-mono">{nameOfKey(drift.app)}</span>,{' '}
            </>
          )}
          first <Ago time={drift.firstSeen} />, last <Ago time={drift.lastSeen} />
        </p>
      </div>
      <Link
        to="/p/$project/traces/$traceId"
        params={{ project, traceId: drift.traceId }}
        search={{ span: drift.spanId }}
        className="tabular shrink-0 pt-0.5 hover:text-accent hover:underline"
        data-tip="Open one of the calls"
      >
        {plural(drift.count, 'call')}
      </Link>
      {mayDismiss && (
        <Button size="small" onClick={dismiss}>
          Meant so
        </Button>
      )}
    </li>
  )
}

/** In words, with a way to the version that it is about. */
function about({ text, nearest, route, prompt, version, current, variable }: PromptDrift): ReactNode {
  const name = prompt && (
    <PromptLink name={prompt} version={Number(version) || undefined} className="font-medium hover:text-accent hover:underline">
      {prompt} v{version}
    </PromptLink>
  )
  if (variable)
    return (
      <p>
        <span className="font-mono text-sm">{variable.name}</span> of {name}: {variable.before} before, {variable.now} now
      </p>
    )
  if (current)
    return (
      <p>
        {name} is used, while <span className="font-mono text-sm">{current.label}</span> has pointed to v{current.version} since{' '}
        <Ago time={current.since} />
      </p>
    )
  return (
    <>
      <p className="line-clamp-2 break-words whitespace-pre-wrap">{text}</p>
      <p className="text-soft">
        {route && (
          <>
            to <span className="font-mono text-sm">{route}</span>,{' '}
          </>
        )}
        {nearest ? (
          <>
            {formatPart(nearest.similarity)} like{' '}
            <PromptLink name={nearest.prompt} version={nearest.version} className="text-accent underline underline-offset-2">
              {nearest.prompt} v{nearest.version}
            </PromptLink>
          </>
        ) : (
          'like no prompt here'
        )}
      </p>
    </>
  )
}
