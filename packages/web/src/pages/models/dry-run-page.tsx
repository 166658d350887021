import { type Model, ModelEntry, Strategy } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { modelsQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Input } from '../../ui/input.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { DryRunResult } from './dry-run-result.tsx'
import { STRATEGIES } from './strategies.ts'

const WEEK = 7 * 86_400_000
const CALLS = 500
type Tier = 'easy' | 'hard' | ''

/** Where would last week's calls have gone, and what would they have cost? */
export function DryRunPage() {
  const project = useProject()
  const search = useSearch({ from: '/p/$project/models/dry-run' })
  const navigate = useNavigate({ from: '/p/$project/models/dry-run' })
  const models = useQuery(modelsQuery(project))
  const set = (next: Partial<typeof search>) => navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const aliases = (models.data ?? []).filter(({ hidden, problem }) => !hidden && problem === null)
  const model = aliases.find(({ name }) => name === search.model)
  const strategy = Strategy.safeParse(search.strategy).data
  const tiers = (model?.targets ?? []).map((target, at): Tier => tierOf(search.tiers?.split(',')[at]) ?? target.tier ?? '')
  const threshold = Number(search.threshold)
  const entry = model && entryOf(model, { strategy, tiers, threshold: threshold > 0 && threshold <= 1 ? threshold : undefined })
  const run = useQuery({
    queryKey: [...keys.config(project), 'dry-run', JSON.stringify([search.model, entry])],
    queryFn: ({ signal }) =>
      clientFor(project).models.dryRun(
        { model: model?.name ?? '', ...(entry && { entry }), from: new Date(Date.now() - WEEK).toISOString(), limit: CALLS },
        { signal },
      ),
    enabled: model !== undefined,
    retry: false,
    staleTime: 60_000,
  })
  const shown = strategy ?? model?.strategy

  return (
    <Page>
      <PageHeader
        title="Dry run"
        question="Where would the calls of the last seven days have gone, and what would they have cost? Nobody is called."
      />
      <Panel>
        <div className="flex flex-wrap items-end gap-3 p-3">
          <Labelled title="Calls of">
            <Select
              label="Calls of"
              value={search.model ?? ''}
              choices={[{ value: '', label: 'Choose an alias' }, ...aliases.map(({ name }) => ({ value: name, label: name }))]}
              onChange={(name) => set({ model: name || undefined, strategy: undefined, threshold: undefined, tiers: undefined })}
              className="w-56"
            />
          </Labelled>
          {model && (
            <Labelled title="Tried with">
              <Select
                label="Tried with"
                value={strategy ?? ''}
                choices={[
                  { value: '', label: `As it is: ${STRATEGIES[model.strategy].title}` },
                  ...Strategy.options
                    .filter((option) => option !== model.strategy && (option !== 'rules' || model.rules?.length))
                    .map((option) => ({ value: option, label: STRATEGIES[option].title })),
                ]}
                onChange={(next) => set({ strategy: next || undefined })}
                className="w-60"
              />
            </Labelled>
          )}
          {model && shown === 'complexity' && (
            <>
              <Labelled title="Hard from">
                <Input
                  aria-label="Hard from a score of"
                  inputMode="decimal"
                  defaultValue={search.threshold ?? String(model.complexity?.threshold ?? 0.35)}
                  key={`${model.name} ${search.threshold ?? ''}`}
                  onBlur={({ target }) => set({ threshold: target.value || undefined })}
                  onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
                  className="max-w-20 font-mono text-sm"
                />
              </Labelled>
              {model.targets.map((target, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: targets are told apart by their place.
                <Labelled key={at} title={`${target.provider}/${target.model}`}>
                  <Select
                    label={`Calls for ${target.provider}/${target.model}`}
                    value={tiers[at] ?? ''}
                    choices={[
                      { value: '', label: 'any call' },
                      { value: 'easy', label: 'easy calls' },
                      { value: 'hard', label: 'hard calls' },
                    ]}
                    onChange={(tier) => set({ tiers: tiers.map((one, place) => (place === at ? tier : one)).join(',') })}
                    className="w-32"
                  />
                </Labelled>
              ))}
            </>
          )}
        </div>
      </Panel>
      {model === undefined ? (
        <Panel>
          <EmptyState icon={History} title="Try a strategy on calls that were made">
            Choose an alias and how its calls should be divided. You see for each call of the last week where it went, where it would have
            gone, and both sums.
          </EmptyState>
        </Panel>
      ) : (
        <Loaded
          query={run}
          skeleton={
            <Panel>
              <SkeletonRows rows={10} />
            </Panel>
          }
        >
          {(result) => (
            <DryRunResult
              project={project}
              result={result}
              onlyChanged={search.show !== 'all'}
              onOnlyChanged={(on) => set({ show: on ? undefined : 'all' })}
            />
          )}
        </Loaded>
      )}
    </Page>
  )
}

function Labelled({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 max-w-56 truncate text-sm text-faint">{title}</p>
      {children}
    </div>
  )
}

const tierOf = (text: string | undefined): Tier | undefined => (text === 'easy' || text === 'hard' || text === '' ? text : undefined)

type Tried = { strategy: Strategy | undefined; tiers: Tier[]; threshold: number | undefined }
/** The alias as it is to be tried. */
function entryOf(model: Model, { strategy = model.strategy, tiers, threshold }: Tried): ModelEntry {
  const known = Object.fromEntries(Object.entries(model).filter(([name]) => name in ModelEntry.shape)) as ModelEntry
  return {
    ...known,
    strategy,
    targets: model.targets.map(({ usable: _, problem: __, tier: ___, ...target }, at) => {
      const tier = tiers[at]
      return { ...target, ...(tier && { tier }) }
    }),
    ...(threshold !== undefined && { complexity: { threshold } }),
  }
}
