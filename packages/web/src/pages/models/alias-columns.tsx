import type { Filter, Model } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { EyeOff, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import type { Column } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { Money } from '../../ui/values.tsx'
import { STRATEGIES } from './strategies.ts'
import { type CallStats, FAILED, tracesOf } from './use-alias-stats.ts'

export const FROM: Record<Model['from'], string> = { file: 'signalbox.yaml', 'built-in': 'built in', project: 'added here' }

type Options = {
  project: string
  stats: ReadonlyMap<string, CallStats> | undefined
  /** A list beside an open panel has room for less. */
  short: boolean
}

/** Of the list of aliases. Every number leads to the traces behind it. */
export function aliasColumns({ project, stats, short }: Options): Column<Model>[] {
  const to = (model: Model, content: ReactNode, { label, more = [] }: { label: string; more?: Filter[] }) => (
    <TracesLink search={tracesOf(model.name, more)} label={label}>
      {content}
    </TracesLink>
  )
  const none = <span className="text-faint">–</span>
  const name: Column<Model> = {
    id: 'name',
    header: 'Name',
    cell: (model) => (
      <span className="flex items-center gap-2">
        <Link
          to="/p/$project/models"
          params={{ project }}
          search={(before) => ({ ...before, alias: model.name })}
          className="block max-w-56 truncate font-mono text-sm font-medium hover:text-accent hover:underline"
        >
          {model.name}
        </Link>
        <Warnings model={model} />
      </span>
    ),
  }
  if (short) return [name]
  return [
    name,
    {
      id: 'strategy',
      header: 'Strategy',
      cell: (model) =>
        model.targets.length > 1 || model.rules?.length ? (
          <span data-tip={STRATEGIES[model.strategy].does}>{STRATEGIES[model.strategy].title}</span>
        ) : (
          <span className="text-faint">one target</span>
        ),
    },
    { id: 'targets', header: 'Goes to', className: 'w-full', cell: (model) => <Targets model={model} /> },
    { id: 'options', header: 'Retries, cache', wideOnly: true, cell: (model) => <Options model={model} /> },
    { id: 'from', header: 'From', wideOnly: true, cell: (model) => <span className="text-soft">{FROM[model.from]}</span> },
    {
      id: 'calls',
      header: <span data-tip="Calls, errors, first token and cost are of the last 24 hours">Calls</span>,
      align: 'right',
      cell: (model) => {
        const calls = stats?.get(model.name)?.calls
        return calls ? to(model, formatCount(calls), { label: `${plural(calls, 'call')} of ${model.name} in the last 24 hours` }) : none
      },
    },
    {
      id: 'errors',
      header: 'Errors',
      align: 'right',
      cell: (model) => {
        const errors = stats?.get(model.name)?.errors
        return errors
          ? to(model, <span className="text-error">{formatCount(errors)}</span>, {
              label: `${plural(errors, 'error')} of ${model.name}`,
              more: [FAILED],
            })
          : none
      },
    },
    {
      id: 'first',
      header: (
        <span data-tip="p50: half of the calls had their first token sooner">
          First <span className="hidden xl:inline">token </span>(ms)
        </span>
      ),
      align: 'right',
      cell: (model) => {
        const first = stats?.get(model.name)?.firstTokenP50 ?? null
        if (first === null) return none
        const more: Filter[] = [{ field: 'firstTokenMs', op: 'gte', value: Math.floor(first) }]
        return to(model, formatCount(first), { label: `Calls of ${model.name} whose first token took longer`, more })
      },
    },
    {
      id: 'cost',
      header: 'Cost (USD)',
      align: 'right',
      cell: (model) => <Cost stats={stats?.get(model.name)} />,
    },
  ]
}

/** Money of calls, with a `+` where some have no price. */
export function Cost({ stats }: { stats: CallStats | undefined }) {
  if (!stats || stats.calls === 0) return <span className="text-faint">–</span>
  const { costUsd, unpriced } = stats
  return (
    <>
      <Money
        usd={costUsd}
        bare
        reason={
          unpriced > 0 ? `Unknown: no price is known for ${plural(unpriced, 'call')}` : 'No tokens were used, so there is nothing to price'
        }
      />
      {unpriced > 0 && costUsd !== null && <span data-tip={`${plural(unpriced, 'call')} without a known price`}>+</span>}
    </>
  )
}

function Warnings({ model }: { model: Model }) {
  if (model.hidden) {
    return (
      <Badge icon={<EyeOff size={12} aria-hidden />} tip="signalbox.yaml has an alias of this name, which is used instead.">
        hidden
      </Badge>
    )
  }
  const said = [model.problem, ...model.warnings].filter(Boolean)
  if (said.length === 0) return null
  return (
    <Badge tone={model.problem ? 'error' : 'warning'} icon={<TriangleAlert size={12} aria-hidden />} tip={said.join('\n')}>
      {model.problem ? 'not used' : plural(said.length, 'warning')}
    </Badge>
  )
}

const SHOWN = 2
function Targets({ model }: { model: Model }) {
  const shown = model.targets.slice(0, SHOWN)
  const rest = model.targets.slice(SHOWN)
  return (
    <span className="flex items-center gap-3">
      {shown.map((target, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the same target may stand there twice.
          key={at}
          data-tip={
            target.usable
              ? `${target.provider}/${target.model}`
              : `${target.provider}/${target.model}\n${target.problem ?? 'cannot be used'}`
          }
          className={classNames(
            'min-w-0 items-center gap-1 font-mono text-sm',
            at === 0 ? 'flex' : 'hidden xl:flex',
            !target.usable && 'text-warning',
          )}
        >
          {!target.usable && <TriangleAlert size={12} className="shrink-0" aria-hidden />}
          <span className="max-w-44 truncate xl:max-w-52">
            {target.provider}/{target.model}
          </span>
          {!target.usable && <span className="sr-only">cannot be used: {target.problem}</span>}
        </span>
      ))}
      <More targets={model.targets.slice(1)} className="xl:hidden" />
      <More targets={rest} className="hidden xl:inline" />
    </span>
  )
}

function More({ targets, className }: { targets: Model['targets']; className: string }) {
  if (targets.length === 0) return null
  return (
    <span
      className={classNames('text-sm text-faint', className)}
      data-tip={targets.map(({ provider, model }) => `${provider}/${model}`).join('\n')}
    >
      and {targets.length} more
    </span>
  )
}

function Options({ model }: { model: Model }) {
  const said = [
    model.retries && `${plural(model.retries.attempts, 'retry').replace('retrys', 'retries')}`,
    model.cache && model.cache.mode !== 'off' && `${model.cache.mode} cache`,
  ].filter(Boolean)
  return said.length > 0 ? <span className="text-soft">{said.join(', ')}</span> : <span className="text-faint">usual</span>
}
