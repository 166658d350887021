import { Table2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { Button } from '../../ui/button.tsx'
import type { Column } from './columns.ts'
import { typedValues, variablesOf } from './render-content.ts'
import type { RunState } from './run.ts'

const KeepRow = lazy(() => import('./keep-row.tsx'))

type Props = { project: string; letter: string; column: Column; variables: Readonly<Record<string, string>>; state: RunState }

/** Keeps the last answer of a column as a row of a dataset; nothing where there is no answer yet. */
export function KeepButton({ project, letter, column: { content }, variables, state }: Props) {
  const mayWrite = useMay()('datasets:write')
  const [keeping, setKeeping] = useState(false)
  const answer = state.status === 'done' ? (state.steps.at(-1)?.answer.text ?? '') : ''
  if (!mayWrite || answer === '') return null
  const own = new Set(variablesOf(content).map(({ name }) => name))
  return (
    <>
      <Button size="small" onClick={() => setKeeping(true)} aria-label={`Keep the answer of ${letter} as a row`}>
        <Table2 size={13} aria-hidden /> Keep as a row
      </Button>
      {keeping && (
        <Suspense>
          <KeepRow
            project={project}
            run={{
              variables: typedValues(Object.fromEntries(Object.entries(variables).filter(([name]) => own.has(name)))),
              asked: askedIn(content),
              answer,
            }}
            onClose={() => setKeeping(false)}
          />
        </Suspense>
      )}
    </>
  )
}

/** What the user says last in it. */
function askedIn({ text = '', messages = [] }: Column['content']): string {
  const last = messages.findLast((message) => message.type !== 'placeholder' && message.role === 'user')
  if (!last || last.type === 'placeholder') return text
  return typeof last.content === 'string'
    ? last.content
    : last.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
