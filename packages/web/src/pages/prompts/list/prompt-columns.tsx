import type { PromptRow } from '@signalbox/schema'
import { Folder } from 'lucide-react'
import { formatCount, formatShare, plural } from '../../../lib/format-number.ts'
import { Sparkline } from '../../../ui/chart/sparkline.tsx'
import type { GridColumn } from '../../../ui/row-grid.tsx'
import { TracesLink } from '../../../ui/traces-link.tsx'
import { Ago, Duration, Money } from '../../../ui/values.tsx'
import { byImportance, describeTarget, LabelBadge, targetOf } from '../labels.tsx'
import { ERRORS, PromptLink, tracesOfPrompt } from '../prompt-links.tsx'
import type { PromptUse } from './use-prompt-usage.ts'

export type ListRow = { kind: 'folder'; name: string; count: number } | { kind: 'prompt'; prompt: PromptRow }
export const rowKeyOf = (row: ListRow): string => (row.kind === 'folder' ? `${row.name}/` : row.prompt.name)

type Options = {
  folder: string | undefined
  usage: ReadonlyMap<string, PromptUse> | undefined
  onFolder: (folder: string) => void
}

/** Of the list of prompts. Every number leads to the traces behind it. */
export function promptColumns({ folder, usage, onFolder }: Options): GridColumn<ListRow>[] {
  const of = (cell: (prompt: PromptRow, use: PromptUse | undefined) => React.ReactNode) => (row: ListRow) =>
    row.kind === 'folder' ? null : cell(row.prompt, usage?.get(row.prompt.name))
  const none = <span className="text-faint">–</span>
  return [
    {
      id: 'name',
      title: 'Name',
      width: 190,
      grows: true,
      cell: (row) =>
        row.kind === 'folder' ? (
          <button
            type="button"
            onClick={() => onFolder(row.name)}
            className="flex min-w-0 items-center gap-2 hover:text-accent hover:underline"
          >
            <Folder size={14} className="shrink-0 text-faint" aria-hidden />
            <span className="truncate">{within(row.name, folder)}</span>
            <span className="text-sm text-faint">{plural(row.count, 'prompt')}</span>
          </button>
        ) : (
          <span className="min-w-0 truncate" data-tip={row.prompt.description || undefined}>
            <PromptLink name={row.prompt.name} className="font-medium hover:text-accent hover:underline">
              {within(row.prompt.name, folder)}
            </PromptLink>
          </span>
        ),
    },
    {
      id: 'labels',
      title: 'Labels',
      width: 230,
      cell: of(({ labels }) => (
        <span className="flex min-w-0 gap-1 overflow-hidden">
          {byImportance(labels)
            .slice(0, SHOWN)
            .map((label) => (
              <LabelBadge key={label.label} label={label} short />
            ))}
          {labels.length > SHOWN && (
            <span
              className="text-sm text-faint"
              data-tip={byImportance(labels)
                .slice(SHOWN)
                .map((label) => `${label.label} ${describeTarget(targetOf(label))}`)
                .join('\n')}
            >
              +{labels.length - SHOWN}
            </span>
          )}
        </span>
      )),
    },
    {
      id: 'version',
      title: 'Latest',
      width: 60,
      align: 'right',
      cell: of(({ name, latestVersion }) => (
        <PromptLink name={name} tab="versions">
          v{latestVersion}
        </PromptLink>
      )),
    },
    { id: 'changed', title: 'Changed', width: 84, align: 'right', cell: of(({ updatedAt }) => <Ago time={updatedAt} />) },
    {
      id: 'trend',
      title: 'Trend',
      tip: 'Calls over the range of the page',
      width: 80,
      cell: of((_, use) => (use && use.calls > 0 ? <Sparkline values={use.trend} /> : null)),
    },
    {
      id: 'calls',
      title: 'Calls',
      width: 76,
      align: 'right',
      cell: of(({ name }, use) =>
        use?.calls ? (
          <TracesLink search={tracesOfPrompt(name)} label={`${plural(use.calls, 'call')} with ${name}`}>
            {formatCount(use.calls)}
          </TracesLink>
        ) : (
          none
        ),
      ),
    },
    {
      id: 'cost',
      title: 'Cost (USD)',
      width: 88,
      align: 'right',
      cell: of((_, use) => (use?.calls ? <Money usd={use.costUsd} bare /> : none)),
    },
    {
      id: 'p95',
      title: 'p95',
      width: 76,
      align: 'right',
      cell: of(({ name }, use) =>
        use && use.p95 !== null ? (
          <TracesLink
            search={tracesOfPrompt(name, null, [{ field: 'durationMs', op: 'gte', value: Math.floor(use.p95) }])}
            label={`The slowest calls with ${name}`}
          >
            <Duration milliseconds={use.p95} />
          </TracesLink>
        ) : (
          none
        ),
      ),
    },
    {
      id: 'errors',
      title: 'Errors',
      tip: 'Share of the calls that failed',
      width: 72,
      align: 'right',
      cell: of(({ name }, use) =>
        use?.errors ? (
          <TracesLink search={tracesOfPrompt(name, null, [ERRORS])} label={`${plural(use.errors, 'error')} with ${name}`}>
            <span className="text-error">{formatShare(use.errors / use.calls)}</span>
          </TracesLink>
        ) : use?.calls ? (
          '0%'
        ) : (
          none
        ),
      ),
    },
  ]
}

const SHOWN = 2

/** A name without the folder that is open. */
const within = (name: string, folder: string | undefined) =>
  folder && name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : name
