import { useEffect, useSyncExternalStore } from 'react'
import { usePreference } from './preferences.ts'

/** Keeps `data-theme` on the page in step with the choice and with the system. Mounted once. */
export function ThemeKeeper(): null {
  const [choice] = usePreference('theme', 'system')
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)')
    const apply = () => {
      const dark = choice === 'dark' || (choice === 'system' && system.matches)
      document.documentElement.dataset.theme = dark ? 'dark' : 'light'
    }
    apply()
    system.addEventListener('change', apply)
    return () => system.removeEventListener('change', apply)
  }, [choice])
  return null
}

/** `light` or `dark`, as shown now: for what is drawn on a canvas and cannot follow CSS. */
export const useShownTheme = (): string => useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme ?? 'light')

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}
