import type { DatasetItem, DatasetItemContent } from '@signalbox/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { datasetChanged } from '../../../data/datasets.ts'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { toastError } from '../../../ui/error-note.tsx'
import { toast } from '../../../ui/toast.tsx'

type Sent = DatasetItemContent & { id?: string; source?: DatasetItem['source'] & {} }
type Write = { items?: Sent[]; remove?: string[]; message: string }
/** What takes a change back. */
type Back = { items: Sent[]; remove: string[]; what: string }

export type ItemEdits = ReturnType<typeof useItemEdits>

/** Changes of items: each is a version of its own, and can be taken back. */
export function useItemEdits({ name, version }: { name: string; version: number }) {
  const project = useProject()
  const cache = useQueryClient()
  const [busy, setBusy] = useState(false)
  const backs = useRef<Back[]>([])

  /** True where it was kept. Two who change the same version: the second is told. */
  async function write({ items = [], remove = [], message }: Write, back?: Back): Promise<boolean> {
    setBusy(true)
    try {
      const kept = await clientFor(project).datasets.write({ name, items, remove, message, expectedVersion: version })
      if (back && kept.version !== version) backs.current.push(back)
      await datasetChanged(cache, project)
      return true
    } catch (error) {
      toastError(error)
      await datasetChanged(cache, project)
      return false
    } finally {
      setBusy(false)
    }
  }

  const undo = async () => {
    const last = backs.current.pop()
    if (!last) return
    if (await write({ items: last.items, remove: last.remove, message: `Taken back: ${last.what}` })) toast({ title: 'Taken back' })
  }
  const told = (title: string) => toast({ title, action: { label: 'Undo', run: undo } })

  return {
    busy,
    undo,
    /** Changes what some items hold. */
    async change(
      items: readonly DatasetItem[],
      change: (content: DatasetItemContent) => DatasetItemContent,
      what: string,
    ): Promise<boolean> {
      const open = items.filter((item) => item.content !== null)
      const kept = await write(
        { items: open.flatMap((item) => (item.content ? [sentOf(item, change(item.content))] : [])), message: what },
        { items: open.flatMap((item) => (item.content ? [sentOf(item, item.content)] : [])), remove: [], what },
      )
      if (kept && open.length > 1) told(`${plural(open.length, 'item')} changed`)
      return kept
    },
    async remove(items: readonly DatasetItem[]): Promise<boolean> {
      const what = `Removed ${plural(items.length, 'item')}`
      const kept = await write(
        { remove: items.map(({ id }) => id), message: what },
        { items: items.flatMap((item) => (item.content ? [sentOf(item, item.content)] : [])), remove: [], what },
      )
      if (kept) told(what)
      return kept
    },
    /** A row to write into; its input says so until somebody does. */
    async add(content: Partial<DatasetItemContent> = {}): Promise<boolean> {
      const id = `row-${crypto.randomUUID().slice(0, 8)}`
      const what = 'Added a row'
      return await write(
        { items: [{ input: 'New question', metadata: {}, tags: [], ...content, id }], message: what },
        { items: [], remove: [id], what },
      )
    },
  }
}

const sentOf = ({ id, source }: DatasetItem, content: DatasetItemContent): Sent => ({ ...content, id, ...(source && { source }) })
