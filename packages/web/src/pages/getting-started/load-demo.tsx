import { useState } from 'react'
import { useDemo, useDemoChanges } from '../../data/demo.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'

/** For somebody who wants to see what it looks like in use before the own app is connected. */
export function LoadDemo() {
  const project = useProject()
  const may = useMay()
  const { data: demo } = useDemo(project)
  const { load } = useDemoChanges(project)
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  if (!may('projects:write')) return null
  async function start() {
    setState({ busy: true, error: null })
    try {
      await load()
      setState({ busy: false, error: null })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <section aria-labelledby="look-around" className="mt-3 rounded-md border border-line p-4">
      <h2 id="look-around" className="mb-2 font-semibold">
        Or look around first
      </h2>
      <p className="mb-3 text-soft">
        A week of an invented customer-support copilot: about 3,000 traces with conversations, tools, errors, feedback and a bad deploy on
        day five. It is marked as demo data on every page, and one button takes it away again, and nothing else.
      </p>
      <Button onClick={start} disabled={state.busy || demo?.state !== 'none'}>
        Load demo data
      </Button>
      {state.error !== null && <ErrorNote error={state.error} className="mt-2" />}
    </section>
  )
}
