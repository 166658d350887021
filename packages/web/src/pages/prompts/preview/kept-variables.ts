import { useState } from 'react'

/** Values of variables as they are typed: text, or JSON where the schema wants something else. */
export type Typed = Readonly<Record<string, string>>

/** What was typed for the variables of a prompt, kept in this browser. It never leaves it but to be shown in the preview. */
export function useKeptVariables(project: string, prompt: string) {
  const place = `signalbox.variables.${project}.${prompt}`
  const [typed, setTyped] = useState<Typed>(() => read(place))
  return {
    typed,
    type: (name: string, text: string) => {
      const next = { ...typed, [name]: text }
      setTyped(next)
      write(place, next)
    },
  }
}

function read(place: string): Typed {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    return typeof kept === 'object' && kept !== null
      ? Object.fromEntries(Object.entries(kept).map(([name, text]) => [name, String(text)]))
      : {}
  } catch {
    return {}
  }
}

function write(place: string, typed: Typed): void {
  try {
    localStorage.setItem(place, JSON.stringify(typed))
  } catch {
    // Full or forbidden: it holds until the page is closed.
  }
}
