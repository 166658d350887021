import type { Model } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Boxes } from 'lucide-react'
import { lazy, useRef } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { modelsQuery, providersQuery, splitsQuery } from '../../data/queries.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EntryDialogs, useEntries } from '../../ui/entries.tsx'
import { Input } from '../../ui/input.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { rowKeyOf, useOpened } from '../../ui/use-opened.ts'
import { WithoutPage } from '../../ui/without-page.tsx'
import { aliasColumns } from './alias-columns.tsx'
import { AliasPanel } from './alias-panel.tsx'
import { useAliasStats } from './use-alias-stats.ts'

const AliasDialog = lazy(() => import('./alias-dialog.tsx'))

/** The names that an app can ask for, and where each of them goes. */
export function ModelsPage() {
  const project = useProject()
  const { find = '' } = useSearch({ from: '/p/$project/models/' })
  const navigate = useNavigate({ from: '/p/$project/models' })
  const models = useQuery(modelsQuery(project))
  const splits = useQuery(splitsQuery(project))
  const providers = useQuery(providersQuery(project))
  const stats = useAliasStats(project)
  const mayChange = useMay()('models:write')
  const finder = useRef<HTMLInputElement>(null)
  const shown = (models.data ?? [])
    .filter((model) => matches(model, find))
    .sort((a, b) => Number(a.from === 'built-in') - Number(b.from === 'built-in'))
  const { open, setOpen, active, panel } = useOpened('alias', shown.map(rowKeyOf))
  const entries = useEntries<Model>({ noun: 'alias', mayAdd: mayChange, reads: [modelsQuery(project)], setOpen })
  useShortcuts({ '/': () => finder.current?.focus() })

  return (
    <>
      <Page>
        <PageHeader
          title="Models"
          question="The names an app can ask for, where each of them goes, and how that went in the last 24 hours."
          action={entries.newButton}
        />
        <Panel>
          <Loaded query={models} skeleton={<SkeletonRows />}>
            {(list) => (
              <>
                {list.every(({ from }) => from === 'built-in') && <Teach onAdd={mayChange ? entries.startAdding : null} />}
                {list.length > 5 && (
                  <div className="border-b border-line p-2">
                    <Input
                      ref={finder}
                      aria-label="Find an alias"
                      placeholder="Find an alias by name, provider or model   /"
                      value={find}
                      onChange={({ target }) =>
                        navigate({ search: (before) => ({ ...before, find: target.value || undefined }), replace: true })
                      }
                      onKeyDown={(event) => {
                        if (event.key !== 'Escape') return
                        event.preventDefault()
                        event.currentTarget.blur()
                      }}
                    />
                  </div>
                )}
                {shown.length === 0 ? (
                  <p className="px-3 py-4 text-faint">No alias matches “{find}”.</p>
                ) : (
                  <Table
                    label="Models"
                    columns={aliasColumns({ project, stats: stats.data, short: false })}
                    rows={shown}
                    rowKey={rowKeyOf}
                    faded={({ hidden }) => hidden}
                    open={open}
                    active={active}
                    onOpen={({ name }) => setOpen(name)}
                  />
                )}
              </>
            )}
          </Loaded>
        </Panel>
        <WithoutPage description="Aliases of signalbox.yaml win over those added here, and are read-only here." examples={IN_THE_FILE} />
      </Page>
      {open !== undefined && models.data && (
        <AliasPanel
          project={project}
          name={open}
          model={models.data.find(({ name, hidden }) => name === open && !hidden)}
          models={models.data}
          splits={splits.data ?? []}
          providers={providers.data ?? []}
          mayChange={mayChange}
          stats={stats.data?.get(open)}
          panel={panel}
          onChange={entries.change}
          onRemove={entries.remove}
        />
      )}
      <EntryDialogs
        of={entries}
        form={(model, given) => <AliasDialog project={project} model={model} {...given} />}
        onRemove={({ name }) => clientFor(project).models.remove({ name })}
      >
        {({ name }) => (
          <p>
            Calls for <span className="font-mono text-sm text-text">{name}</span> are refused within a second.
            {(stats.data?.get(name)?.calls ?? 0) > 0 && ` In the last 24 hours there were ${stats.data?.get(name)?.calls}.`} Traces of
            earlier calls are kept.
          </p>
        )}
      </EntryDialogs>
    </>
  )
}

function matches(model: Model, find: string): boolean {
  const text = find.trim().toLowerCase()
  return [model.name, model.strategy, ...model.targets.map((target) => `${target.provider}/${target.model}`)].some((one) =>
    one.toLowerCase().includes(text),
  )
}

function Teach({ onAdd }: { onAdd: (() => void) | null }) {
  return (
    <div className="border-b border-line">
      <EmptyState
        icon={Boxes}
        title="No alias of your own yet"
        action={
          onAdd && (
            <Button kind="primary" onClick={onAdd}>
              Make an alias
            </Button>
          )
        }
      >
        An alias is a name that apps ask for instead of one model. Behind it you choose targets, what happens when one fails, and what is
        cached, and change that without touching an app. Any <span className="font-mono text-sm">provider/model</span> works without one.
      </EmptyState>
    </div>
  )
}

const IN_THE_FILE = [
  {
    says: 'A second provider for when the first one fails.',
    label: 'alias with a fallback in signalbox.yaml',
    code: `models:                 # the name an app asks for → where it goes
  support:
    strategy: fallback
    targets:
      - { provider: openai, model: gpt-4o }
      - { provider: local, model: llama-3.3-70b }`,
  },
  {
    says: 'A cheap model for easy questions, a strong one for hard ones.',
    label: 'alias by complexity in signalbox.yaml',
    code: `models:
  assistant:
    strategy: complexity
    targets:
      - { provider: openai, model: gpt-4o-mini, tier: easy }
      - { provider: openai, model: gpt-4o, tier: hard }`,
  },
]
