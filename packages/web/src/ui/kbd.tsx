/** A key of the keyboard. `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm border border-line-strong bg-surface-0 px-1 font-sans text-xs text-soft">
      {children === 'Mod' ? modifierKey() : children}
    </kbd>
  )
}

/** What people call the modifier of this machine. */
export const modifierKey = (): string => (/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl')
