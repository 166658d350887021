import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type ReactNode, Suspense, useState } from 'react'
import { Button } from './button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { toastError } from './error-note.tsx'
import { toast } from './toast.tsx'
import { useHashDialog } from './use-hash-dialog.ts'

type Named = { name: string }
type Options = {
  /** As people call one: `alias`. */
  noun: string
  /** Whether there is a button for a new one. */
  mayAdd: boolean
  /** What is read anew after a change. */
  reads: readonly { queryKey: QueryKey }[]
  /** Opens what was saved, and closes what was removed. */
  setOpen?: (name: string | undefined) => void
}

/** The life of the entries of a page: to add one (`#new` in the address), to change, and to remove one. `EntryDialogs` shows it. */
export function useEntries<T extends Named>({ noun, mayAdd, reads, setOpen }: Options) {
  const cache = useQueryClient()
  const [adding, setAdding] = useHashDialog('new', mayAdd)
  const [changing, change] = useState<T | null>(null)
  const [removing, remove] = useState<T | null>(null)
  const refresh = () => Promise.all(reads.map(({ queryKey }) => cache.invalidateQueries({ queryKey })))
  async function close() {
    change(null)
    if (adding) await setAdding(false)
  }
  return {
    noun,
    adding,
    changing,
    removing,
    change,
    remove,
    refresh,
    close,
    startAdding: () => void setAdding(true),
    /** The button for a new one; nothing for who may not. */
    newButton: mayAdd && (
      <Button kind="primary" onClick={() => setAdding(true)}>
        <Plus size={14} aria-hidden /> New {noun}
      </Button>
    ),
    async saved({ name }: Named) {
      await close()
      await refresh()
      setOpen?.(name)
      toast({ title: `${capital(noun)} “${name}” saved` })
    },
    async gone({ name }: Named, done: string) {
      setOpen?.(undefined)
      await refresh()
      toast({ title: `${capital(noun)} “${name}” ${done}` })
    },
    /** For a change that has no dialog to show its failure. */
    async run(work: () => Promise<unknown>, done: string) {
      try {
        await work()
        await refresh()
        toast({ title: done })
      } catch (error) {
        toastError(error)
      }
    },
  }
}
type Entries<T extends Named> = ReturnType<typeof useEntries<T>>

type FormProps = { onSaved: (saved: Named) => unknown; onClose: () => void }
type Props<T extends Named> = {
  of: Entries<T>
  /** The dialog that adds one (`null`), or changes it. */
  form: (entry: T | null, given: FormProps) => ReactNode
  onRemove: (entry: T) => Promise<unknown>
  /** What is lost with it. */
  children: (entry: T) => ReactNode
  /** Where it is not removed but, such as a key, revoked. */
  verb?: { title: string; done: string }
  /** What else follows where one was saved. */
  onSaved?: (saved: T) => unknown
}

/** The dialogs of a page of entries: the form, and the question before one is removed. */
export function EntryDialogs<T extends Named>({ of, form, onRemove, children, verb = REMOVE, onSaved }: Props<T>) {
  const { noun, adding, changing, removing, remove, saved, gone, close } = of
  return (
    <>
      {(adding || changing) && (
        <Suspense>
          {form(changing, {
            onSaved: async (entry) => {
              await saved(entry)
              onSaved?.(entry as T)
            },
            onClose: close,
          })}
        </Suspense>
      )}
      <ConfirmDialog
        open={removing !== null}
        onClose={() => remove(null)}
        title={`${verb.title} “${removing?.name ?? ''}”?`}
        action={`${verb.title} ${noun}`}
        onConfirm={async () => {
          if (!removing) return
          await onRemove(removing)
          await gone(removing, verb.done)
        }}
      >
        {removing && children(removing)}
      </ConfirmDialog>
    </>
  )
}

const REMOVE = { title: 'Remove', done: 'removed' }
const capital = (noun: string) => `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`
