import type { ShownSplit } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { CirclePause, CirclePlay } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount, formatPart, formatShare, plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { EntryPanel, type EntryPanelProps, NoEntry } from '../../ui/entry-panel.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { Money, useNow } from '../../ui/values.tsx'
import { armsOf, type ShownArm } from './arms-of.ts'
import { CanaryTimeline } from './canary-timeline.tsx'
import { SplitState } from './split-state.tsx'
import { type ArmStats, tracesOfArm, useArmStats } from './use-arm-stats.ts'

type Props = EntryPanelProps<ShownSplit> & {
  project: string
  name: string
  split: ShownSplit | undefined
  onPause: (split: ShownSplit) => void
}

/** One split: its arms beside each other, and the steps of a canary on the clock. */
export function SplitPanel({ project, name, split, onPause, ...entryProps }: Props) {
  const stats = useArmStats(project, name)
  const now = useNow()
  if (!split) return <NoEntry noun="split" name={name} panel={entryProps.panel} />
  const isOurs = split.from === 'project'
  return (
    <EntryPanel
      {...entryProps}
      noun="split"
      entry={split}
      state={<SplitState split={split} />}
      about={
        <>
          Of the calls for{' '}
          <Link
            to="/p/$project/models"
            params={{ project }}
            search={{ alias: split.model }}
            className="font-mono text-sm text-accent underline underline-offset-2"
          >
            {split.model}
          </Link>
          {split.kind === 'shadow' ? '' : `, ${BY[split.by ?? 'user']}`}
        </>
      }
      actions={
        isOurs &&
        entryProps.mayChange && (
          <Button size="small" onClick={() => onPause(split)}>
            {split.active ? <CirclePause size={13} aria-hidden /> : <CirclePlay size={13} aria-hidden />}
            {split.active ? 'Pause' : 'Resume'}
          </Button>
        )
      }
      readOnly={isOurs ? undefined : READ_ONLY}
      warnings={[split.problem, ...split.warnings]}
    >
      {split.kind === 'canary' && (
        <section className="border-b border-line">
          <h3 className="px-4 pt-3 font-medium">Steps</h3>
          <CanaryTimeline split={split} />
          {split.stopAtErrorRate !== undefined && (
            <p className="px-4 pb-3 text-sm text-faint">
              From 20 calls on, more than {formatPart(split.stopAtErrorRate)} of errors sends everybody back.
            </p>
          )}
        </section>
      )}
      {split.kind === 'shadow' && <ShadowFacts split={split} />}
      <section>
        <h3 className="px-4 pt-3 pb-1 font-medium">
          Arms <span className="font-normal text-faint">in the last seven days</span>
        </h3>
        <div className="px-1">
          <Loaded query={stats} skeleton={<SkeletonRows rows={3} />}>
            {(found) => {
              const total = [...found.values()].reduce((sum, { calls }) => sum + calls, 0)
              return (
                <Table
                  label="Arms"
                  columns={columns({ split, found, total, wide: entryProps.panel.wide })}
                  rows={withPast(armsOf(split, now), found)}
                  rowKey={({ name }) => name}
                />
              )
            }}
          </Loaded>
        </div>
      </section>
    </EntryPanel>
  )
}

const READ_ONLY = {
  from: 'signalbox.yaml',
  why: (
    <>
      This split comes from signalbox.yaml and is changed there; <code className="font-mono text-sm">active: false</code> pauses it. The
      file is read again when it changes.
    </>
  ),
}
const BY = { user: 'each user always in the same arm', session: 'each session always in the same arm', request: 'drawn for each call' }

/** Arms that there once were and that calls of the last days were in. */
const withPast = (arms: ShownArm[], found: ReadonlyMap<string, ArmStats>): ShownArm[] => [
  ...arms,
  ...[...found.keys()].filter((name) => !arms.some((arm) => arm.name === name)).map((name) => ({ name, model: '', wanted: null })),
]

