import { FeedbackOrigins } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'

type Origins = { origins: string[]; declared: string[]; server: string[] }

/** Whose pages may send feedback with a public key. */
export function OriginsPanel() {
  const project = useProject()
  const queryKey = [...keys.config(project), 'origins']
  const origins = useQuery({ queryKey, queryFn: ({ signal }) => clientFor(project).origins.get({}, { signal }) })
  return (
    <Panel title="Feedback from pages" description="Whose pages may send feedback with a public key of this project.">
      <Loaded query={origins} skeleton={<SkeletonRows rows={2} />}>
        {(found) => <OriginList known={found} queryKey={queryKey} />}
      </Loaded>
    </Panel>
  )
}

function OriginList({ known, queryKey }: { known: Origins; queryKey: readonly string[] }) {
  const project = useProject()
  const cache = useQueryClient()
  const may = useMay()('projects:write')
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const { origins, declared, server } = known

  async function save(wanted: string[]): Promise<boolean> {
    setState({ busy: true, error: null })
    try {
      const { origins: saved } = await clientFor(project).origins.set({ origins: wanted })
      cache.setQueryData(queryKey, { ...known, origins: saved })
      setState({ busy: false, error: null })
      return true
    } catch (error) {
      setState({ busy: false, error })
      return false
    }
  }
  const add = async (event: FormEvent) => {
    event.preventDefault()
    const origin = text.trim().replace(/\/$/, '')
    const wrong = FeedbackOrigins.safeParse([origin]).error?.issues[0]?.message
    setProblem(wrong && `It ${wrong}.`)
    if (!wrong && (await save([...origins, origin]))) setText('')
  }
  return (
    <div className="flex flex-col gap-3 p-3">
      {origins.length + declared.length + server.length === 0 ? (
        <p className="text-sm text-faint">None yet: browsers refuse what pages send here.</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {origins.map((origin) => (
            <li key={origin} className="flex min-h-6 items-center gap-2">
              <span className="min-w-0 flex-1 truncate font-mono text-sm">{origin}</span>
              {may && (
                <IconButton
                  label={`Remove ${origin}`}
                  disabled={state.busy}
                  onClick={() => void save(origins.filter((one) => one !== origin))}
                >
                  <X size={14} aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
          <Fixed origins={declared} by="signalbox.yaml" />
          <Fixed origins={server} by="the server" />
        </ul>
      )}
      {may && (
        <form onSubmit={(event) => void add(event)} className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <Labelled title="Origin" problem={problem}>
              {(given) => (
                <Input {...given} value={text} placeholder="https://app.example.com" onChange={(event) => setText(event.target.value)} />
              )}
            </Labelled>
          </div>
          <Button type="submit" disabled={text.trim() === '' || state.busy}>
            Add
          </Button>
        </form>
      )}
      {state.error !== null && <ErrorNote error={state.error} />}
    </div>
  )
}

/** What cannot be changed here, and where it can. */
const Fixed = ({ origins, by }: { origins: readonly string[]; by: string }) =>
  origins.map((origin) => (
    <li key={origin} className="flex min-h-6 items-center gap-2">
      <span className="min-w-0 flex-1 truncate font-mono text-sm">{origin}</span>
      <span className="text-sm text-faint">{by}</span>
    </li>
  ))
