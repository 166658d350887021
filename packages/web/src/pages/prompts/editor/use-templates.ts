import { isLoaded, loadEngine } from '@signalbox/sdk/templates'
import { useEffect, useMemo, useState } from 'react'
import type { Draft } from './draft.ts'
import { readTemplates, type Templates } from './read-templates.ts'

const NOTHING: Templates = { used: [], problems: {} }

/** What the texts of a draft read, at every letter; nothing until the engine has been fetched. */
export function useTemplates(draft: Draft): Templates {
  const { engine } = draft
  const [loaded, setLoaded] = useState(() => isLoaded(engine))
  useEffect(() => {
    let gone = false
    setLoaded(isLoaded(engine))
    loadEngine(engine).then(
      () => !gone && setLoaded(true),
      () => {},
    )
    return () => {
      gone = true
    }
  }, [engine])
  return useMemo(() => (loaded && isLoaded(engine) ? readTemplates(draft) : NOTHING), [loaded, engine, draft])
}
