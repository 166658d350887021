import type { EvaluatorEntry, StoredEvaluator } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Archive, ArchiveRestore } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { builtinEvaluatorsQuery, evaluatorChanged, storedEvaluatorQuery } from '../../data/evaluators.ts'
import { useMay } from '../../data/may.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { ErrorNote, toastError } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { NativeSelect } from '../../ui/native-select.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Bench } from './bench.tsx'
import { type Params, ParamsForm } from './params-form.tsx'

const Versions = lazy(() => import('./versions.tsx'))

/** An evaluator that is not kept yet. */
export function NewEvaluatorPage() {
  const project = useProject()
  const { evaluator } = useSearch({ from: '/p/$project/evaluators/new' })
  const builtin = useQuery(builtinEvaluatorsQuery(project))
  if (builtin.data) return <Editor builtin={builtin.data} first={evaluator} />
  return builtin.error ? <ErrorNote error={builtin.error} retry={() => builtin.refetch()} className="m-6" /> : <SkeletonRows rows={12} />
}

/** One that the project keeps: its parameters, a bench to try it on, and its versions. */
export function EvaluatorPage() {
  const project = useProject()
  const { _splat: name = '' } = useParams({ from: '/p/$project/evaluators/$' })
  const { version } = useSearch({ from: '/p/$project/evaluators/$' })
  const asked = version !== undefined && /^[1-9]\d{0,8}$/.test(version) ? Number(version) : undefined
  const builtin = useQuery(builtinEvaluatorsQuery(project))
  const stored = useQuery(storedEvaluatorQuery(project, name, asked))
  if (builtin.data && stored.data) return <Editor key={`${name} ${stored.data.version}`} builtin={builtin.data} stored={stored.data} />
  const error = stored.error ?? builtin.error
  if (!error) return <SkeletonRows rows={12} />
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 p-6">
      <ErrorNote className="w-full" error={error} retry={() => stored.refetch()} />
      <Link to="/p/$project/evaluators" params={{ project }} className={buttonStyle({})}>
        All evaluators
      </Link>
    </div>
  )
}

type EditorProps = { builtin: readonly EvaluatorEntry[]; first?: string | undefined; stored?: StoredEvaluator }

