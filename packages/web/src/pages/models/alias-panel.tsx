import type { Model, Provider, ShownSplit } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { FlaskConical, Lock, Pencil, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount, formatPart, formatShare, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonStyle, IconButton } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { Cost, FROM } from './alias-columns.tsx'
import { branchesOf } from './route-branches.ts'
import { RoutePicture } from './route-picture.tsx'
import { describeStrategy, STRATEGIES } from './strategies.ts'
import { type CallStats, FAILED, tracesOf, useTargetStats } from './use-alias-stats.ts'

type Props = {
  project: string
  name: string
  model: Model | undefined
  models: readonly Model[]
  splits: readonly ShownSplit[]
  providers: readonly Provider[]
  mayChange: boolean
  stats: CallStats | undefined
  wide: boolean
  onWide: (wide: boolean) => void
  onClose: () => void
  onChange: (model: Model) => void
  onRemove: (model: Model) => void
}

/** One alias: its route as a picture, its settings, and how calls for it went. */
export function AliasPanel({
  project,
  name,
  model,
  models,
  splits,
  providers,
  mayChange,
  stats,
  wide,
  onWide,
  onClose,
  onChange,
  onRemove,
}: Props) {
  const targetStats = useTargetStats(project, name)
  const frame = { label: 'Alias', wide, onWide, onClose }
  if (!model) {
    return (
      <SidePanel {...frame} head={<h2 className="truncate font-mono text-lg font-semibold">{name}</h2>}>
        <EmptyState icon={TriangleAlert} title="No such alias">
          It may have been removed, or renamed in signalbox.yaml.
        </EmptyState>
      </SidePanel>
    )
  }
  const aliases = new Set(models.map((one) => one.name))
  const mine = splits.filter((split) => split.model === name && !split.hidden)
  return (
    <SidePanel
      {...frame}
      head={
        <>
          <div className="flex items-center gap-2">
            <h2 className="min-w-0 truncate text-lg font-semibold">
              <CopyId id={model.name} what="alias" strong className="-ml-1 text-lg" />
            </h2>
            {model.from === 'project' ? null : (
              <Badge icon={<Lock size={11} aria-hidden />} tip={WHY_READ_ONLY[model.from]}>
                {FROM[model.from]}
              </Badge>
            )}
          </div>
          <p className="text-soft">
            {model.targets.length > 1 || model.rules?.length ? `${STRATEGIES[model.strategy].title}. ` : ''}
            {describeStrategy(model)}
          </p>
        </>
      }
      actions={
        <>
          <Link
            to="/p/$project/models/simulate"
            params={{ project }}
            search={{ model: model.name }}
            className={buttonStyle({ size: 'small' })}
          >
            <FlaskConical size={13} aria-hidden /> Simulate
          </Link>
          {model.from === 'project' && mayChange && (
            <>
              <IconButton label={`Change ${model.name}`} size="small-icon" onClick={() => onChange(model)}>
                <Pencil size={14} />
              </IconButton>
              <IconButton label={`Remove ${model.name}`} size="small-icon" onClick={() => onRemove(model)}>
                <Trash2 size={14} />
              </IconButton>
            </>
          )}
        </>
      }
    >
      {model.from !== 'project' && <ReadOnly>{WHY_READ_ONLY[model.from]}</ReadOnly>}
      {[model.problem, ...model.warnings].map(
        (text) =>
          text && (
            <p key={text} className="flex items-start gap-2 border-b border-line bg-warning-soft px-4 py-2 text-warning">
              <TriangleAlert size={14} className="mt-0.5 shrink-0" aria-hidden /> {text}
            </p>
          ),
      )}
      <Figures project={project} name={name} stats={stats} />
      <div className="@container">
        <RoutePicture
          project={project}
          alias={name}
          branches={branchesOf(model, { splits: mine, aliases, providers })}
          stats={targetStats.data}
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
    </SidePanel>
  )
}

const WHY_READ_ONLY: Record<Exclude<Model['from'], 'project'>, string> = {
  file: 'This alias comes from signalbox.yaml and is changed there; the file is read again when it changes.',
  'built-in': 'This alias is built in. An alias of the same name in signalbox.yaml takes its place.',
}

/** Why something cannot be changed here. */
export function ReadOnly({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 border-b border-line bg-surface-0 px-4 py-2 text-soft">
      <Lock size={13} className="mt-1 shrink-0 text-faint" aria-hidden /> {children}
    </p>
  )
}

function Figures({ project, name, stats }: { project: string; name: string; stats: CallStats | undefined }) {
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
            {search ? (
              <Link to="/p/$project/traces" params={{ project }} search={search} className="hover:text-accent hover:underline">
                {value}
              </Link>
            ) : (
              value
            )}
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
