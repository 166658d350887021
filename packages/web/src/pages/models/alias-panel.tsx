import type { Model, Provider, ShownSplit } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount, formatPart, formatShare, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { EntryPanel, type EntryPanelProps, NoEntry } from '../../ui/entry-panel.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { Cost, FROM } from './alias-columns.tsx'
import { branchesOf } from './route-branches.ts'
import { RoutePicture } from './route-picture.tsx'
import { describeStrategy, STRATEGIES } from './strategies.ts'
import { type CallStats, FAILED, tracesOf, useTargetStats } from './use-alias-stats.ts'
import { useTargetStates } from './use-target-states.ts'

type Props = EntryPanelProps<Model> & {
  project: string
  name: string
  model: Model | undefined
  models: readonly Model[]
  splits: readonly ShownSplit[]
  providers: readonly Provider[]
  stats: CallStats | undefined
}

/** One alias: its route as a picture, its settings, and how calls for it went. */
export function AliasPanel({ project, name, model, models, splits, providers, stats, ...entryProps }: Props) {
  const targetStats = useTargetStats(project, name)
  const states = useTargetStates(project)
  if (!model) return <NoEntry noun="alias" name={name} panel={entryProps.panel} />
  const aliases = new Set(models.map((one) => one.name))
  const mine = splits.filter((split) => split.model === name && !split.hidden)
  return (
    <EntryPanel
      {...entryProps}
      noun="alias"
      entry={model}
      title={<CopyId id={model.name} what="alias" strong className="-ml-1 text-lg" />}
      about={
        <>
          {model.targets.length > 1 || model.rules?.length ? `${STRATEGIES[model.strategy].title}. ` : ''}
          {describeStrategy(model)}
        </>
      }
      actions={
        <Link
          to="/p/$project/models/simulate"
          params={{ project }}
          search={{ model: model.name }}
          className={buttonStyle({ size: 'small' })}
        >
          <FlaskConical size={13} aria-hidden /> Simulate
        </Link>
      }
      readOnly={model.from === 'project' ? undefined : { from: FROM[model.from], why: WHY_READ_ONLY[model.from] }}
      warnings={[model.problem, ...model.warnings]}
    >
      <Figures name={name} stats={stats} />
      <div className="@container">
        <RoutePicture
          project={project}
          alias={name}
          branches={branchesOf(model, { splits: mine, aliases, providers })}
          stats={targetStats.data}
          states={states}
        />
      </div>
      <Settings model={model} />
      {mine.length > 0 && (
        <Section title="Splits">
          <ul className="flex flex-col gap-1">
            {mine.map((split) => (
              <li key={split.name}>
                <Link
                  to="/p/$project/splits"
                  params={{ project }}
                  search={{ split: split.name }}
                  className="text-accent underline underline-offset-2"
                >
                  {split.name}
                </Link>{' '}
                <span className="text-faint">
                  {split.kind}
                  {!split.active && ', paused'}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </EntryPanel>
  )
}

const WHY_READ_ONLY: Record<Exclude<Model['from'], 'project'>, string> = {
  file: 'This alias comes from signalbox.yaml and is changed there; the file is read again when it changes.',
  'built-in': 'This alias is built in. An alias of the same name in signalbox.yaml takes its place.',
}

function Figures({ name, stats }: { name: string; stats: CallStats | undefined }) {
  const figures: { title: string; value: ReactNode; search?: ReturnType<typeof tracesOf> }[] = [
    { title: 'Calls', value: formatCount(stats?.calls ?? 0), search: tracesOf(name) },
    {
      title: 'Errors',
      value: stats && stats.calls > 0 ? formatShare(stats.errors / stats.calls) : '–',
      search: tracesOf(name, [FAILED]),
    },
    { title: 'First token', value: formatDuration(stats?.firstTokenP50 ?? null) },
    { title: 'Duration', value: formatDuration(stats?.durationP50 ?? null) },
    { title: 'Cost (USD)', value: <Cost stats={stats} /> },
  ]
  return (
    <dl className="grid grid-cols-5 divide-x divide-line border-b border-line" aria-label="Last 24 hours">
      {figures.map(({ title, value, search }) => (
        <div key={title} className="min-w-0 px-4 py-2">
          <dt
            className="truncate text-sm text-faint"
            data-tip={`Of the last 24 hours${title === 'First token' || title === 'Duration' ? ', p50' : ''}`}
          >
            {title}
          </dt>
          <dd className="truncate text-lg font-semibold tracking-tight tabular-nums">
            {search ? <TracesLink search={search}>{value}</TracesLink> : value}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-t border-line px-4 py-3">
      <h3 className="mb-2 font-medium">{title}</h3>
      {children}
    </section>
  )
}

/** What the alias sets itself; what it leaves to the usual is said as such. */
function Settings({ model }: { model: Model }) {
  const { retries, timeouts, cache, breaker, regions, fallbackOn } = model
  const rows: [string, string | false | undefined][] = [
    [
      'Retries',
      retries &&
        `${retries.attempts} more at the same target, ${plural(retries.total, 'try').replace('trys', 'tries')} in all, ${retries.backoffMs} ms before the second, no wait over ${retries.maxWaitMs} ms`,
    ],
    ['Falls back on', fallbackOn?.join(', ')],
    [
      'Timeouts',
      timeouts &&
        Object.entries(timeouts)
          .map(([name, value]) => `${TIMEOUTS[name as keyof typeof timeouts]} ${formatDuration(value)}`)
          .join(', '),
    ],
    [
      'Breaker',
      breaker === false
        ? 'off'
        : breaker &&
          `opens after ${breaker.failures} failures (${formatPart(breaker.ratio)}) within ${breaker.windowSeconds} s, for ${breaker.cooldownSeconds} s`,
    ],
    ['Regions', regions?.join(', ')],
    [
      'Cache',
      cache &&
        (cache.mode === 'off'
          ? 'off'
          : `${cache.mode}, kept for ${formatDuration(cache.ttlSeconds * 1000)}${cache.mode === 'semantic' ? `, similarity ≥ ${cache.similarity}` : ''}`),
    ],
  ]
  const said = rows.filter((row): row is [string, string] => Boolean(row[1]))
  const usual = rows.filter(([, value]) => !value).map(([name]) => name.toLowerCase())
  return (
    <Section title="Settings">
      <dl className="grid grid-cols-[120px_1fr] gap-y-1">
        {said.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-faint">{name}</dt>
            <dd className="text-soft">{value}</dd>
          </div>
        ))}
      </dl>
      {usual.length > 0 && <p className="mt-1 text-sm text-faint">As usual: {usual.join(', ')}.</p>}
    </Section>
  )
}
const TIMEOUTS = { connectMs: 'connect', firstByteMs: 'first byte', firstTokenMs: 'first token', idleMs: 'idle', totalMs: 'total' } as const
