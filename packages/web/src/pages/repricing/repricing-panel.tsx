import type { RepricedModel, Repricing } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { exactUsd, formatUsd } from '../../lib/format-money.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { ErrorNote, toastError } from '../../ui/error-note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import type { Opened } from '../../ui/use-opened.ts'
import { At, Money } from '../../ui/values.tsx'
import { modelsOf, progressOf, stateOf } from './repricing-words.ts'
import { isUnderWay, repricingsKey, useRepricing } from './use-repricings.ts'

type Props = { project: string; id: string; panel: Opened['panel']; onStarted: (job: Repricing) => void }

/** One job: how far it is, what changes by model, and, of a dry run, the button that writes it. */
export function RepricingPanel({ project, id, panel, onStarted }: Props) {
  const { data: job, error, refetch } = useRepricing(project, id)
  return (
    <SidePanel
      {...panel}
      label="Job"
      head={
        <>
          <div className="flex items-center gap-2">
            <h2 className="min-w-0 truncate text-lg font-semibold">{job ? modelsOf(job) : 'Job'}</h2>
            {job && <Badge tone={stateOf(job).tone}>{stateOf(job).word}</Badge>}
          </div>
          <p className="text-soft">
            {job && (
              <>
                <At time={job.from} /> to <At time={job.to} />{' '}
              </>
            )}
            <CopyId id={id} what="id of the job" />
          </p>
        </>
      }
    >
      {job ? (
        <Job project={project} job={job} onStarted={onStarted} />
      ) : error ? (
        <ErrorNote error={error} retry={refetch} className="m-4" />
      ) : (
        <SkeletonRows rows={6} />
      )}
    </SidePanel>
  )
}

function Job({ project, job, onStarted }: { project: string; job: Repricing; onStarted: (job: Repricing) => void }) {
  const may = useMay()('projects:write')
  const cache = useQueryClient()
  const [asking, setAsking] = useState(false)
  const refresh = () => cache.invalidateQueries({ queryKey: repricingsKey(project) })
  const isOver = !isUnderWay(job)
  useEffect(() => {
    // What the job wrote is shown elsewhere.
    if (isOver && !job.dryRun)
      for (const key of [keys.spans(project), keys.traceList(project)]) void cache.invalidateQueries({ queryKey: key })
  }, [isOver, job.dryRun, project, cache])
  async function cancel() {
    try {
      await clientFor(project).repricings.cancel({ id: job.id })
      await refresh()
    } catch (error) {
      toastError(error)
    }
  }
  const canWrite = may && job.dryRun && job.status === 'done' && job.changed > 0
  return (
    <div className="flex flex-col gap-4 p-4">
      {job.problem !== null && (
        <p className="rounded-md bg-warning-soft px-3 py-2 text-warning">
          {job.status === 'failed' ? 'It could not be done' : 'Not through yet, it is tried again'}: {job.problem}
        </p>
      )}
      {isUnderWay(job) && <Progress job={job} onCancel={may ? cancel : undefined} />}
      <Panel
        title={`${formatCount(job.changed)} of ${plural(job.done, 'span')} ${job.dryRun ? 'would change' : 'changed'}`}
        description={`From ${formatUsd(job.beforeUsd)} to ${formatUsd(job.afterUsd)}, of the spans that ${job.dryRun ? 'would change' : 'changed'}.`}
        actions={
          canWrite && (
            <Button kind="primary" onClick={() => setAsking(true)}>
              Price {plural(job.changed, 'span')} again
            </Button>
          )
        }
      >
        {job.byModel.length === 0 ? (
          <p className="px-3 py-4 text-faint">No span of this time has a cost that is ours to work out.</p>
        ) : (
          <Table label="By model" columns={columnsOf(job)} rows={job.byModel} rowKey={({ provider, model }) => `${provider}/${model}`} />
        )}
      </Panel>
      <Panel title="What stays as it is">
        <ul className="list-disc space-y-1.5 py-3 pr-3 pl-8 text-soft">
          <li>
            {job.provided === null ? 'Spans' : plural(job.provided, 'span')} whose sender said what they cost, spans that repeat others, and
            answers from the cache.
          </li>
          <li>Spans of models without a price today. Above they are counted under “No price”.</li>
          <li>
            The ledger, by which budgets and usage reports go: what was spent was booked at the price of its day.{' '}
            {job.ledgerUsd === '0'
              ? 'Nothing of this change is of calls of the gateway.'
              : `It ${job.dryRun ? 'would then differ' : 'differs'} from the spans by ${exactUsd(job.ledgerUsd)}, which the comparison of both knows.`}
          </li>
        </ul>
      </Panel>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Price ${plural(job.changed, 'span')} again?`}
        action={`Price ${plural(job.changed, 'span')} again`}
        onConfirm={async () => {
          const { from, to, models } = job
          const started = await clientFor(project).repricings.create({ from, to, dryRun: false, ...(models && { models }) })
          await refresh()
          onStarted(started)
        }}
      >
        Their cost becomes {formatUsd(job.afterUsd)} in place of {formatUsd(job.beforeUsd)}, in lists, traces and dashboards. The costs of
        before are not kept; the ledger is not changed. The job can be stopped; what it has priced until then stays.
      </ConfirmDialog>
    </div>
  )
}

function Progress({ job, onCancel }: { job: Repricing; onCancel: (() => void) | undefined }) {
  const progress = progressOf(job, Date.now())
  const percent = progress ? Math.round(progress.part * 100) : 0
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <div
          role="progressbar"
          aria-label="Spans looked at"
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
          className="h-1.5 overflow-hidden rounded-full bg-surface-2"
        >
          <div className="h-full bg-accent" style={{ width: `${percent}%` }} />
        </div>
        <p className="tabular mt-1 text-sm text-soft">
          {progress?.says ?? (job.status === 'queued' ? 'Waiting for another job.' : 'Counting spans…')}
        </p>
      </div>
      {onCancel && (
        <Button size="small" onClick={onCancel}>
          Stop
        </Button>
      )}
    </div>
  )
}

const columnsOf = ({ from, to }: Repricing): Column<RepricedModel>[] => [
  {
    id: 'model',
    header: 'Model',
    className: 'w-full max-w-0 min-w-32',
    cell: ({ provider, model }) => (
      <span className="block truncate" data-tip={`${provider}/${model}`}>
        {model || '–'} <span className="text-faint">{provider}</span>
      </span>
    ),
  },
  {
    id: 'spans',
    header: 'Spans',
    align: 'right',
    cell: ({ spans, model }) => (
      <TracesLink search={{ from, to, filter: writeFilters([{ field: 'model', op: 'eq', value: model }]) }}>
        {formatCount(spans)}
      </TracesLink>
    ),
  },
  { id: 'changed', header: 'Changed', align: 'right', cell: ({ changed }) => formatCount(changed) },
  {
    id: 'priced',
    header: <span data-tip="Of the changed ones, those that had no cost">New</span>,
    align: 'right',
    cell: ({ priced }) => formatCount(priced),
  },
  {
    id: 'unknown',
    header: <span data-tip="No price is known today: they stay as they are">No price</span>,
    align: 'right',
    cell: ({ unknown }) => <span className={unknown > 0 ? 'text-warning' : undefined}>{formatCount(unknown)}</span>,
  },
  { id: 'before', header: 'Before ($)', align: 'right', cell: ({ beforeUsd }) => <Money usd={beforeUsd} bare /> },
  { id: 'after', header: 'After ($)', align: 'right', cell: ({ afterUsd }) => <Money usd={afterUsd} bare /> },
]
