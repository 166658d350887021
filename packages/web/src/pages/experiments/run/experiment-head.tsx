import type { ExperimentDetail } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CirclePlay, CircleStop, Copy, Download, Ellipsis, Pin, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { experimentsChanged, isUnderWay } from '../../../data/experiments.ts'
import { useMay } from '../../../data/may.ts'
import { useProject } from '../../../data/view.ts'
import { download } from '../../../lib/csv.ts'
import { formatUsd } from '../../../lib/format-money.ts'
import { plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button, buttonStyle, IconButton } from '../../../ui/button.tsx'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { toastError } from '../../../ui/error-note.tsx'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../../../ui/menu.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Ago } from '../../../ui/values.tsx'
import { ExperimentStateBadge, GateBadge, ProgressBar } from '../experiment-state.tsx'

const PinDialog = lazy(() => import('./pin-dialog.tsx'))
const ResumeDialog = lazy(() => import('./resume-dialog.tsx'))
const FORMATS = [
  ['html', 'One page (HTML)'],
  ['markdown', 'Comment (Markdown)'],
  ['junit', 'JUnit (XML)'],
  ['csv', 'Rows (CSV)'],
  ['jsonl', 'Rows (JSON lines)'],
  ['json', 'Report (JSON)'],
] as const

/** What it is, where it is, and what can be done with it. */
export function ExperimentHead({ detail }: { detail: ExperimentDetail }) {
  const project = useProject()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const mayRun = useMay()('experiments:write')
  const [asked, setAsked] = useState<'pin' | 'remove' | 'resume' | undefined>()
  const { id, name, source, state, why, dataset, variants, repeats, gate, pinned, progress } = detail
  const { experiments } = clientFor(project)
  const run = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work()
      await experimentsChanged(cache, project)
      toast({ title: done })
    } catch (error) {
      toastError(error)
    }
  }
  const save = async (format: (typeof FORMATS)[number][0]) => {
    try {
      const { fileName, mediaType, text } = await experiments.export({ id, format })
      download(fileName, text, mediaType)
    } catch (error) {
      toastError(error)
    }
  }
  const mayGoOn =
    source === 'server' && (state === 'paused' || state === 'stopped' || state === 'failed' || (state === 'done' && progress.failed > 0))
  return (
    <header className="flex flex-col gap-1.5 px-6 pt-5 pb-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2">
            <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">{name}</h1>
            <ExperimentStateBadge experiment={detail} />
            {gate && <GateBadge outcome={gate} />}
            {pinned.map((one) => (
              <Badge key={one.name} icon={<Pin size={11} aria-hidden />} tip={`Later experiments named “${one.name}” are held against it.`}>
                baseline: {one.variant}
              </Badge>
            ))}
          </div>
          <p className="text-soft">
            {plural(variants.length, 'variant')} on {plural(dataset.rows, 'row')} of {dataset.name}
            {dataset.version !== null && ` v${dataset.version}`}
            {repeats > 1 && `, each ${repeats} times`}; begun <Ago time={detail.startedAt ?? detail.createdAt} />
            {detail.createdBy && ` by ${detail.createdBy}`}
            {source === 'import' && ', run without a server'}
            {source === 'function' && ', run by a function of yours'}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          {mayRun && isUnderWay(detail) && (
            <Button onClick={() => run(() => experiments.stop({ id }), 'What is under way is finished and kept')}>
              <CircleStop size={14} aria-hidden /> Stop
            </Button>
          )}
          {mayRun && mayGoOn && (
            <Button onClick={() => setAsked('resume')}>
              <CirclePlay size={14} aria-hidden /> {state === 'done' ? 'Ask again what failed' : 'Resume'}
            </Button>
          )}
          {mayRun && state === 'done' && (
            <Button onClick={() => setAsked('pin')}>
              <Pin size={14} aria-hidden /> Pin as baseline
            </Button>
          )}
          {mayRun && detail.definition && source === 'server' && (
            <Link
              to="/p/$project/experiments/new"
              params={{ project }}
              search={{ from: id }}
              className={buttonStyle({ kind: 'secondary' })}
            >
              <Copy size={14} aria-hidden /> Run again…
            </Link>
          )}
          <Menu
            align="end"
            trigger={
              <IconButton label="More" kind="secondary">
                <Ellipsis size={15} />
              </IconButton>
            }
          >
            <MenuHeading>Export</MenuHeading>
            {FORMATS.map(([format, title]) => (
              <MenuItem key={format} icon={<Download size={14} />} disabled={detail.report === null} onClick={() => void save(format)}>
                {title}
              </MenuItem>
            ))}
            {mayRun && (
              <>
                <MenuLine />
                <MenuItem icon={<Trash2 size={14} />} danger disabled={isUnderWay(detail)} onClick={() => setAsked('remove')}>
                  Delete
                </MenuItem>
              </>
            )}
          </Menu>
        </div>
      </div>
      {(isUnderWay(detail) || state === 'paused' || state === 'stopped') && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1" role="status">
          <span className="w-full max-w-md">
            <ProgressBar progress={progress} wide />
          </span>
          <span className="text-sm text-soft">
            {progress.etaSeconds !== null && isUnderWay(detail) && `${formatDuration(progress.etaSeconds * 1000)} left · `}
            {formatUsd(progress.taskCostUsd)} for answers, {formatUsd(progress.judgeCostUsd)} for judges
            {progress.cached > 0 && ` · ${plural(progress.cached, 'answer')} from earlier runs`}
            {progress.failed > 0 && <span className="text-error"> · {plural(progress.failed, 'call')} without an answer</span>}
          </span>
        </div>
      )}
      {why && <p className="text-warning">{why}</p>}
      <Suspense>
        {asked === 'pin' && <PinDialog detail={detail} onClose={() => setAsked(undefined)} />}
        {asked === 'resume' && <ResumeDialog detail={detail} onClose={() => setAsked(undefined)} />}
      </Suspense>
      <ConfirmDialog
        open={asked === 'remove'}
        onClose={() => setAsked(undefined)}
        title={`Delete “${name}”?`}
        action="Delete experiment"
        onConfirm={async () => {
          await experiments.remove({ id })
          void navigate({ to: '/p/$project/experiments', params: { project }, search: {} })
          await experimentsChanged(cache, project)
          toast({ title: `Experiment “${name}” deleted` })
        }}
      >
        Its {plural(dataset.rows * variants.length * repeats, 'row')} with their scores are lost
        {pinned.length > 0 && ', and it is a baseline: what is held against it has none any more'}. The traces of its calls stay.
      </ConfirmDialog>
    </header>
  )
}
