import type { ShownSplit } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Split as SplitIcon } from 'lucide-react'
import { lazy } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { splitsQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { formatCount, formatPart, plural } from '../../lib/format-number.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EntryDialogs, useEntries } from '../../ui/entries.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { rowKeyOf, useOpened } from '../../ui/use-opened.ts'
import { useNow } from '../../ui/values.tsx'
import { WithoutPage } from '../../ui/without-page.tsx'
import { canaryShare } from './canary-steps.ts'
import { SplitPanel } from './split-panel.tsx'
import { SplitState } from './split-state.tsx'
import { tracesOfArm, useSplitCalls } from './use-arm-stats.ts'

const SplitDialog = lazy(() => import('./split-dialog.tsx'))

/** How the calls of aliases are divided, and how the arms compare. */
export function SplitsPage() {
  const project = useProject()
  const splits = useQuery(splitsQuery(project))
  const calls = useSplitCalls(project)
  const now = useNow()
  const mayChange = useMay()('models:write')
  const { open, setOpen, active, panel } = useOpened('split', (splits.data ?? []).map(rowKeyOf))
  const entries = useEntries<ShownSplit>({ noun: 'split', mayAdd: mayChange, reads: [splitsQuery(project)], setOpen })
  const pause = ({ name, active: isOn }: ShownSplit) =>
    entries.run(
      () => clientFor(project).splits.change({ name, active: !isOn }),
      isOn ? `Split “${name}” paused` : `Split “${name}” goes on`,
    )

  return (
    <div className="relative h-full">
      <Page>
        <PageHeader
          title="Splits"
          question="How the calls of aliases are divided: by weights, mirrored, or moved over in steps; and how the arms compare."
          action={entries.newButton}
        />
        <Panel>
          <Loaded query={splits} skeleton={<SkeletonRows />}>
            {(list) =>
              list.length === 0 ? (
                <EmptyState icon={SplitIcon} title="No split yet" action={entries.newButton}>
                  A split sends a part of the calls of an alias elsewhere, so that two models can be compared on real traffic, or a new one
                  be moved in step by step. Users stay in their arm, and every call records which one that was.
                </EmptyState>
              ) : (
                <Table
                  label="Splits"
                  columns={columns({ project, calls: calls.data, now })}
                  rows={list}
                  rowKey={rowKeyOf}
                  faded={({ active, hidden }) => !active || hidden}
                  open={open}
                  active={active}
                  onOpen={({ name }) => setOpen(name)}
                />
              )
            }
          </Loaded>
        </Panel>
        <WithoutPage description="Splits of signalbox.yaml win over those added here, and are read-only here." examples={IN_THE_FILE} />
      </Page>
      {open !== undefined && splits.data && (
        <SplitPanel
          project={project}
          name={open}
          split={splits.data.find(({ name, hidden }) => name === open && !hidden)}
          mayChange={mayChange}
          panel={panel}
          onPause={pause}
          onChange={entries.change}
          onRemove={entries.remove}
        />
      )}
      <EntryDialogs
        of={entries}
        form={(split, given) => <SplitDialog project={project} split={split} {...given} />}
        onRemove={({ name }) => clientFor(project).splits.remove({ name })}
      >
        {({ model }) => (
          <p>
            Calls for <span className="font-mono text-sm text-text">{model}</span> go where the alias says within a second. Traces of
            earlier calls keep their arm. To stop it for a while, pause it instead.
          </p>
        )}
      </EntryDialogs>
    </div>
  )
}

type Options = { project: string; calls: ReadonlyMap<string, { calls: number; errors: number }> | undefined; now: number }
const columns = ({ project, calls, now }: Options): Column<ShownSplit>[] => [
  {
    id: 'name',
    header: 'Name',
    cell: (split) => (
      <Link
        to="/p/$project/splits"
        params={{ project }}
        search={(before) => ({ ...before, split: split.name })}
        className="font-medium hover:text-accent hover:underline"
      >
        {split.name}
      </Link>
    ),
  },
  { id: 'state', header: 'State', cell: (split) => <SplitState split={split} /> },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => KINDS[kind] },
  { id: 'model', header: 'Calls of', cell: ({ model }) => <span className="font-mono text-sm">{model}</span> },
  {
    id: 'how',
    header: 'How',
    className: 'w-full max-w-0',
    cell: (split) => <span className="block truncate text-soft">{describe(split, now)}</span>,
  },
  {
    id: 'from',
    header: 'From',
    wideOnly: true,
    cell: ({ from }) => <span className="text-soft">{from === 'file' ? 'signalbox.yaml' : 'added here'}</span>,
  },
  {
    id: 'calls',
    header: <span data-tip="Of the last seven days">Calls</span>,
    align: 'right',
    cell: ({ name }) => {
      const found = calls?.get(name)
      return found ? (
        <TracesLink search={tracesOfArm(name)} label={`${plural(found.calls, 'call')} of ${name} in the last seven days`}>
          {formatCount(found.calls)}
        </TracesLink>
      ) : (
        <span className="text-faint">–</span>
      )
    },
  },
]

const KINDS: Record<ShownSplit['kind'], string> = { weights: 'Weights', shadow: 'Shadow', canary: 'Canary' }

/** What a split does with the calls, in one line. */
function describe(split: ShownSplit, now: number): string {
  if (split.kind === 'weights') {
    const sum = (split.arms ?? []).reduce((total, { weight }) => total + weight, 0)
    return (split.arms ?? []).map(({ name, weight }) => `${formatPart(sum === 0 ? 0 : weight / sum)} ${name}`).join(', ')
  }
  if (split.kind === 'shadow') return `${formatPart(split.sample ?? 1)} mirrored to ${split.to}`
  const share = canaryShare(split, now)
  return share === null ? `begins later, to ${split.to}` : `${formatPart(share)} to ${split.to} now`
}

const IN_THE_FILE = [
  {
    says: 'Half of the users to another model, each of them always to the same one.',
    label: 'split by weights in signalbox.yaml',
    code: `splits:
  - name: tone
    kind: weights
    model: support        # the alias whose calls are divided
    by: user
    arms:
      - { name: before, model: support, weight: 50 }
      - { name: warmer, model: openai/gpt-4o, weight: 50 }`,
  },
  {
    says: 'A new model moved in by steps, and back for everybody where too much fails.',
    label: 'canary in signalbox.yaml',
    code: `splits:
  - name: new-model
    kind: canary
    model: support
    to: openai/gpt-5
    startsAt: 2026-12-01T08:00:00Z
    steps: [{ percent: 5, minutes: 60 }, { percent: 100 }]
    stopAtErrorRate: 0.05`,
  },
]