function Editor({ builtin, first, stored }: EditorProps) {
  const project = useProject()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const may = useMay()
  const mayWrite = may('evaluators:write') && !stored?.archivedAt
  const [id, setId] = useState(stored?.evaluator ?? (builtin.some((one) => one.id === first) ? (first ?? '') : 'contains'))
  const [name, setName] = useState(stored?.name ?? '')
  const [description, setDescription] = useState(stored?.description ?? '')
  const [message, setMessage] = useState('')
  const [params, setParams] = useState<Params>(stored?.params ?? {})
  const [problems, setProblems] = useState<Record<string, string>>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const entry = builtin.find((one) => one.id === id)
  const isBroken = Object.keys(problems).length > 0
  const changed =
    !stored || id !== stored.evaluator || description !== stored.description || JSON.stringify(params) !== JSON.stringify(stored.params)

  async function save() {
    if (!mayWrite || isBroken || state.busy || !changed) return
    setState({ busy: true, error: null })
    try {
      const kept = await clientFor(project).evaluators.put({
        name,
        evaluator: id,
        params: params as StoredEvaluator['params'],
        description,
        message,
        expectedVersion: stored?.newest ?? 0,
      })
      await evaluatorChanged(cache, project)
      toast({ title: kept.version === stored?.newest ? 'Saved' : `Version ${kept.version} of ${name} saved` })
      setState({ busy: false, error: null })
      setMessage('')
      await navigate({ to: '/p/$project/evaluators/$', params: { project, _splat: name }, search: {}, replace: stored === undefined })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  async function archive(archived: boolean) {
    try {
      await clientFor(project).evaluators.change({ name, archived })
      toast({ title: archived ? 'Archived' : 'In use again' })
    } catch (error) {
      toastError(error)
    }
    await evaluatorChanged(cache, project)
  }
  useShortcuts({ 'Mod+s': () => void save() }, { whileTyping: true })
  const isOld = stored !== undefined && stored.version < stored.newest
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div tabIndex={0} className="h-full overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2">
      <div className="mx-auto flex max-w-[1480px] flex-col gap-4 px-6 py-5">
        <header className="flex items-start gap-2">
          <div className="mr-2 min-w-0 flex-1">
            <div className="flex min-w-0 items-center gap-2">
              <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">{stored?.name ?? 'New evaluator'}</h1>
              {stored && <Badge tone={isOld ? 'warning' : 'unknown'}>version {stored.version}</Badge>}
              {stored?.archivedAt && <Badge tone="warning">archived</Badge>}
              {isOld && (
                <Link to="." search={{}} className="text-sm text-accent hover:underline">
                  The newest is {stored.newest}
                </Link>
              )}
            </div>
            <p className="text-soft">
              {stored?.hash ? (
                <>
                  Its scores carry the hash <CopyId id={stored.hash} what="hash" />: those of another one are never put into one average.
                </>
              ) : (
                'Set it up on the left, try it on the right, and keep it when its verdicts are yours.'
              )}
            </p>
          </div>
          {stored && may('evaluators:write') && (
            <Button onClick={() => archive(!stored.archivedAt)}>
              {stored.archivedAt ? <ArchiveRestore size={14} aria-hidden /> : <Archive size={14} aria-hidden />}
              {stored.archivedAt ? 'Use it again' : 'Archive'}
            </Button>
          )}
          {mayWrite && (
            <Button
              kind="primary"
              aria-keyshortcuts="Control+S"
              disabled={state.busy || isBroken || !changed || name === ''}
              onClick={save}
            >
              {stored ? 'Save a version' : 'Keep it'}
            </Button>
          )}
        </header>
        {state.error !== null && <ErrorNote error={state.error} />}
        {stored?.problem && <ErrorNote error={new Error(stored.problem)} />}
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            <Panel title="What it is">
              <div className="flex flex-col gap-3 p-3">
                <div className="grid grid-cols-2 gap-3">
                  {stored === undefined && (
                    <Labelled title="Name" help="Folders by /: support/tone">
                      {(given) => (
                        <Input
                          {...given}
                          value={name}
                          onChange={({ target }) => setName(target.value)}
                          disabled={!mayWrite}
                          autoComplete="off"
                        />
                      )}
                    </Labelled>
                  )}
                  <Labelled title="Evaluator">
                    {() => (
                      <NativeSelect
                        label="Evaluator"
                        value={id}
                        choices={builtin.map((one) => ({ value: one.id, label: one.id }))}
                        onChange={(next) => {
                          setId(next)
                          setParams({})
                          setProblems({})
                        }}
                      />
                    )}
                  </Labelled>
                  <Labelled title="Description" aside="optional">
                    {(given) => (
                      <Input
                        {...given}
                        value={description}
                        onChange={({ target }) => setDescription(target.value)}
                        disabled={!mayWrite}
                        autoComplete="off"
                      />
                    )}
                  </Labelled>
                  {stored && changed && (
                    <Labelled title="What is different" aside="optional">
                      {(given) => (
                        <Input {...given} value={message} onChange={({ target }) => setMessage(target.value)} autoComplete="off" />
                      )}
                    </Labelled>
                  )}
                </div>
                {entry && (
                  <p className="text-soft">
                    {entry.description} <span className="text-faint">Not when: {lower(entry.notFor)}</span>
                    <span className="mt-1 flex flex-wrap gap-1.5">
                      <Badge>{entry.scale}</Badge>
                      <Badge>{entry.higherIsBetter ? 'more is better' : 'less is better'}</Badge>
                      {entry.needs.length > 0 && <Badge>needs {entry.needs.join(', ')}</Badge>}
                      {entry.costed && <Badge tone="warning">asks a model or a service</Badge>}
                      {!entry.deterministic && <Badge>may differ from run to run</Badge>}
                    </span>
                  </p>
                )}
              </div>
            </Panel>
            <Panel title="Parameters">
              <div className="p-3">
                {entry && (
                  <ParamsForm
                    key={id}
                    schema={entry.params}
                    params={params}
                    onChange={setParams}
                    onProblem={(field, problem) =>
                      setProblems(({ [field]: _, ...others }) => ({ ...others, ...(problem && { [field]: problem }) }))
                    }
                    disabled={!mayWrite}
                  />
                )}
              </div>
            </Panel>
            {stored && (
              <Suspense fallback={<SkeletonRows rows={3} />}>
                <Versions name={stored.name} shown={stored.version} />
              </Suspense>
            )}
          </div>
          {entry && <Bench entry={entry} params={params} stored={stored?.name} broken={isBroken} />}
        </div>
      </div>
    </div>
  )
}

const lower = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`
