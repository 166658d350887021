import { useSyncExternalStore } from 'react'

/** What a person chose for this browser. Each has a default, and survives a full or forbidden storage. */
type Preferences = {
  theme: 'system' | 'light' | 'dark'
  rail: 'wide' | 'narrow'
  live: 'on' | 'off'
  project: string
  dataset: string
  traceColumns: string
  traceColumnWidths: string
  sessionColumns: string
  sessionColumnWidths: string
  userColumns: string
  userColumnWidths: string
  tracePanelWidth: string
  sidePanelWidth: string
  messages: 'rendered' | 'raw'
}

export function readPreference<K extends keyof Preferences>(name: K, fallback: Preferences[K]): Preferences[K] {
  const remembered = memory.get(name)
  if (remembered !== undefined) return remembered as Preferences[K]
  try {
    return (localStorage.getItem(`signalbox.${name}`) as Preferences[K] | null) ?? fallback
  } catch {
    return fallback
  }
}

export function writePreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  memory.set(name, value)
  try {
    localStorage.setItem(`signalbox.${name}`, value)
  } catch {
    // Kept in memory: it holds until the page is closed.
  }
  for (const notify of listeners) notify()
}

/** A preference and its setter; every place that shows it follows. */
export function usePreference<K extends keyof Preferences>(name: K, fallback: Preferences[K]) {
  const value = useSyncExternalStore(subscribe, () => readPreference(name, fallback))
  return [value, (next: Preferences[K]) => writePreference(name, next)] as const
}

const memory = new Map<string, string>()
const listeners = new Set<() => void>()
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
