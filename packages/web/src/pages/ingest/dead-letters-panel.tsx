import type { DeadLetter } from '@signalbox/schema'
import type { Json } from '@signalbox/sdk/conversation'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ago } from '../../ui/values.tsx'

/** Rows that the store refused, kept whole: to try again, or to give up knowingly. */
export function DeadLettersPanel() {
  const project = useProject()
  const cache = useQueryClient()
  const [discarding, setDiscarding] = useState<DeadLetter | null>(null)
  const letters = useInfiniteQuery({
    queryKey: [...keys.system, 'dead-letters'],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).deadLetters.list({ limit: 50, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  })
  const list = letters.data?.pages.flatMap((page) => page.deadLetters)
  const refresh = () => cache.invalidateQueries({ queryKey: keys.system })
  async function replay(letter: DeadLetter) {
    try {
      const { stored, reason } = await clientFor(project).deadLetters.replay({ id: letter.id })
      if (stored) toast({ title: 'The row is stored now' })
      else toast({ title: 'The store refused the row again', description: reason ?? '', tone: 'error' })
      await refresh()
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          Dead letters{' '}
          {list && list.length > 0 && <Badge tone="warning">{`${formatCount(list.length)}${letters.hasNextPage ? '+' : ''}`}</Badge>}
        </span>
      }
      description="Rows that the store refused. They block nothing behind them and are kept whole."
    >
      <Loaded query={{ ...letters, data: list }} skeleton={<SkeletonRows rows={3} />}>
        {(found) =>
          found.length === 0 ? (
            <p className="px-3 py-4 text-faint">None. Everything that was taken in is stored.</p>
          ) : (
            <ul className="divide-y divide-line">
              {found.map((letter) => (
                <Letter key={letter.id} letter={letter} onReplay={() => replay(letter)} onDiscard={() => setDiscarding(letter)} />
              ))}
              <ShowMore list={letters} as="li" />
            </ul>
          )
        }
      </Loaded>
      <ConfirmDialog
        open={discarding !== null}
        onClose={() => setDiscarding(null)}
        title="Discard this row?"
        action="Discard 1 row"
        onConfirm={async () => {
          if (!discarding) return
          await clientFor(project).deadLetters.discard({ id: discarding.id })
          await refresh()
        }}
      >
        One row for the table <span className="font-mono text-sm text-text">{discarding?.table}</span> of project {discarding?.projectId} is
        deleted for good. Copy it first if it may be needed.
      </ConfirmDialog>
    </Panel>
  )
}

function Letter({ letter, onReplay, onDiscard }: { letter: DeadLetter; onReplay: () => void; onDiscard: () => void }) {
  const mayChange = useMay()('system:write')
  const [open, setOpen] = useState(false)
  return (
    <li className="px-3 py-2">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="break-words">{letter.reason}</p>
          <p className="flex flex-wrap items-center gap-x-3 text-sm text-faint">
            <Ago time={letter.createdAt} />
            <span>table {letter.table}</span>
            <span>project {letter.projectId}</span>
            <CopyId id={letter.batchId} what="batch id" />
            <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="text-accent hover:underline">
              {open ? 'Hide row' : 'Show row'}
            </button>
          </p>
        </div>
        {mayChange && (
          <>
            <Button size="small" onClick={onReplay}>
              <RotateCcw size={13} aria-hidden /> Replay
            </Button>
            <Button size="small" kind="danger" onClick={onDiscard}>
              <Trash2 size={13} aria-hidden /> Discard
            </Button>
          </>
        )}
      </div>
      {open && (
        <div className="mt-2 rounded-md border border-line p-2.5">
          <JsonTree value={letter.row as Json} openDepth={1} />
        </div>
      )}
    </li>
  )
}
