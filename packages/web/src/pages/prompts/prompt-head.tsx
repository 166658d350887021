import type { PromptRow, PromptVersion } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import {
  Activity,
  Archive,
  ArchiveRestore,
  Ellipsis,
  FlaskConical,
  Link2,
  Pencil,
  Tag,
  TestTubes,
  Trash2,
  TriangleAlert,
} from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { promptChanged } from '../../data/prompts.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyId, copyAndTell } from '../../ui/copy.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ago } from '../../ui/values.tsx'
import { Ask } from './ask.tsx'
import { Labels } from './labels-row.tsx'
import { PromptLink, tracesOfPrompt } from './prompt-links.tsx'

const PromoteDialog = lazy(() => import('./promote/promote-dialog.tsx'))
const AboutDialog = lazy(() => import('./about-dialog.tsx'))

type Props = {
  shown: PromptVersion
  prompt: PromptRow
  changed: boolean
  /** A version that somebody saved while this one was being changed. */
  newer: number | undefined
  mayWrite: boolean
  onSave: () => void
  onDiscard: () => void
}

/** Which prompt and which version this is, where its labels point, and what can be done with it. */
export function PromptHead({ shown, prompt, changed, newer, mayWrite, onSave, onDiscard }: Props) {
  const project = useProject()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const may = useMay()
  const [dialog, setDialog] = useState<'promote' | 'about' | 'delete' | undefined>()
  const { name } = prompt
  const isLatest = shown.version === prompt.latestVersion
  const archive = async (archived: boolean) => {
    try {
      await clientFor(project).prompts.change({ name, archived })
      toast({ title: archived ? 'Archived' : 'In use again' })
    } catch (error) {
      toastError(error)
    }
    await promptChanged(cache, project)
  }
  const folder = name.split('/').slice(0, -1)
  return (
    <header className="flex flex-col gap-2 px-6 pt-4 pb-2">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          {folder.length > 0 && (
            <nav aria-label="Folders" className="flex h-5 items-center gap-1 text-sm text-faint">
              {folder.map((part, at) => (
                <span key={folder.slice(0, at + 1).join('/')} className="flex items-center gap-1">
                  <Link
                    to="/p/$project/prompts"
                    params={{ project }}
                    search={{ folder: folder.slice(0, at + 1).join('/') }}
                    className="hover:text-accent hover:underline"
                  >
                    {part}
                  </Link>
                  <span aria-hidden>/</span>
                </span>
              ))}
            </nav>
          )}
          <div className="flex min-w-0 items-center gap-2">
            <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">
              {name.slice(folder.join('/').length + (folder.length > 0 ? 1 : 0))}
            </h1>
            <Badge tone={isLatest ? 'unknown' : 'warning'}>
              version {shown.version}
              {isLatest ? ', latest' : ` of ${prompt.latestVersion}`}
            </Badge>
            <CopyId id={shown.hash} what="hash of the content">
              {shown.hash.slice(0, 8)}
            </CopyId>
            {prompt.archivedAt && <Badge icon={<Archive size={11} aria-hidden />}>archived</Badge>}
          </div>
          <p className="truncate text-soft">
            {prompt.description && `${prompt.description} · `}
            {shown.message ? `“${shown.message}”, ` : ''}
            {shown.createdBy ?? 'the server'}, <Ago time={shown.createdAt} />
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          {changed ? (
            <>
              <Button onClick={onDiscard}>Discard</Button>
              <Button kind="primary" onClick={onSave} aria-keyshortcuts="Control+S">
                Save version
              </Button>
            </>
          ) : (
            may('prompts:write') && (
              <Button kind="primary" onClick={() => setDialog('promote')}>
                <Tag size={14} aria-hidden /> Promote
              </Button>
            )
          )}
          <Menu
            align="end"
            trigger={
              <IconButton label="More">
                <Ellipsis size={16} />
              </IconButton>
            }
          >
            <MenuItem
              icon={<Activity size={14} />}
              onClick={() => navigate({ to: '/p/$project/traces', params: { project }, search: tracesOfPrompt(name, shown.version) })}
            >
              Traces of version {shown.version}
            </MenuItem>
            <MenuItem
              icon={<FlaskConical size={14} />}
              onClick={() =>
                navigate({ to: '/p/$project/playground', params: { project }, search: { prompt: name, version: String(shown.version) } })
              }
            >
              Open in the playground
            </MenuItem>
            {may('experiments:write') && (
              <MenuItem
                icon={<TestTubes size={14} />}
                onClick={() =>
                  navigate({ to: '/p/$project/experiments/new', params: { project }, search: evaluation(prompt, shown.version) })
                }
              >
                Evaluate version {shown.version} against production
              </MenuItem>
            )}
            <MenuItem icon={<Link2 size={14} />} onClick={() => copyAndTell(versionLink(shown.version), 'Link')}>
              Copy a link to version {shown.version}
            </MenuItem>
            {may('prompts:write') && (
              <>
                <MenuLine />
                <MenuItem icon={<Pencil size={14} />} onClick={() => setDialog('about')}>
                  Description and tags
                </MenuItem>
                <MenuItem
                  icon={prompt.archivedAt ? <ArchiveRestore size={14} /> : <Archive size={14} />}
                  onClick={() => archive(prompt.archivedAt === null)}
                >
                  {prompt.archivedAt ? 'Take out of the archive' : 'Archive'}
                </MenuItem>
                <MenuItem icon={<Trash2 size={14} />} danger onClick={() => setDialog('delete')}>
                  Delete
                </MenuItem>
              </>
            )}
          </Menu>
        </div>
      </div>
      <Labels prompt={prompt} onAdd={mayWrite ? () => setDialog('promote') : undefined} />
      {newer !== undefined && (
        <p role="status" className="flex items-center gap-2 rounded-md bg-warning-soft px-3 py-1.5 text-warning">
          <TriangleAlert size={14} aria-hidden /> Version {newer} was saved while you were writing.{' '}
          <PromptLink name={name} tab="compare" a={shown.version} b={newer} className="text-accent underline underline-offset-2">
            What is different
          </PromptLink>
        </p>
      )}
      <Suspense>
        {dialog === 'promote' && <PromoteDialog prompt={prompt} version={shown.version} onClose={() => setDialog(undefined)} />}
        {dialog === 'about' && <AboutDialog prompt={prompt} onClose={() => setDialog(undefined)} />}
      </Suspense>
      <Ask
        open={dialog === 'delete'}
        onClose={() => setDialog(undefined)}
        title={`Delete “${name}”?`}
        action={`Delete ${plural(prompt.versionCount, 'version')}`}
        onConfirm={async () => {
          await clientFor(project).prompts.remove({ name })
          toast({ title: `${name} deleted` })
          await navigate({ to: '/p/$project/prompts', params: { project }, search: {}, ignoreBlocker: true })
          await promptChanged(cache, project)
        }}
      >
        <p>
          All {plural(prompt.versionCount, 'version')} and {plural(prompt.labels.length, 'label')} go, and calls that name it are refused.
          What was done to it stays in the history; traces stay. It is refused while another prompt includes it. To keep it out of sight,
          archive it instead.
        </p>
      </Ask>
    </header>
  )
}

/** What the form of an experiment begins with: a version and the one in use. */
function evaluation({ name, labels }: PromptRow, version: number) {
  const inUse = labels.find(({ label }) => label === 'production')?.version ?? undefined
  return { prompt: name, version: String(version), ...(inUse !== undefined && inUse !== version && { against: String(inUse) }) }
}

/** The address of this page with exactly one version. */
function versionLink(version: number): string {
  const url = new URL(location.href)
  url.search = `?version=${version}`
  return url.href
}
