import { useEffect, useMemo, useState } from 'react'
import type { Draft } from './draft.ts'
import type { Templates } from './read-templates.ts'

const NOTHING: Templates = { used: [], problems: {} }
type Read = (draft: Draft) => Templates
const readers = new Map<Draft['engine'], Read>()

/** What the texts of a draft read, at every letter; nothing until the engine, which no page waits for, has been fetched. */
export function useTemplates(draft: Draft): Templates {
  const { engine } = draft
  const [, setLoaded] = useState('')
  useEffect(() => {
    let gone = false
    const load = async () => {
      const [{ readTemplates }, { loadEngine }] = await Promise.all([import('./read-templates.ts'), import('@signalbox/sdk/templates')])
      await loadEngine(engine)
      readers.set(engine, readTemplates)
      if (!gone) setLoaded(engine)
    }
    // Without it nothing is checked here; the server checks all the same.
    load().catch(() => {})
    return () => {
      gone = true
    }
  }, [engine])
  const read = readers.get(engine)
  return useMemo(() => read?.(draft) ?? NOTHING, [read, draft])
}
