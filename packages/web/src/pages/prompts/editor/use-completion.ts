import { type KeyboardEvent, type RefObject, useContext, useEffect, useId, useState } from 'react'
import { completed, completionAt, KnownVariables } from './completion.ts'

type Options = { value: string; box: RefObject<HTMLTextAreaElement | null>; onChange: ((value: string) => void) | undefined }

/** Names of variables to choose from while one is written: arrows choose, Enter or Tab takes it, Escape goes on writing. */
export function useCompletion({ value, box, onChange }: Options) {
  const known = useContext(KnownVariables)
  const id = useId()
  const [caret, setCaret] = useState<number>()
  const [chosen, setChosen] = useState(0)
  const [after, setAfter] = useState<number>()
  const found = caret === undefined || !onChange ? undefined : completionAt(value, caret, known)
  const active = found && Math.min(chosen, found.names.length - 1)
  // The caret can be put behind the name only when the name is there.
  useEffect(() => {
    if (after === undefined) return
    box.current?.setSelectionRange(after, after)
    setAfter(undefined)
  }, [after, box])

  const take = (name: string) => {
    if (!found || caret === undefined) return
    const next = completed(value, caret, { from: found.from, name })
    onChange?.(next.text)
    setAfter(next.caret)
    setCaret(undefined)
  }
  const act = (key: string): boolean => {
    if (!found) return false
    const { length } = found.names
    if (key === 'ArrowDown') setChosen(((active ?? 0) + 1) % length)
    else if (key === 'ArrowUp') setChosen(((active ?? 0) + length - 1) % length)
    else if (key === 'Enter' || key === 'Tab') take(found.names[active ?? 0] ?? '')
    else if (key === 'Escape') setCaret(undefined)
    else return false
    return true
  }
  return {
    names: found?.names ?? [],
    active,
    id,
    take,
    /** For the box. */
    given: {
      onSelect: ({ currentTarget: { selectionStart, selectionEnd } }: { currentTarget: HTMLTextAreaElement }) => {
        if (caret !== undefined && selectionStart !== selectionEnd) setCaret(undefined)
      },
      onBlur: () => setCaret(undefined),
      onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || !act(event.key)) return
        event.preventDefault()
        event.stopPropagation()
      },
      ...(found && {
        'aria-autocomplete': 'list' as const,
        'aria-controls': id,
        'aria-activedescendant': `${id}-${active}`,
      }),
    },
    /** Something was written. */
    wrote(at: number): void {
      setCaret(at)
      setChosen(0)
    },
  }
}
