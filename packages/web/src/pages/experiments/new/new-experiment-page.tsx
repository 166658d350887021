import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { experimentQuery, experimentsChanged } from '../../../data/experiments.ts'
import { useWhyNot } from '../../../data/may.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Page, PageHeader } from '../../../ui/page.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { DatasetSection } from './dataset-section.tsx'
import { type Draft, draftOf, EMPTY, readDraft } from './draft.ts'
import { EstimatePanel } from './estimate-panel.tsx'
import { EvaluatorsSection } from './evaluators-section.tsx'
import { GateSection } from './gate-section.tsx'
import { LimitsSection } from './limits-section.tsx'
import { TaskSection } from './task-section.tsx'

const ROUTE = '/p/$project/experiments/new'

/** Sets up an experiment: from nothing, from a prompt, or from one that was made. */
export function NewExperimentPage() {
  const project = useProject()
  const { from, dataset, split, prompt, version, against } = useSearch({ from: ROUTE })
  const before = useQuery({ ...experimentQuery(project, from ?? ''), enabled: from !== undefined, refetchInterval: false })
  if (from !== undefined && !before.data)
    return before.error ? <ErrorNote error={before.error} retry={() => before.refetch()} className="m-6" /> : <SkeletonRows rows={12} />
  const versions = [against, version].flatMap((one) => (one && Number(one) > 0 ? [Number(one)] : []))
  const start: Draft = before.data?.definition
    ? draftOf(before.data.definition)
    : {
        ...EMPTY,
        ...(dataset && { dataset }),
        ...(split && { split }),
        ...(prompt && { prompt, versions: [...new Set(versions)] }),
        ...(against &&
          version &&
          against !== version && { vs: `v${against}`, rules: [{ key: 0, metric: 'pass', rule: 'noninferior' as const, amount: '' }] }),
      }
  return <Form key={from ?? `${prompt} ${version} ${dataset}`} project={project} start={start} />
}

function Form({ project, start }: { project: string; start: Draft }) {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const whyNot = useWhyNot()('experiments:write')
  const [draft, setDraft] = useState(start)
  const [problems, setProblems] = useState<Problems>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const form = useRef<HTMLFormElement>(null)
  const set = (next: Partial<Draft>) => setDraft((old) => ({ ...old, ...next }))

  async function submit(event?: FormEvent) {
    event?.preventDefault()
    if (state.busy || whyNot) return
    const { sent, problems: found = {} } = readDraft(draft)
    setProblems(found)
    if (!sent) return
    setState({ busy: true, error: null })
    try {
      const { id } = await clientFor(project).experiments.create(sent)
      await experimentsChanged(cache, project)
      await navigate({ to: '/p/$project/experiments/$id', params: { project, id }, search: {} })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  // The first thing that is wrong is where somebody goes on.
  useEffect(() => {
    if (Object.keys(problems).length > 0)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.scrollIntoView({ block: 'center' })
  }, [problems])
  useShortcuts({ 'Mod+enter': () => void submit() }, { whileTyping: true })

  const given = { draft, problems, onChange: set }
  return (
    <Page>
      <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <PageHeader
          title="New experiment"
          question="Every item of a dataset is asked of every variant; answers are scored, and what differs beyond chance is said."
          action={
            <Button
              kind="primary"
              type="submit"
              disabled={state.busy || whyNot !== undefined}
              aria-keyshortcuts="Control+Enter"
              {...(whyNot && { 'data-tip': whyNot })}
            >
              Run experiment
            </Button>
          }
        />
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_340px]">
          <div className="flex min-w-0 flex-col gap-4">
            <DatasetSection {...given} />
            <TaskSection {...given} />
            <EvaluatorsSection {...given} />
            <GateSection {...given} />
            <LimitsSection {...given} />
          </div>
          <EstimatePanel draft={draft} />
        </div>
      </form>
    </Page>
  )
}
