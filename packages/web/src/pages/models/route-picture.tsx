import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, Ghost, GitBranch, Route, Split, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { formatShare, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { TracesLink } from '../../ui/traces-link.tsx'
import { BreakerState } from './breaker-state.tsx'
import type { Branch, BranchTarget } from './route-branches.ts'
import { type CallStats, FAILED, statsOfTarget, tracesOf } from './use-alias-stats.ts'
import type { TargetStates } from './use-target-states.ts'

type Props = {
  project: string
  alias: string
  branches: readonly Branch[]
  stats: ReadonlyMap<string, CallStats> | undefined
  states: TargetStates | undefined
}

/** Heights in pixels: the lines between the cards are drawn from them. */
const CARD = 48
const GAP = 8
const BETWEEN = 20
const HEAD = 30
const LINE = 18

/** An alias from left to right: the name, the ways through it, where each leads, and how the targets are doing. */
export function RoutePicture({ project, alias, branches, stats, states }: Props) {
  const placed = place(branches)
  const height = (placed.at(-1)?.bottom ?? CARD) as number
  const middle = height / 2
  return (
    <section aria-label={`Route of ${alias}`} className="overflow-x-auto px-4 py-4">
      <div
        className="grid min-w-[520px] grid-cols-[minmax(72px,120px)_28px_minmax(150px,210px)_28px_minmax(210px,440px)]"
        style={{ height }}
      >
        <div className="relative">
          <div
            className="absolute inset-x-0 flex -translate-y-1/2 items-center justify-center rounded-md border border-line-strong bg-surface-0 px-2 py-1.5"
            style={{ top: middle }}
          >
            <span className="truncate font-mono text-sm font-medium" data-tip={`An app asks for\n${alias}`}>
              {alias}
            </span>
          </div>
        </div>
        <Lines
          height={height}
          lines={placed.map(({ branch, centre }) => ({ from: middle, to: centre, quiet: branch.idle, dashed: branch.kind === 'shadow' }))}
        />
        <ol className="relative" aria-label="Ways">
          {placed.map(({ branch, centre }) => (
            <BranchCard key={branch.id} branch={branch} top={centre - branchHeight(branch) / 2} />
          ))}
        </ol>
        <Lines
          height={height}
          lines={placed.flatMap(({ branch, centre, targets }) =>
            targets.map(({ target, centre: to }) => ({
              from: centre,
              to,
              quiet: branch.idle || target.problem !== null,
              dashed: branch.kind === 'shadow' || target.problem !== null,
            })),
          )}
        />
        <ol className="relative" aria-label="Targets">
          {placed.flatMap(({ branch, targets }) =>
            targets.map(({ target, centre }) => (
              <TargetCard
                key={target.id}
                project={project}
                alias={alias}
                target={target}
                idle={branch.idle}
                top={centre - CARD / 2}
                states={states}
                stats={target.provider ? statsOfTarget(stats, { provider: target.provider, model: target.model ?? '' }) : undefined}
              />
            )),
          )}
        </ol>
      </div>
    </section>
  )
}

const ICONS = { strategy: Route, rule: GitBranch, split: Split, shadow: Ghost }

function BranchCard({ branch, top }: { branch: Branch; top: number }) {
  const Icon = ICONS[branch.kind]
  return (
    <li
      className={classNames(
        'absolute inset-x-0 rounded-md border border-line bg-surface-1 px-2.5 py-[5px]',
        branch.kind === 'shadow' && 'border-dashed',
        branch.idle && 'text-faint',
      )}
      style={{ top, height: branchHeight(branch) }}
    >
      <p className="flex h-5 items-center gap-1.5 font-medium">
        <Icon size={13} className="shrink-0 text-faint" aria-hidden />
        <span className="truncate">{branch.title}</span>
      </p>
      {branch.lines.map((line) => (
        <p
          key={line}
          className={classNames('truncate text-sm leading-[18px]', branch.kind === 'rule' ? 'font-mono text-soft' : 'text-faint')}
          data-tip={line}
        >
          {line}
        </p>
      ))}
    </li>
  )
}

type TargetCardProps = {
  project: string
  alias: string
  target: BranchTarget
  idle: boolean
  top: number
  stats: CallStats | undefined
  states: TargetStates | undefined
}
function TargetCard({ project, alias, target, idle, top, stats, states }: TargetCardProps) {
  return (
    <li
      className={classNames(
        'absolute inset-x-0 flex flex-col justify-center rounded-md border bg-surface-1 px-2.5',
        target.problem ? 'border-dashed border-line-strong' : 'border-line',
        idle && 'text-faint',
      )}
      style={{ top, height: CARD }}
    >
      <p className="flex h-5 items-center gap-2">
        {target.role && <span className="tabular w-9 shrink-0 text-faint">{target.role}</span>}
        <span className="min-w-0 flex-1 truncate font-mono text-sm" data-tip={[target.name, ...target.notes].join('\n')}>
          {target.alias ? (
            <Link
              to="/p/$project/models"
              params={{ project }}
              search={(before) => ({ ...before, alias: target.alias })}
              className="text-accent hover:underline"
            >
              {target.name}
            </Link>
          ) : (
            target.name
          )}
        </span>
        {target.notes.length > 0 && (
          <span className="hidden max-w-24 shrink-0 truncate text-sm text-faint @2xl:block">{target.notes[0]}</span>
        )}
      </p>
      <p className={classNames('flex h-[18px] items-center gap-1.5 text-sm', target.role && 'pl-11')}>
        {target.problem ? (
          <span className="flex min-w-0 items-center gap-1 text-warning" data-tip={target.problem}>
            <TriangleAlert size={12} className="shrink-0" aria-hidden />
            <span className="truncate">{target.problem}</span>
          </span>
        ) : target.alias ? (
          <span className="text-faint">an alias of this project</span>
        ) : (
          <>
            {target.provider && <BreakerState states={states} target={{ provider: target.provider, model: target.model ?? '' }} />}
            <Health project={project} alias={alias} target={target} stats={stats} />
          </>
        )}
      </p>
    </li>
  )
}

/** Calls of the last 24 hours that it answered, and how that went. */
function Health({ project, alias, target, stats }: Pick<TargetCardProps, 'project' | 'alias' | 'target' | 'stats'>): ReactNode {
  if (!stats || stats.calls === 0) return <span className="truncate text-faint">no calls in 24 h</span>
  const rate = stats.errors / stats.calls
  const word = rate === 0 ? 'healthy' : rate < 0.05 ? `${formatShare(rate)} errors` : `failing ${formatShare(rate)}`
  const Icon = rate === 0 ? CircleCheck : rate < 0.05 ? TriangleAlert : CircleAlert
  const own = [
    { field: 'provider', op: 'eq' as const, value: target.provider ?? '' },
    { field: 'model', op: 'contains' as const, value: target.model ?? '' },
  ]
  return (
    <>
      <Link
        to="/p/$project/traces"
        params={{ project }}
        search={tracesOf(alias, rate === 0 ? own : [...own, FAILED])}
        className={classNames(
          'flex items-center gap-1 hover:underline',
          rate === 0 ? 'text-ok' : rate < 0.05 ? 'text-warning' : 'text-error',
        )}
      >
        <Icon size={12} aria-hidden />
        {word}
      </Link>
      <span className="truncate text-faint">
        <TracesLink search={tracesOf(alias, own)} label={`${plural(stats.calls, 'call')} answered by ${target.name}`}>
          {plural(stats.calls, 'call')}
        </TracesLink>
        {stats.durationP50 !== null && ` · p50 ${formatDuration(stats.durationP50)}`}
      </span>
    </>
  )
}

type Line = { from: number; to: number; quiet: boolean; dashed: boolean }
function Lines({ height, lines }: { height: number; lines: Line[] }) {
  return (
    <svg aria-hidden="true" className="block h-full w-full" viewBox={`0 0 28 ${height}`} preserveAspectRatio="none">
      {[...lines]
        .sort((a, b) => Number(b.quiet) - Number(a.quiet))
        .map(({ from, to, quiet, dashed }) => (
          <path
            key={`${from} ${to}`}
            d={curve(from, to)}
            fill="none"
            stroke={quiet ? 'var(--line-strong)' : 'var(--mark-3)'}
            strokeWidth="1.25"
            {...(dashed && { strokeDasharray: '3 3' })}
          />
        ))}
    </svg>
  )
}

const curve = (from: number, to: number): string => (from === to ? `M0 ${from} H28` : `M0 ${from} C14 ${from} 14 ${to} 28 ${to}`)

const branchHeight = ({ lines }: Branch): number => HEAD + lines.length * LINE

type Placed = { branch: Branch; centre: number; bottom: number; targets: { target: BranchTarget; centre: number }[] }
function place(branches: readonly Branch[]): Placed[] {
  let top = 0
  return branches.map((branch) => {
    const tall = branch.targets.length * CARD + (branch.targets.length - 1) * GAP
    const height = Math.max(branchHeight(branch), tall)
    const centre = top + height / 2
    const first = centre - tall / 2 + CARD / 2
    const placed = {
      branch,
      centre,
      bottom: top + height,
      targets: branch.targets.map((target, at) => ({ target, centre: first + at * (CARD + GAP) })),
    }
    top += height + BETWEEN
    return placed
  })
}
