import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { Button } from './button.tsx'
import { ErrorNote } from './error-note.tsx'

/** What is wrong with what was entered, by its place: `targets.0.model`. */
export type Problems = Readonly<Record<string, string>>
/** What was entered as it is sent, or what is wrong with it. */
export type Read = { problems: Problems; send?: never } | { send: () => Promise<unknown>; problems?: never }

type Props = {
  submitLabel: string
  /** Reads what was entered. What comes of sending it ends the form. */
  read: () => Read
  onCancel?: (() => void) | undefined
  children: (problems: Problems) => ReactNode
}

/** A form that checks before it sends, goes to the first field that is wrong, and says why when sending fails. */
export function SaveForm({ submitLabel, read, onCancel, children }: Props) {
  const [problems, setProblems] = useState<Problems>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const form = useRef<HTMLFormElement>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { problems: found = {}, send } = read()
    setProblems(found)
    if (!send) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    setState({ busy: true, error: null })
    try {
      await send()
      setState({ busy: false, error: null })
    } catch (error) {
      setState({ busy: false, error })
    }
  }

  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
      {children(problems)}
      {state.error !== null && <ErrorNote error={state.error} />}
      <div className="flex justify-end gap-2">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button kind="primary" type="submit" disabled={state.busy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  )
}

type Issues = { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] }
/** Of several problems of one place, the first. `top`: by the field alone, whatever is wrong inside it. */
export const problemsOf = ({ issues }: Issues, { top = false } = {}): Problems =>
  Object.fromEntries(issues.map(({ path, message }) => [top ? String(path[0] ?? '') : path.join('.'), message]).reverse())
