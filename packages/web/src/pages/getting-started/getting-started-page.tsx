import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowRight, Check, LoaderCircle } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { keysQuery, latestTraceQuery, modelsQuery } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Money } from '../../ui/values.tsx'
import { FirstKey } from './first-key.tsx'
import { LoadDemo } from './load-demo.tsx'
import { KEY_PLACEHOLDER, SNIPPETS } from './snippets.ts'

const ECHO = 'simulator/echo'

/** Three steps from an empty server to the first trace; each turns green when it is true. */
export function GettingStartedPage() {
  const project = useProject()
  const { version } = useSession()
  const [secretKey, setSecretKey] = useState<string | null>(null)
  const keys = useQuery(keysQuery(project))
  const latest = useQuery({ ...latestTraceQuery(project), refetchInterval: ({ state }) => (state.data ? false : 1_500) })
  const usable = keys.data?.filter((key) => key.revokedAt === null) ?? []
  const trace = latest.data
  return (
    <Page narrow>
      <PageHeader title="Getting started" question="From nothing to the first trace: about a minute, without an account anywhere." />
      <ol className="flex flex-col gap-3">
        <Step number={1} title="The server runs" done>
          <p className="text-soft">
            Signalbox {version} answers at <code className="font-mono text-sm text-text">{location.origin}</code>.
          </p>
        </Step>
        <Step number={2} title="Create a key" done={usable.length > 0}>
          <FirstKey keys={keys} secretKey={secretKey} onCreated={setSecretKey} />
        </Step>
        <Step number={3} title="Make the first call" done={Boolean(trace)} waiting={trace === null}>
          <Snippets project={project} secretKey={secretKey} />
          <div role="status" className="mt-3 flex min-h-8 items-center gap-2">
            {trace ? (
              <>
                <p className="min-w-0 flex-1 truncate text-soft">
                  <span className="font-medium text-text">{trace.name}</span> answered in {formatDuration(trace.durationMs)}
                  {trace.costUsd !== null && (
                    <>
                      {' '}
                      for <Money usd={trace.costUsd} />
                    </>
                  )}
                </p>
                <Link
                  to="/p/$project/traces/$traceId"
                  params={{ project, traceId: trace.traceId }}
                  className={buttonStyle({ kind: 'primary' })}
                >
                  Open the trace <ArrowRight size={14} aria-hidden />
                </Link>
              </>
            ) : (
              <p className="text-faint">Waiting for the first call. It shows up here by itself.</p>
            )}
          </div>
        </Step>
      </ol>
      {trace === null && <LoadDemo />}
    </Page>
  )
}

type StepProps = { number: number; title: string; done: boolean; waiting?: boolean; children: ReactNode }
function Step({ number, title, done, waiting = false, children }: StepProps) {
  return (
    <li className="flex gap-3 rounded-md border border-line p-4">
      <span
        className={classNames(
          'flex size-6 shrink-0 items-center justify-center rounded-full border text-sm font-medium transition-colors',
          done ? 'border-transparent bg-ok-soft text-ok' : 'border-line-strong text-faint',
        )}
      >
        {done ? (
          <Check size={14} strokeWidth={2.5} aria-hidden />
        ) : waiting ? (
          <LoaderCircle size={14} className="animate-spin" aria-hidden />
        ) : (
          number
        )}
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="mb-2 flex h-6 items-center gap-2 font-semibold">
          {title}
          <span className="sr-only">{done ? '(done)' : '(to do)'}</span>
        </h2>
        {children}
      </div>
    </li>
  )
}

function Snippets({ project, secretKey }: { project: string; secretKey: string | null }) {
  const [tab, setTab] = useState('curl')
  const [model, setModel] = useState(ECHO)
  const models = useQuery(modelsQuery(project))
  const names = [
    ...new Set([ECHO, ...(models.data ?? []).filter((one) => one.targets.some((target) => target.usable)).map((one) => one.name)]),
  ]
  const key = secretKey ?? KEY_PLACEHOLDER
  return (
    <>
      <div className="mb-3 flex items-center gap-2">
        <span className="text-soft">Model</span>
        <Select
          label="Model"
          value={model}
          choices={names.map((name) => ({ value: name, label: name }))}
          onChange={setModel}
          className="w-64"
        />
        {model === ECHO && <span className="text-sm text-faint">repeats your words: it needs no provider and no account</span>}
      </div>
      <div className="rounded-md border border-line">
        <Tabs
          label="Ways to call"
          value={tab}
          onChange={setTab}
          tabs={SNIPPETS.map((snippet) => {
            const code = snippet.code({ origin: location.origin, model, secretKey: key })
            return {
              value: snippet.id,
              label: snippet.title,
              content: (
                <div className="flex flex-col gap-2 p-3">
                  {snippet.install && <CodeBlock label="install command" code={snippet.install} />}
                  <CodeBlock label={`${snippet.title} snippet`} code={code} />
                  {!secretKey && (
                    <p className="text-sm text-faint">
                      Put a secret key where {KEY_PLACEHOLDER} stands; one made in step 2 is filled in here.
                    </p>
                  )}
                </div>
              ),
            }
          })}
        />
      </div>
    </>
  )
}
