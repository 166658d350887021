import type { Model } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { Boxes, Plus } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { modelsQuery, providersQuery, splitsQuery } from '../../data/queries.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useRowKeys } from '../../data/use-row-keys.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Input } from '../../ui/input.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'
import { aliasColumns } from './alias-columns.tsx'
import { AliasPanel } from './alias-panel.tsx'
import { useAliasStats } from './use-alias-stats.ts'

const AliasDialog = lazy(() => import('./alias-dialog.tsx'))

/** The names that an app can ask for, and where each of them goes. */
export function ModelsPage() {
  const project = useProject()
  const { alias: open, wide, find = '' } = useSearch({ from: '/p/$project/models/' })
  const navigate = useNavigate({ from: '/p/$project/models' })
  const models = useQuery(modelsQuery(project))
  const splits = useQuery(splitsQuery(project))
  const providers = useQuery(providersQuery(project))
  const stats = useAliasStats(project)
  const mayChange = useMay()('models:write')
  const cache = useQueryClient()
  const finder = useRef<HTMLInputElement>(null)
  const adding = useLocation({ select: (location) => location.hash }) === 'new' && mayChange
  const setAdding = (on: boolean) => navigate({ search: (before) => before, ...(on && { hash: 'new' }), replace: true })
  const [changing, setChanging] = useState<Model | null>(null)
  const [removing, setRemoving] = useState<Model | null>(null)
  const shown = (models.data ?? [])
    .filter((model) => matches(model, find))
    .sort((a, b) => Number(a.from === 'built-in') - Number(b.from === 'built-in'))
  const opened = models.data?.find(({ name, hidden }) => name === open && !hidden)
  const setOpen = (name: string | undefined) =>
    navigate({
      search: (before) => ({ ...before, alias: name, ...(name === undefined && { wide: undefined }) }),
      replace: open !== undefined && name !== undefined,
    })
  const active = useRowKeys({ rows: shown.map(keyOf), open, onOpen: setOpen, onClose: () => setOpen(undefined) })
  useShortcuts({ '/': () => finder.current?.focus() })
  const refresh = () => cache.invalidateQueries({ queryKey: modelsQuery(project).queryKey })

  async function saved(model: Model) {
    setChanging(null)
    await refresh()
    navigate({ search: (before) => ({ ...before, alias: model.name }), replace: true })
    toast({ title: `Alias “${model.name}” saved` })
  }

  return (
    <>
      <Page>
        <PageHeader
          title="Models"
          question="The names an app can ask for, where each of them goes, and how that went in the last 24 hours."
          action={
            mayChange && (
              <Button kind="primary" onClick={() => setAdding(true)}>
                <Plus size={14} aria-hidden /> New alias
              </Button>
            )
          }
        />
        <Panel>
          <Loaded query={models} skeleton={<SkeletonRows />}>
            {(list) => (
              <>
                {list.every(({ from }) => from === 'built-in') && <Teach onAdd={mayChange ? () => setAdding(true) : null} />}
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
                    rowKey={keyOf}
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
        <InTheFile />
      </Page>
      {open !== undefined && models.data && (
        <AliasPanel
          project={project}
          name={open}
          model={opened}
          models={models.data}
          splits={splits.data ?? []}
          providers={providers.data ?? []}
          mayChange={mayChange}
          stats={stats.data?.get(open)}
          wide={wide === '1'}
          onWide={(on) => navigate({ search: (before) => ({ ...before, wide: on ? '1' : undefined }), replace: true })}
          onClose={() => setOpen(undefined)}
          onChange={setChanging}
          onRemove={setRemoving}
        />
      )}
      {(adding || changing) && (
        <Suspense>
          <AliasDialog
            project={project}
            model={changing}
            onSaved={saved}
            onClose={() => {
              if (adding) setAdding(false)
              setChanging(null)
            }}
          />
        </Suspense>
      )}
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove “${removing?.name ?? ''}”?`}
        action="Remove alias"
        onConfirm={async () => {
          if (!removing) return
          await clientFor(project).models.remove({ name: removing.name })
          setOpen(undefined)
          await refresh()
          toast({ title: `Alias “${removing.name}” removed` })
        }}
      >
        <p>
          Calls for <span className="font-mono text-sm text-text">{removing?.name}</span> are refused within a second.
          {(stats.data?.get(removing?.name ?? '')?.calls ?? 0) > 0 &&
            ` In the last 24 hours there were ${stats.data?.get(removing?.name ?? '')?.calls}.`}{' '}
          Traces of earlier calls are kept.
        </p>
      </ConfirmDialog>
    </>
  )
}

/** Of two of one name the one in use is the row. */
const keyOf = ({ name, hidden }: Model) => (hidden ? `${name} hidden` : name)

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

function InTheFile() {
  return (
    <Panel title="Without this page" description="Aliases of signalbox.yaml win over those added here, and are read-only here.">
      <div className="grid gap-4 p-4 lg:grid-cols-2">
        <div className="min-w-0">
          <p className="mb-2 text-soft">A second provider for when the first one fails.</p>
          <CodeBlock
            label="alias with a fallback in signalbox.yaml"
            code={`models:                 # the name an app asks for → where it goes
  support:
    strategy: fallback
    targets:
      - { provider: openai, model: gpt-4o }
      - { provider: local, model: llama-3.3-70b }`}
          />
        </div>
        <div className="min-w-0">
          <p className="mb-2 text-soft">A cheap model for easy questions, a strong one for hard ones.</p>
          <CodeBlock
            label="alias by complexity in signalbox.yaml"
            code={`models:
  assistant:
    strategy: complexity
    targets:
      - { provider: openai, model: gpt-4o-mini, tier: easy }
      - { provider: openai, model: gpt-4o, tier: hard }`}
          />
        </div>
      </div>
    </Panel>
  )
}
