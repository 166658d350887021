import { useEffect, useRef } from 'react'

type Keys = { runAll: () => void; runOne: (column: string) => void; stop: () => void }

/** The keys of the page, wherever the focus is: in a text that is being written, too, and on a button. */
export function usePageKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.defaultPrevented || !(event.metaKey || event.ctrlKey)) return
      if (event.key === 'Enter') {
        const focused = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-column]')?.dataset.column : undefined
        if (event.shiftKey && focused) latest.current.runOne(focused)
        else latest.current.runAll()
      } else if (event.key === '.') latest.current.stop()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