function ShadowFacts({ split }: { split: ShownSplit }) {
  return (
    <p className="border-b border-line px-4 py-3 text-soft">
      {formatPart(split.sample ?? 1)} of the calls are made once more at <span className="font-mono text-sm text-text">{split.to}</span>,
      after the answer; nobody waits for it.{' '}
      {split.budgetUsdPerDay === undefined ? 'What that costs is not limited.' : `No more on a day that cost $${split.budgetUsdPerDay} so.`}
    </p>
  )
}

type Options = { split: ShownSplit; found: ReadonlyMap<string, ArmStats>; total: number; wide: boolean }
function columns({ split, found, total, wide }: Options): Column<ShownArm>[] {
  const to = (arm: ShownArm, content: ReactNode, label: string, more: Parameters<typeof tracesOfArm>[2] = []) => (
    <TracesLink search={tracesOfArm(split.name, arm.name, more)} label={label}>
      {content}
    </TracesLink>
  )
  const none = <span className="text-faint">–</span>
  const number = (arm: ShownArm, measure: 'firstTokenP50' | 'durationP50' | 'durationP95') => {
    const value = found.get(arm.name)?.[measure] ?? null
    return value === null ? none : formatCount(value)
  }
  return [
    {
      id: 'arm',
      header: 'Arm',
      className: 'w-full max-w-0 min-w-28',
      cell: (arm) => (
        <span className="block truncate" data-tip={arm.model}>
          <span className="font-medium">{arm.name}</span>{' '}
          <span className="font-mono text-sm text-faint">{arm.model || 'no longer there'}</span>
        </span>
      ),
    },
    {
      id: 'calls',
      header: 'Calls',
      align: 'right',
      cell: (arm) => {
        const calls = found.get(arm.name)?.calls
        return calls ? to(arm, formatCount(calls), `${plural(calls, 'call')} of ${arm.name}`) : none
      },
    },
    {
      id: 'share',
      header: <span data-tip="Part of the calls, and the part that was wanted (the mark)">Share (wanted)</span>,
      align: 'right',
      cell: (arm) => <ShareBar seen={total === 0 ? null : (found.get(arm.name)?.calls ?? 0) / total} wanted={arm.wanted} />,
    },
    {
      id: 'errors',
      header: 'Errors',
      align: 'right',
      cell: (arm) => {
        const stats = found.get(arm.name)
        if (!stats || stats.calls === 0) return none
        const share = formatShare(stats.errors / stats.calls)
        if (stats.errors === 0) return <span className="text-faint">0%</span>
        return to(arm, <span className="text-error">{share}</span>, `${plural(stats.errors, 'error')} of ${arm.name}`, [
          { field: 'status', op: 'in', value: ['error', 'interrupted'] },
        ])
      },
    },
    {
      id: 'first',
      header: <span data-tip="p50">First token (ms)</span>,
      align: 'right',
      wideOnly: true,
      cell: (arm) => number(arm, 'firstTokenP50'),
    },
    ...(wide ? [{ id: 'p50', header: 'p50 (ms)', align: 'right' as const, cell: (arm: ShownArm) => number(arm, 'durationP50') }] : []),
    { id: 'p95', header: 'p95 (ms)', align: 'right', cell: (arm) => number(arm, 'durationP95') },
    {
      id: 'cost',
      header: <span data-tip="Money by the call">USD/call</span>,
      align: 'right',
      cell: (arm) => {
        const stats = found.get(arm.name)
        if (!stats || stats.calls === 0) return none
        return <Money usd={stats.costUsd === null ? null : Number(stats.costUsd) / stats.calls} bare />
      },
    },
  ]
}

/** The part that was seen as a bar, the part that was wanted as a mark on it. */
function ShareBar({ seen, wanted }: { seen: number | null; wanted: number | null }) {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span className="relative inline-block h-2 w-14 rounded-sm bg-surface-2" aria-hidden>
        <span className="block h-full rounded-sm bg-mark-1" style={{ width: `${(seen ?? 0) * 100}%` }} />
        {wanted !== null && <span className="absolute -inset-y-[3px] w-[2px] bg-text" style={{ left: `calc(${wanted * 100}% - 1px)` }} />}
      </span>
      <span>
        {seen === null ? '–' : formatShare(seen)}
        {wanted !== null && <span className="text-faint"> ({formatPart(wanted)})</span>}
      </span>
    </span>
  )
}
