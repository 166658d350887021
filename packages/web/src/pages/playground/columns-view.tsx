import { MOST_COLUMNS } from '@signalbox/schema'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { KnownVariables } from '../prompts/editor/completion.ts'
import { ColumnView } from './column-view.tsx'
import { type Column, duplicated, letterOf, type Playground, without } from './columns.ts'
import { askedBy } from './render-content.ts'
import type { Runs } from './use-runs.ts'
import { VariablesForm } from './variables-form.tsx'

const PickRow = lazy(() => import('./pick-row.tsx'))
const CompareAnswers = lazy(() => import('./compare-answers.tsx'))

type Props = {
  project: string
  playground: Playground
  runs: Runs
  whyNot: string | undefined
  onChange: (make: (before: Playground) => Playground) => void
  onRun: (key: string) => void
}

/** The variables, the columns beside each other, and what differs between their answers. */
export default function Columns({ project, playground, runs, whyNot, onChange, onRun }: Props) {
  const { columns, variables } = playground
  const [picking, setPicking] = useState(false)
  const asked = useMemo(() => askedBy(columns.map(({ content }) => content)), [columns])
  const known = useMemo(() => [...new Set([...asked.map(({ name }) => name), ...Object.keys(variables)])], [asked, variables])
  const setColumns = (make: (before: readonly Column[]) => readonly Column[]) =>
    onChange((before) => ({ ...before, columns: make(before.columns) }))
  const last = columns.at(-1)
  const answers = columns.flatMap(({ key }, at) => {
    const state = runs.states[key]
    const text = state?.status === 'done' ? (state.steps.at(-1)?.answer.text ?? '') : ''
    return text ? [{ key, letter: letterOf(at), text }] : []
  })
  return (
    <>
      <VariablesForm
        asked={asked}
        values={variables}
        onChange={(values) => onChange((before) => ({ ...before, variables: { ...before.variables, ...values } }))}
        onFromDataset={() => setPicking(true)}
      />
      {picking && (
        <Suspense>
          <PickRow
            project={project}
            asked={asked}
            onPick={(values) => onChange((before) => ({ ...before, variables: { ...before.variables, ...values } }))}
            onClose={() => setPicking(false)}
          />
        </Suspense>
      )}
      <KnownVariables value={known}>
        <div className="-mx-6 overflow-x-auto px-6 pb-1">
          <div className="grid items-start gap-3" style={{ gridTemplateColumns: `repeat(${columns.length}, minmax(330px, 1fr))` }}>
            {columns.map((column, at) => (
              <ColumnView
                key={column.key}
                project={project}
                letter={letterOf(at)}
                column={column}
                variables={variables}
                state={runs.states[column.key]}
                whyNot={whyNot}
                onChange={(change) => setColumns((before) => before.map((one) => (one.key === column.key ? { ...one, ...change } : one)))}
                onRun={() => onRun(column.key)}
                onStop={() => runs.stop(column.key)}
                onAnswer={(callId, text) => runs.answer(column.key, callId, text)}
                onDuplicate={columns.length < MOST_COLUMNS ? () => setColumns((before) => duplicated(before, column.key)) : undefined}
                onRemove={
                  columns.length > 1
                    ? () => {
                        runs.stop(column.key)
                        setColumns((before) => without(before, column.key))
                      }
                    : undefined
                }
              />
            ))}
          </div>
        </div>
      </KnownVariables>
      {last && columns.length < MOST_COLUMNS && (
        <Button className="self-start" onClick={() => setColumns((before) => duplicated(before, last.key))}>
          <Plus size={14} aria-hidden /> Compare with one more
        </Button>
      )}
      {answers.length > 1 && (
        <Suspense>
          <CompareAnswers project={project} answers={answers} whyNot={whyNot} />
        </Suspense>
      )}
    </>
  )
}
