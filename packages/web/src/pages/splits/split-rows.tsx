import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import type { Problems } from '../../ui/save-form.tsx'
import { readNumber } from '../../ui/schema-fields.tsx'
import { type Arm, nextKey, type Step } from './split-draft.ts'

type RowsProps<R extends { key: number }> = {
  title: string
  /** As people call one: `arm`. */
  noun: string
  /** Where they stand in what is sent. */
  path: string
  rows: R[]
  /** For a new one. */
  empty: () => R
  problems: Problems
  onChange: (rows: R[]) => void
  children: (
    row: R,
    at: { at: number; last: boolean; change: (next: Partial<R>) => void; wrong: (field: string) => true | undefined },
  ) => ReactNode
}

/** Rows that come and go, each with what is wrong with it below. */
function Rows<R extends { key: number }>({ title, noun, path, rows, empty, problems, onChange, children }: RowsProps<R>) {
  return (
    <div>
      <p className="mb-1 font-medium">{title}</p>
      <ol aria-label={title} className="flex flex-col gap-1.5">
        {rows.map((row, at) => (
          <li key={row.key}>
            <div className="flex items-center gap-1.5">
              {children(row, {
                at,
                last: at === rows.length - 1,
                change: (next) => onChange(rows.map((one) => (one === row ? { ...one, ...next } : one))),
                wrong: (field) => (problems[`${path}.${at}.${field}`] ? true : undefined),
              })}
              <IconButton
                label={`Remove ${noun} ${at + 1}`}
                size="small-icon"
                disabled={rows.length < 2}
                onClick={() => onChange(rows.filter((one) => one !== row))}
              >
                <X size={14} />
              </IconButton>
            </div>
            {Object.entries(problems).map(
              ([place, text]) =>
                place.startsWith(`${path}.${at}.`) && (
                  <p key={place} role="alert" className="mt-1 text-sm text-error">
                    {place.slice(`${path}.${at}.`.length)}: {text}
                  </p>
                ),
            )}
          </li>
        ))}
      </ol>
      <Button size="small" className="mt-2" onClick={() => onChange([...rows, empty()])}>
        <Plus size={13} aria-hidden /> Add {/^[aeiou]/.test(noun) ? 'an' : 'a'} {noun}
      </Button>
    </div>
  )
}

type ArmsProps = { arms: Arm[]; aliases: string; problems: Problems; onChange: (arms: Arm[]) => void }
/** Between which models calls are divided, and in what parts. */
export function Arms({ arms, aliases, ...rest }: ArmsProps) {
  return (
    <Rows
      title="Arms"
      noun="arm"
      path="arms"
      rows={arms}
      empty={(): Arm => ({ key: nextKey(), name: '', model: '', weight: 50 })}
      {...rest}
    >
      {(arm, { at, change, wrong }) => (
        <>
          <Input
            aria-label={`Name of arm ${at + 1}`}
            placeholder="name"
            value={arm.name}
            onChange={({ target }) => change({ name: target.value })}
            aria-invalid={wrong('name')}
            className="max-w-36 shrink-0"
          />
          <Input
            aria-label={`Model of arm ${at + 1}`}
            placeholder="An alias or provider/model"
            list={aliases}
            value={arm.model}
            onChange={({ target }) => change({ model: target.value })}
            aria-invalid={wrong('model')}
            spellCheck={false}
            className="flex-1 font-mono text-sm"
          />
          <Input
            aria-label={`Weight of arm ${at + 1}`}
            inputMode="decimal"
            value={String(arm.weight ?? '')}
            onChange={({ target }) => change({ weight: readNumber(target.value) })}
            aria-invalid={wrong('weight')}
            className="max-w-20 text-right font-mono text-sm"
          />
        </>
      )}
    </Rows>
  )
}

type StepsProps = { steps: Step[]; problems: Problems; onChange: (steps: Step[]) => void }
/** What part of the calls a canary gets, and for how long; the last step stays. */
export function Steps({ steps, ...rest }: StepsProps) {
  return (
    <Rows title="Steps" noun="step" path="steps" rows={steps} empty={(): Step => ({ key: nextKey(), percent: 100, minutes: 60 })} {...rest}>
      {(step, { at, last, change, wrong }) => (
        <>
          <Input
            aria-label={`Percent of step ${at + 1}`}
            inputMode="decimal"
            value={String(step.percent ?? '')}
            onChange={({ target }) => change({ percent: readNumber(target.value) })}
            aria-invalid={wrong('percent')}
            className="max-w-20 text-right font-mono text-sm"
          />
          <span className="text-soft">% {last ? 'and stays' : 'for'}</span>
          {!last && (
            <>
              <Input
                aria-label={`Minutes of step ${at + 1}`}
                inputMode="numeric"
                value={String(step.minutes ?? '')}
                onChange={({ target }) => change({ minutes: readNumber(target.value) })}
                aria-invalid={wrong('minutes')}
                className="max-w-24 text-right font-mono text-sm"
              />
              <span className="text-soft">minutes</span>
            </>
          )}
        </>
      )}
    </Rows>
  )
}
