import type { DatasetItem, DatasetRow, DatasetVersion } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lock, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { datasetChanged, datasetDiffQuery, datasetUnsealedQuery, datasetVersionsQuery } from '../../../data/datasets.ts'
import { useMay } from '../../../data/may.ts'
import { useProject } from '../../../data/view.ts'
import { editText } from '../../../lib/cell-text.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Ago } from '../../../ui/values.tsx'
import { TextDiff } from '../../compare/text-diff.tsx'

/** The versions of a dataset, what each changed, and a way back. */
export default function History({ dataset }: { dataset: DatasetRow }) {
  const project = useProject()
  const cache = useQueryClient()
  const mayWrite = useMay()('datasets:write') && !dataset.archivedAt
  const versions = useQuery(datasetVersionsQuery(project, dataset.name))
  const opened = useQuery(datasetUnsealedQuery(project, dataset.name))
  const [shown, setShown] = useState<number | undefined>()
  const [back, setBack] = useState<DatasetVersion | undefined>()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div tabIndex={0} className="h-full overflow-y-auto px-6 py-4 outline-none focus-visible:outline-2 focus-visible:-outline-offset-2">
      <div className="flex max-w-[1100px] flex-col gap-4">
        <Panel title="Versions" description="None of them ever changes. An experiment names the one that it ran on.">
          <Loaded query={versions} skeleton={<SkeletonRows />}>
            {(list) =>
              list.length === 0 ? (
                <p className="p-3 text-soft">The first item makes version 1.</p>
              ) : (
                <ol aria-label="Versions">
                  {list.map((one) => (
                    <li key={one.version} className="border-b border-line last:border-b-0">
                      <div className="flex min-h-9 flex-wrap items-center gap-x-3 px-3 py-1">
                        <button
                          type="button"
                          aria-expanded={shown === one.version}
                          onClick={() => setShown(shown === one.version ? undefined : one.version)}
                          className="flex min-w-0 flex-1 items-center gap-3 text-left hover:text-accent"
                        >
                          <span className="w-10 shrink-0 font-mono text-sm">v{one.version}</span>
                          <span className="truncate">{one.message || 'Changed'}</span>
                        </button>
                        <span className="tabular flex shrink-0 gap-2 text-sm">
                          {one.added > 0 && <span className="text-ok">+{formatCount(one.added)}</span>}
                          {one.changed > 0 && <span className="text-warning">~{formatCount(one.changed)}</span>}
                          {one.removed > 0 && <span className="text-error">−{formatCount(one.removed)}</span>}
                          <span className="text-faint">{plural(one.itemCount, 'item')}</span>
                        </span>
                        <span className="shrink-0 text-sm text-faint">
                          {one.createdBy ?? 'the server'}, <Ago time={one.createdAt} />
                        </span>
                        <Link to="." search={{ version: String(one.version) }} className="text-sm text-accent hover:underline">
                          Look at it
                        </Link>
                        {mayWrite && one.version < dataset.version && (
                          <Button size="small" onClick={() => setBack(one)}>
                            <Undo2 size={13} aria-hidden /> Restore
                          </Button>
                        )}
                      </div>
                      {shown === one.version && <Changes name={dataset.name} version={one.version} />}
                    </li>
                  ))}
                </ol>
              )
            }
          </Loaded>
        </Panel>
        {(opened.data?.length ?? 0) > 0 && (
          <Panel title="Who opened the holdout" description="Kept also when the dataset is gone.">
            <ul>
              {opened.data?.map((one) => (
                <li
                  key={`${one.at}${one.by}`}
                  className="flex min-h-8 items-center gap-2.5 border-b border-line px-3 py-1.5 last:border-b-0"
                >
                  <Lock size={13} className="shrink-0 text-faint" aria-hidden />
                  <span className="min-w-0 flex-1 break-words">“{one.why}”</span>
                  <span className="shrink-0 text-sm text-faint">
                    {plural(one.items, 'item')} of v{one.version}, {one.by ?? 'somebody who is gone'}, <Ago time={one.at} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
      <ConfirmDialog
        open={back !== undefined}
        onClose={() => setBack(undefined)}
        title={`Back to version ${back?.version}?`}
        action="Restore"
        onConfirm={async () => {
          if (!back) return
          const change = await clientFor(project).datasets.restore({
            name: dataset.name,
            version: back.version,
            expectedVersion: dataset.version,
          })
          await datasetChanged(cache, project)
          toast({ title: change.version === dataset.version ? 'Nothing was different' : `Is version ${change.version}` })
        }}
      >
        A new version gets the {plural(back?.itemCount ?? 0, 'item')} of version {back?.version}. Those in between stay.
      </ConfirmDialog>
    </div>
  )
}

const TONES = { added: 'ok', changed: 'warning', removed: 'error' } as const

/** What a version made different, item by item. */
function Changes({ name, version }: { name: string; version: number }) {
  const project = useProject()
  const diff = useQuery(datasetDiffQuery(project, name, version - 1, version))
  return (
    <Loaded query={diff} skeleton={<SkeletonRows rows={3} />}>
      {({ changes, nextCursor }) => (
        <ul aria-label={`Changes of version ${version}`} className="border-t border-line bg-surface-0">
          {changes.map(({ id, kind, before, after }) => (
            <li key={id} className="flex flex-col gap-1.5 px-3 py-2">
              <span className="flex items-center gap-2 text-sm">
                <Badge tone={TONES[kind]}>{kind}</Badge>
                <span className="font-mono">{id}</span>
                {(before?.sealed || after?.sealed) && (
                  <span className="flex items-center gap-1 text-faint">
                    <Lock size={12} aria-hidden /> sealed
                  </span>
                )}
              </span>
              {kind === 'changed' && before?.content && after?.content ? (
                <TextDiff a={wholeText(before)} b={wholeText(after)} />
              ) : (
                <span className="truncate text-soft">{editText((after ?? before)?.content?.input).slice(0, 300)}</span>
              )}
            </li>
          ))}
          {nextCursor && (
            <li className="px-3 py-2 text-sm text-faint">Only the first {changes.length} are shown; signalbox dataset diff says all.</li>
          )}
        </ul>
      )}
    </Loaded>
  )
}

function wholeText({ content, tags, split }: DatasetItem): string {
  const parts: [string, unknown][] = [
    ['input', content?.input],
    ['expected', content?.expected],
    ['context', content?.context],
    ['tags', tags.join(', ') || undefined],
    ['split', split ?? undefined],
    ['metadata', Object.keys(content?.metadata ?? {}).length > 0 ? content?.metadata : undefined],
  ]
  return parts.flatMap(([title, value]) => (value === undefined ? [] : [`${title}: ${editText(value)}`])).join('\n')
}
