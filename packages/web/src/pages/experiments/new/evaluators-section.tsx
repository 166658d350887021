import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { useProject } from '../../../data/view.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Tick } from '../../../ui/checkbox.tsx'
import { Input, inputStyle } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { type DraftEvaluator, nextKey } from './draft.ts'
import { evaluatorsQuery } from './questions.ts'
import { Problem, Section, type SectionProps } from './section.tsx'

/** What is good: how answers are scored. */
export function EvaluatorsSection({ draft, problems, onChange }: SectionProps) {
  const project = useProject()
  const known = useQuery(evaluatorsQuery(project))
  const list = useId()
  const { evaluators } = draft
  const set = (key: number, next: Partial<DraftEvaluator>) =>
    onChange({ evaluators: evaluators.map((one) => (one.key === key ? { ...one, ...next } : one)) })
  const builtin = known.data?.builtin ?? []
  const infoOf = (id: string) => {
    const stored = known.data?.stored.find(({ name }) => name === id)
    return { stored, info: builtin.find((one) => one.id === (stored?.evaluator ?? id)) }
  }
  const asksModels = evaluators.some(({ id }) => infoOf(id).info?.costed === true)
  return (
    <Section title="Evaluators" says="How answers are scored. A row passes where every evaluator that gives a verdict says so.">
      <ul className="flex flex-col gap-3">
        {evaluators.map(({ key, id, name, params, shownOnly }, at) => {
          const { info, stored } = infoOf(id)
          return (
            <li key={key} className="rounded-md border border-line p-3">
              <div className="grid gap-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
                <Labelled
                  title={`Evaluator ${at + 1}`}
                  help={known.data && id !== '' && !info && !stored && 'There is no evaluator of this name.'}
                >
                  {(given) => (
                    <Input
                      {...given}
                      list={list}
                      value={id}
                      onChange={({ target }) => set(key, { id: target.value })}
                      placeholder="contains"
                      spellCheck={false}
                      className="font-mono text-sm"
                    />
                  )}
                </Labelled>
                <Labelled title="Name" aside="optional" help="What tables call it.">
                  {(given) => <Input {...given} value={name} onChange={({ target }) => set(key, { name: target.value })} />}
                </Labelled>
                <IconButton
                  label={`Take out evaluator ${at + 1}`}
                  size="small-icon"
                  className="mt-7"
                  onClick={() => onChange({ evaluators: evaluators.filter((one) => one.key !== key) })}
                >
                  <X size={14} />
                </IconButton>
              </div>
              {info && (
                <p className="mt-2 text-sm text-soft">
                  {info.description} <span className="text-faint">{info.notFor}</span>
                  {info.needs.length > 0 && <span className="text-faint"> It needs: {info.needs.join(', ')}.</span>}
                </p>
              )}
              {!stored && (
                <div className="mt-2">
                  <Labelled title="Parameters" aside="JSON, optional" problem={problems[`evaluators.${key}`]} help={fieldsOf(info?.params)}>
                    {(given) => (
                      <textarea
                        {...given}
                        rows={1}
                        value={params}
                        onChange={({ target }) => set(key, { params: target.value })}
                        spellCheck={false}
                        className={`${inputStyle} field-sizing-content h-auto max-h-60 w-full resize-none py-1.5 font-mono text-sm leading-[19px]`}
                      />
                    )}
                  </Labelled>
                </div>
              )}
              <div className="mt-2 text-sm">
                <Tick checked={shownOnly} onChange={(on) => set(key, { shownOnly: on })}>
                  Only shown: never a reason for a row to fail
                </Tick>
              </div>
            </li>
          )
        })}
      </ul>
      <datalist id={list}>
        {known.data?.stored.map(({ name, description }) => (
          <option key={name} value={name} label={description || 'of this project'} />
        ))}
        {builtin.map(({ id, title }) => (
          <option key={id} value={id} label={title} />
        ))}
      </datalist>
      <div>
        <Button
          size="small"
          onClick={() =>
            onChange({ evaluators: [...evaluators, { key: nextKey(evaluators), id: '', name: '', params: '', shownOnly: false }] })
          }
        >
          <Plus size={13} aria-hidden /> Add an evaluator
        </Button>
        <Problem>{problems.evaluators}</Problem>
      </div>
      {(asksModels || draft.judge !== '') && (
        <Labelled title="Judge" help="The model that evaluators ask. Its calls are paid for, and shown apart." problem={problems.judge}>
          {(given) => (
            <Input
              {...given}
              value={draft.judge}
              onChange={({ target }) => onChange({ judge: target.value })}
              placeholder="an alias, or provider/model"
              spellCheck={false}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
      )}
    </Section>
  )
}

/** `value, ignoreCase, …`: what a JSON Schema of an object names. */
function fieldsOf(schema: Record<string, unknown> | undefined): string | undefined {
  const { properties, required = [] } = (schema ?? {}) as { properties?: Record<string, unknown>; required?: string[] }
  const names = Object.keys(properties ?? {})
  return names.length === 0
    ? undefined
    : `It takes ${names.map((name) => (required.includes(name) ? `${name} (needed)` : name)).join(', ')}.`
}
