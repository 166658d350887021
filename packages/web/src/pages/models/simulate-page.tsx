import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { modelsQuery } from '../../data/queries.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { readHeaders } from '../../ui/header-lines.tsx'
import { Input, inputStyle } from '../../ui/input.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { SimulatedDecision } from './simulated-decision.tsx'

type Form = { model: string; text: string; user: string; metadata: string; headers: string }

/** Where would this request go, and why? Nobody is called. */
export function SimulatePage() {
  const project = useProject()
  const search = useSearch({ from: '/p/$project/models/simulate' })
  const navigate = useNavigate({ from: '/p/$project/models/simulate' })
  const models = useQuery(modelsQuery(project))
  const asked: Form = {
    model: search.model ?? '',
    text: search.text ?? '',
    user: search.user ?? '',
    metadata: search.metadata ?? '',
    headers: search.headers ?? '',
  }
  const written = JSON.stringify(asked)
  const [form, setForm] = useState(asked)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address decides; going back brings back what was asked.
  useEffect(() => setForm(asked), [written])
  const first = useRef<HTMLInputElement>(null)
  useShortcuts({ '/': () => first.current?.focus() })
  const simulated = useQuery({
    queryKey: [...keys.config(project), 'simulate', written],
    queryFn: ({ signal }) =>
      clientFor(project).models.simulate({ model: asked.model, text: asked.text, headers: headersOf(asked) }, { signal }),
    enabled: asked.model !== '',
    retry: false,
  })
  const change = (next: Partial<Form>) => setForm((before) => ({ ...before, ...next }))
  function submit(event?: FormEvent) {
    event?.preventDefault()
    if (JSON.stringify(form) === written) void simulated.refetch()
    else navigate({ search: Object.fromEntries(Object.entries(form).map(([name, value]) => [name, value || undefined])) })
  }

  return (
    <Page>
      <PageHeader title="Simulate" question="Where would this request go, and why? Nobody is called, and nothing is recorded." />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(300px,380px)_1fr]">
        <Panel title="Request">
          <form
            onSubmit={submit}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit(event)
            }}
            className="flex flex-col gap-3 p-3"
          >
            <Labelled title="Model">
              {(given) => (
                <Input
                  {...given}
                  ref={first}
                  value={form.model}
                  list="simulate-models"
                  placeholder="An alias, or provider/model"
                  onChange={({ target }) => change({ model: target.value })}
                  autoComplete="off"
                  spellCheck={false}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
            <datalist id="simulate-models">
              {(models.data ?? [])
                .filter(({ hidden }) => !hidden)
                .map(({ name }) => (
                  <option key={name} value={name} />
                ))}
            </datalist>
            <Lines title="Text" rows={6} value={form.text} placeholder="What a user says" onChange={(text) => change({ text })} />
            <Labelled title="User" aside="optional">
              {(given) => (
                <Input {...given} value={form.user} onChange={({ target }) => change({ user: target.value })} autoComplete="off" />
              )}
            </Labelled>
            <Lines
              title="Metadata"
              code
              rows={2}
              value={form.metadata}
              placeholder="plan: gold"
              onChange={(metadata) => change({ metadata })}
            />
            <Lines
              title="Headers"
              code
              rows={2}
              value={form.headers}
              placeholder="x-signalbox-region: eu"
              onChange={(headers) => change({ headers })}
            />
            <div className="flex items-center justify-between">
              <span className="flex items-center gap-1 text-sm text-faint">
                <Kbd>Mod</Kbd>
                <Kbd>Enter</Kbd>
              </span>
              <Button kind="primary" type="submit" disabled={form.model.trim() === '' || simulated.isFetching}>
                <FlaskConical size={14} aria-hidden /> Simulate
              </Button>
            </div>
          </form>
        </Panel>
        <div className="flex min-w-0 flex-col gap-4" role="status" aria-live="polite" aria-label="Decision">
          {asked.model === '' ? (
            <Panel>
              <EmptyState icon={FlaskConical} title="Nothing simulated yet">
                Name a model and say what a user would say. You see which target is chosen, what comes next when it fails, what is left out
                and why, and what each would cost.
              </EmptyState>
            </Panel>
          ) : (
            <Loaded
              query={simulated}
              skeleton={
                <Panel>
                  <SkeletonRows />
                </Panel>
              }
            >
              {(result) => <SimulatedDecision project={project} model={asked.model} result={result} />}
            </Loaded>
          )}
        </div>
      </div>
    </Page>
  )
}

type LinesProps = {
  title: string
  code?: boolean
  rows: number
  value: string
  placeholder: string
  onChange: (value: string) => void
}
function Lines({ title, code = false, rows, value, placeholder, onChange }: LinesProps) {
  return (
    <Labelled title={title} {...(code && { aside: 'optional, one “name: value” per line' })}>
      {(given) => (
        <textarea
          {...given}
          rows={rows}
          value={value}
          placeholder={placeholder}
          onChange={({ target }) => onChange(target.value)}
          spellCheck={false}
          autoComplete="off"
          className={classNames(inputStyle, 'h-auto w-full py-1.5', code && 'font-mono text-sm')}
        />
      )}
    </Labelled>
  )
}

/** User and metadata travel in the headers that any client can send. */
function headersOf({ user, metadata, headers }: Form): Record<string, string> {
  const pairs = readHeaders(metadata)
  return {
    ...Object.fromEntries(Object.entries(readHeaders(headers) ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    ...(user.trim() && { 'x-signalbox-user': user.trim() }),
    ...(pairs && { 'x-signalbox-metadata': JSON.stringify(pairs) }),
  }
}
