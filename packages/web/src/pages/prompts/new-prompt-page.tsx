import { PromptName } from '@signalbox/schema'
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { PageHeader } from '../../ui/page.tsx'
import type { Problems } from '../../ui/save-form.tsx'
import { Ask } from './ask.tsx'
import { type Draft, EMPTY, isChanged, readDraft, toDraft } from './editor/draft.ts'
import { WriteTab } from './editor/write-tab.tsx'
import { Techniques } from './list/techniques.tsx'
import { useSave } from './use-save.ts'

/** A prompt that is not there yet. */
export function NewPromptPage() {
  const project = useProject()
  const navigate = useNavigate()
  const save = useSave()
  const { folder } = useSearch({ from: '/p/$project/prompts/new' })
  const [name, setName] = useState(folder ? `${folder}/` : '')
  const [description, setDescription] = useState('')
  const [draft, setDraft] = useState<Draft>(() => toDraft(EMPTY))
  const [problems, setProblems] = useState<Problems>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown; saved: boolean }>({ busy: false, error: null, saved: false })
  const changed = !state.saved && isChanged(draft, EMPTY)
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => changed && next.pathname !== current.pathname,
    enableBeforeUnload: changed,
    withResolver: true,
  })

  async function create() {
    const named = PromptName.safeParse(name)
    const { content, problems: found = {} } = readDraft(draft)
    setProblems({ ...found, ...(named.success ? {} : { name: named.error.issues[0]?.message ?? 'A name is needed' }) })
    if (!(named.success && content)) return
    setState({ busy: true, error: null, saved: false })
    try {
      // A name that is taken would get a version: that is not what "new" means.
      await save({ name, content, message: 'First version', description: description.trim(), expectedLatest: 0 })
      setState({ busy: false, error: null, saved: true })
      void navigate({ to: '/p/$project/prompts/$', params: { project, _splat: name }, search: {}, replace: true, ignoreBlocker: true })
    } catch (error) {
      setState({ busy: false, error, saved: false })
    }
  }
  useShortcuts({ 'Mod+s': () => void create() })

  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[1480px] flex-col gap-4 px-6 pt-5">
        <PageHeader
          title="New prompt"
          question="What the model is told. Calls use it by its name, so that it can change without a deploy."
          action={
            <Button kind="primary" onClick={create} disabled={state.busy} aria-keyshortcuts="Control+S">
              Create prompt
            </Button>
          }
        />
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(320px,38%)]">
          <Labelled title="Name" help="Folders by /. It cannot be changed later." problem={problems.name}>
            {(given) => (
              <Input
                {...given}
                autoFocus
                value={name}
                onChange={({ target }) => setName(target.value)}
                placeholder="support/refund"
                spellCheck={false}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
          <Labelled title="Description" aside="optional">
            {(given) => <Input {...given} maxLength={2000} value={description} onChange={({ target }) => setDescription(target.value)} />}
          </Labelled>
        </div>
        <details className="text-soft">
          <summary className="cursor-default select-none hover:text-text">Or begin with a technique, in the playground</summary>
          <Techniques className="mt-2" />
        </details>
      </div>
      <WriteTab name="" draft={draft} isNew problems={problems} onChange={(next) => setDraft((before) => ({ ...before, ...next }))} />
      <Ask
        open={blocker.status === 'blocked'}
        onClose={() => blocker.status === 'blocked' && blocker.reset()}
        title="Leave without saving?"
        action="Give up the prompt"
        onConfirm={async () => blocker.status === 'blocked' && blocker.proceed()}
      >
        What you wrote is not saved yet.
      </Ask>
    </div>
  )
}
