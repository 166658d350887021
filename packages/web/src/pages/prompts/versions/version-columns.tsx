import type { PromptLabel, PromptVersionRow } from '@signalbox/schema'
import { GitCompareArrows } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount, formatShare, plural } from '../../../lib/format-number.ts'
import { Badge } from '../../../ui/badge.tsx'
import { IconButton } from '../../../ui/button.tsx'
import { Sparkline } from '../../../ui/chart/sparkline.tsx'
import { Checkbox } from '../../../ui/checkbox.tsx'
import type { Column } from '../../../ui/table.tsx'
import { TracesLink } from '../../../ui/traces-link.tsx'
import { Ago, Duration, Money } from '../../../ui/values.tsx'
import { LabelBadge } from '../labels.tsx'
import { ERRORS, PromptLink, tracesOfPrompt } from '../prompt-links.tsx'
import type { VersionUse } from './use-usage.ts'

type Options = {
  name: string
  labels: readonly PromptLabel[]
  usage: ReadonlyMap<number, VersionUse> | undefined
  marked: readonly number[]
  onMark: (version: number) => void
  onDiff: (version: number) => void
  oldest: number | undefined
}

/** Of the history of a prompt. Every number leads to the traces behind it. */
export function versionColumns({ name, labels, usage, marked, onMark, onDiff, oldest }: Options): Column<PromptVersionRow>[] {
  const none = <span className="text-faint">–</span>
  const used =
    (cell: (use: VersionUse, version: number) => ReactNode) =>
    ({ version }: PromptVersionRow) => {
      const use = usage?.get(version)
      return use && use.calls > 0 ? cell(use, version) : none
    }
  return [
    {
      id: 'mark',
      header: <span className="sr-only">Compare</span>,
      cell: ({ version }) => (
        <Checkbox label={`Compare version ${version}`} checked={marked.includes(version)} onChange={() => onMark(version)} />
      ),
    },
    {
      id: 'version',
      header: 'Version',
      cell: ({ version }) => (
        <PromptLink name={name} version={version} className="font-medium hover:text-accent hover:underline">
          v{version}
        </PromptLink>
      ),
    },
    {
      id: 'message',
      header: 'What is different',
      className: 'w-full max-w-0',
      cell: ({ version, message, labels: names }) => (
        <span className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span className="flex max-w-full items-center gap-2">
            <span className="min-w-0 truncate">{message || <span className="text-faint">no message</span>}</span>
            {version !== oldest && (
              <IconButton label={`What version ${version} changed`} size="small-icon" onClick={() => onDiff(version)}>
                <GitCompareArrows size={14} />
              </IconButton>
            )}
          </span>
          <span className="flex shrink-0 gap-1">
            {names.map((label) => {
              const found = labels.find((one) => one.label === label)
              return found ? <LabelBadge key={label} label={found} target={false} /> : <Badge key={label}>{label}</Badge>
            })}
          </span>
        </span>
      ),
    },
    { id: 'by', header: 'By', wideOnly: true, cell: ({ createdBy }) => <span className="text-soft">{createdBy ?? 'the server'}</span> },
    { id: 'at', header: 'Saved', align: 'right', cell: ({ createdAt }) => <Ago time={createdAt} /> },
    {
      id: 'trend',
      header: <span data-tip="Calls over the range of the page">Trend</span>,
      wideOnly: true,
      cell: ({ version }) => (
        <div className="w-20">
          <Sparkline values={usage?.get(version)?.trend ?? []} />
        </div>
      ),
    },
    {
      id: 'calls',
      header: 'Calls',
      align: 'right',
      cell: used(({ calls }, version) => (
        <TracesLink search={tracesOfPrompt(name, version)} label={`${plural(calls, 'call')} of version ${version}`}>
          {formatCount(calls)}
        </TracesLink>
      )),
    },
    { id: 'cost', header: 'Cost (USD)', align: 'right', cell: used(({ costUsd }) => <Money usd={costUsd} bare />) },
    {
      id: 'p95',
      header: 'p95',
      align: 'right',
      cell: used(({ p95Ms }, version) =>
        p95Ms === null ? (
          none
        ) : (
          <TracesLink
            search={tracesOfPrompt(name, version, [{ field: 'durationMs', op: 'gte', value: Math.floor(p95Ms) }])}
            label={`The slowest calls of version ${version}`}
          >
            <Duration milliseconds={p95Ms} />
          </TracesLink>
        ),
      ),
    },
    {
      id: 'errors',
      header: 'Errors',
      align: 'right',
      cell: used(({ errors, errorRate }, version) =>
        errors === 0 ? (
          '0%'
        ) : (
          <TracesLink search={tracesOfPrompt(name, version, [ERRORS])} label={`${plural(errors, 'error')} of version ${version}`}>
            <span className="text-error">{formatShare(errorRate)}</span>
          </TracesLink>
        ),
      ),
    },
    {
      id: 'scores',
      header: 'Scores',
      align: 'right',
      cell: used(({ scores }) =>
        scores.length === 0 ? (
          none
        ) : (
          <span data-tip={scores.map((score) => `${score.name}: ${score.mean.toPrecision(3)}, ${plural(score.count, 'score')}`).join('\n')}>
            {scores
              .slice(0, 2)
              .map((score) => `${score.name} ${score.mean.toPrecision(2)}`)
              .join(', ')}
            {scores.length > 2 && ` +${scores.length - 2}`}
          </span>
        ),
      ),
    },
  ]
}
