import { useEffect, useRef } from 'react'

/** `'g t'` is one key after the other, `'Mod+k'` is with Ctrl or ⌘, `'?'` is the character, `'enter'` the key. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => void>

/** Listens on the whole page, except while something is typed or a menu or dialog is open. */
export function useShortcuts(shortcuts: Shortcuts, { whileTyping = false }: { whileTyping?: boolean } = {}): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  useEffect(() => {
    let first = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const modified = event.metaKey || event.ctrlKey
      if (event.key === 'Enter' && isPressable(event.target)) return
      if (!modified && (isTyping(event.target) || isOverlayOpen()) && !whileTyping) return
      if (event.altKey || (event.key.startsWith('Arrow') && isScrolling(event.target))) return
      const name = event.key.length > 1 ? event.key.toLowerCase() : event.key
      const key = modified ? `Mod+${name.toLowerCase()}` : name
      const found = latest.current[first ? `${first} ${key}` : key] ?? latest.current[key]
      clearTimeout(timer)
      first = ''
      if (found) {
        event.preventDefault()
        found(event)
      } else if (!modified && Object.keys(latest.current).some((name) => name.startsWith(`${key} `))) {
        first = key
        timer = setTimeout(() => {
          first = ''
        }, 900)
      }
    }
    document.addEventListener('keydown', listener)
    return () => {
      document.removeEventListener('keydown', listener)
      clearTimeout(timer)
    }
  }, [whileTyping])
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [role="combobox"], [role="menuitem"]'))

/** Enter on a button or a link presses it. */
const isPressable = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('button, a[href], [role="checkbox"], [role="button"]') !== null

/** Inside a part that scrolls, or among tabs, the arrows belong to it. */
const isScrolling = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('[role="tabpanel"], [role="tab"], [role="region"]') !== null

const isOverlayOpen = () =>
  document.querySelector('[role="dialog"]:not([data-inline]), [role="menu"], [role="listbox"][data-open]') !== null
