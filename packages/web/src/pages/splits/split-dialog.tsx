import { NewSplit, type ShownSplit, SplitChange } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { type FormEvent, useId, useRef, useState } from 'react'
import type { z } from 'zod'
import { clientFor } from '../../data/client.ts'
import { modelsQuery } from '../../data/queries.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { readNumber, SchemaFields } from '../../ui/schema-fields.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'

type Props = {
  project: string
  /** The one to change; `null` adds one. */
  split: ShownSplit | null
  onSaved: (split: ShownSplit) => unknown
  onClose: () => void
}

type Kind = ShownSplit['kind']
type Arm = { key: number; name: string; model: string; weight: unknown }
type Step = { key: number; percent: unknown; minutes: unknown }
type Draft = {
  name: string
  kind: Kind
  model: string
  to: string
  by: string
  startsAt: string
  arms: Arm[]
  steps: Step[]
  fields: Record<string, unknown>
}

const KINDS: { value: Kind; label: string; does: string }[] = [
  { value: 'weights', label: 'Weights', does: 'The calls are divided between arms, to compare them.' },
  {
    value: 'shadow',
    label: 'Shadow',
    does: 'A part of the calls is made once more elsewhere, after the answer. Nobody sees those answers.',
  },
  { value: 'canary', label: 'Canary', does: 'The calls are moved to another model in steps, and back where too much fails.' },
]

/** Adds a split, or changes one that was added. Loaded when it is asked for. */
export default function SplitDialog({ project, split, onSaved, onClose }: Props) {
  const models = useQuery(modelsQuery(project))
  const [draft, setDraft] = useState<Draft>(() => toDraft(split))
  const [problems, setProblems] = useState<Record<string, string>>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const form = useRef<HTMLFormElement>(null)
  const aliases = useId()
  const set = (next: Partial<Draft>) => setDraft((before) => ({ ...before, ...next }))
  const { kind } = draft

  async function submit(event: FormEvent) {
    event.preventDefault()
    const save = split ? saveChange(project, split, draft) : saveNew(project, draft)
    if (!save.run) {
      setProblems(save.problems)
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    setProblems({})
    setState({ busy: true, error: null })
    try {
      onSaved(await save.run())
    } catch (error) {
      setState({ busy: false, error })
    }
  }

  return (
    <Dialog
      open
      wide
      sticky
      onClose={onClose}
      title={split ? `Change “${split.name}”` : 'New split'}
      description="In effect at every edge as soon as it is saved."
    >
      <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        {!split && (
          <>
            <Labelled title="Name" problem={problems.name}>
              {(props) => <Input {...props} value={draft.name} onChange={({ target }) => set({ name: target.value })} spellCheck={false} />}
            </Labelled>
            <div>
              <Segmented label="Kind" value={kind} choices={KINDS} onChange={(next) => set({ kind: next })} />
              <p className="mt-1 text-sm text-faint">{KINDS.find(({ value }) => value === kind)?.does}</p>
            </div>
          </>
        )}
        <div className="grid grid-cols-2 gap-3">
          <Labelled title="Calls of" help="The alias whose calls are split." problem={problems.model}>
            {(props) => (
              <Input
                {...props}
                list={aliases}
                value={draft.model}
                onChange={({ target }) => set({ model: target.value })}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
          {kind === 'weights' ? (
            <By value={draft.by} onChange={(by) => set({ by })} />
          ) : (
            <Labelled title="To" help="An alias or provider/model." problem={problems.to}>
              {(props) => (
                <Input
                  {...props}
                  list={aliases}
                  value={draft.to}
                  onChange={({ target }) => set({ to: target.value })}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
          )}
        </div>
        <datalist id={aliases}>
          {(models.data ?? [])
            .filter(({ hidden }) => !hidden)
            .map(({ name }) => (
              <option key={name} value={name} />
            ))}
        </datalist>
        {kind === 'weights' && <Arms arms={draft.arms} aliases={aliases} problems={problems} onChange={(arms) => set({ arms })} />}
        {kind === 'shadow' && (
          <SchemaFields
            schema={NewSplit}
            only={['sample', 'budgetUsdPerDay']}
            titles={{ sample: 'Part (0 to 1)', budgetUsdPerDay: 'Budget a day (USD)' }}
            values={draft.fields}
            problems={problems}
            onChange={(fields) => set({ fields })}
          />
        )}
        {kind === 'canary' && (
          <>
            <div className="grid grid-cols-2 gap-3">
              <Labelled title="Begins" help="In your time." problem={problems.startsAt}>
                {(props) => (
                  <Input
                    {...props}
                    type="datetime-local"
                    value={draft.startsAt}
                    onChange={({ target }) => set({ startsAt: target.value })}
                  />
                )}
              </Labelled>
              <By value={draft.by} onChange={(by) => set({ by })} />
            </div>
            <Steps steps={draft.steps} problems={problems} onChange={(steps) => set({ steps })} />
            <SchemaFields
              schema={NewSplit}
              only={['stopAtErrorRate']}
              titles={{ stopAtErrorRate: 'Stop at an error rate of (0 to 1)' }}
              values={draft.fields}
              problems={problems}
              onChange={(fields) => set({ fields })}
            />
          </>
        )}
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={state.busy}>
            {split ? 'Save changes' : 'Add split'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type Save = { problems: Record<string, string>; run?: () => Promise<ShownSplit> }
function saveNew(project: string, draft: Draft): Save {
  const { data, error } = NewSplit.safeParse({ name: draft.name.trim(), kind: draft.kind, ...valuesOf(draft) })
  return error ? { problems: problemsOf(error) } : { problems: {}, run: () => clientFor(project).splits.create(data) }
}
function saveChange(project: string, split: ShownSplit, draft: Draft): Save {
  const given = valuesOf(draft)
  const { data, error } = SplitChange.safeParse({ ...emptied(split, given), ...given })
  return error
    ? { problems: problemsOf(error) }
    : { problems: {}, run: () => clientFor(project).splits.change({ ...data, name: split.name }) }
}
const problemsOf = ({ issues }: z.ZodError): Record<string, string> =>
  Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]).reverse())

function By({ value, onChange }: { value: string; onChange: (by: string) => void }) {
  return (
    <div>
      <p className="mb-1 font-medium">Stay in one arm</p>
      <Select
        label="Stay in one arm"
        value={value}
        choices={[
          { value: 'user', label: 'calls of one user' },
          { value: 'session', label: 'calls of one session' },
          { value: 'request', label: 'nobody: each call is drawn' },
        ]}
        onChange={onChange}
      />
    </div>
  )
}

type ArmsProps = { arms: Arm[]; aliases: string; problems: Record<string, string>; onChange: (arms: Arm[]) => void }
function Arms({ arms, aliases, problems, onChange }: ArmsProps) {
  const change = (at: number, next: Partial<Arm>) => onChange(arms.map((arm, place) => (place === at ? { ...arm, ...next } : arm)))
  return (
    <div>
      <p className="mb-1 font-medium">Arms</p>
      <ol aria-label="Arms" className="flex flex-col gap-1.5">
        {arms.map((arm, at) => (
          <li key={arm.key}>
            <div className="flex items-center gap-1.5">
              <Input
                aria-label={`Name of arm ${at + 1}`}
                placeholder="name"
                value={arm.name}
                onChange={({ target }) => change(at, { name: target.value })}
                aria-invalid={problems[`arms.${at}.name`] ? true : undefined}
                className="max-w-36 shrink-0"
              />
              <Input
                aria-label={`Model of arm ${at + 1}`}
                placeholder="An alias or provider/model"
                list={aliases}
                value={arm.model}
                onChange={({ target }) => change(at, { model: target.value })}
                aria-invalid={problems[`arms.${at}.model`] ? true : undefined}
                spellCheck={false}
                className="flex-1 font-mono text-sm"
              />
              <Input
                aria-label={`Weight of arm ${at + 1}`}
                inputMode="decimal"
                value={String(arm.weight ?? '')}
                onChange={({ target }) => change(at, { weight: readNumber(target.value) })}
                aria-invalid={problems[`arms.${at}.weight`] ? true : undefined}
                className="max-w-20 text-right font-mono text-sm"
              />
              <IconButton
                label={`Remove arm ${at + 1}`}
                size="small-icon"
                disabled={arms.length < 2}
                onClick={() => onChange(arms.filter((_, place) => place !== at))}
              >
                <X size={14} />
              </IconButton>
            </div>
            <RowProblems problems={problems} path={`arms.${at}`} />
          </li>
        ))}
      </ol>
      <Button size="small" className="mt-2" onClick={() => onChange([...arms, { key: nextKey(), name: '', model: '', weight: 50 }])}>
        <Plus size={13} aria-hidden /> Add an arm
      </Button>
    </div>
  )
}

type StepsProps = { steps: Step[]; problems: Record<string, string>; onChange: (steps: Step[]) => void }
function Steps({ steps, problems, onChange }: StepsProps) {
  const change = (at: number, next: Partial<Step>) => onChange(steps.map((step, place) => (place === at ? { ...step, ...next } : step)))
  return (
    <div>
      <p className="mb-1 font-medium">Steps</p>
      <ol aria-label="Steps" className="flex flex-col gap-1.5">
        {steps.map((step, at) => {
          const last = at === steps.length - 1
          return (
            <li key={step.key}>
              <div className="flex items-center gap-2">
                <Input
                  aria-label={`Percent of step ${at + 1}`}
                  inputMode="decimal"
                  value={String(step.percent ?? '')}
                  onChange={({ target }) => change(at, { percent: readNumber(target.value) })}
                  aria-invalid={problems[`steps.${at}.percent`] ? true : undefined}
                  className="max-w-20 text-right font-mono text-sm"
                />
                <span className="text-soft">% {last ? 'and stays' : 'for'}</span>
                {!last && (
                  <>
                    <Input
                      aria-label={`Minutes of step ${at + 1}`}
                      inputMode="numeric"
                      value={String(step.minutes ?? '')}
                      onChange={({ target }) => change(at, { minutes: readNumber(target.value) })}
                      aria-invalid={problems[`steps.${at}.minutes`] ? true : undefined}
                      className="max-w-24 text-right font-mono text-sm"
                    />
                    <span className="text-soft">minutes</span>
                  </>
                )}
                <IconButton
                  label={`Remove step ${at + 1}`}
                  size="small-icon"
                  disabled={steps.length < 2}
                  onClick={() => onChange(steps.filter((_, place) => place !== at))}
                >
                  <X size={14} />
                </IconButton>
              </div>
              <RowProblems problems={problems} path={`steps.${at}`} />
            </li>
          )
        })}
      </ol>
      <Button size="small" className="mt-2" onClick={() => onChange([...steps, { key: nextKey(), percent: 100, minutes: 60 }])}>
        <Plus size={13} aria-hidden /> Add a step
      </Button>
    </div>
  )
}

function RowProblems({ problems, path }: { problems: Record<string, string>; path: string }) {
  return Object.entries(problems)
    .filter(([place]) => place.startsWith(`${path}.`))
    .map(([place, text]) => (
      <p key={place} role="alert" className="mt-1 text-sm text-error">
        {place.slice(path.length + 1)}: {text}
      </p>
    ))
}

let count = 0
const nextKey = () => ++count

function toDraft(split: ShownSplit | null): Draft {
  return {
    name: split?.name ?? '',
    kind: split?.kind ?? 'weights',
    model: split?.model ?? '',
    to: split?.to ?? '',
    by: split?.by ?? 'user',
    startsAt: localTime(split?.startsAt ? new Date(split.startsAt) : new Date()),
    arms: (
      split?.arms ?? [
        { name: 'before', model: '', weight: 50 },
        { name: 'after', model: '', weight: 50 },
      ]
    ).map((arm) => ({ key: nextKey(), ...arm })),
    steps: (split?.steps ?? [{ percent: 5, minutes: 60 }, { percent: 25, minutes: 240 }, { percent: 100 }]).map((step) => ({
      key: nextKey(),
      percent: step.percent,
      minutes: step.minutes ?? 60,
    })),
    fields: {
      ...(split?.sample !== undefined && { sample: split.sample }),
      ...(split?.budgetUsdPerDay !== undefined && { budgetUsdPerDay: split.budgetUsdPerDay }),
      ...(split?.stopAtErrorRate !== undefined && { stopAtErrorRate: split.stopAtErrorRate }),
    },
  }
}

/** As a field for a moment wants it: local, without seconds. */
const localTime = (date: Date): string => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** Only what belongs to the kind. */
function valuesOf({ kind, model, to, by, startsAt, arms, steps, fields }: Draft): Record<string, unknown> {
  const begins = new Date(startsAt)
  const pick = (...names: string[]) => Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])))
  const own: Record<Kind, () => Record<string, unknown>> = {
    weights: () => ({ by, arms: arms.map(({ name, model: to, weight }) => ({ name: name.trim(), model: to.trim(), weight })) }),
    shadow: () => ({ to: to.trim(), ...pick('sample', 'budgetUsdPerDay') }),
    canary: () => ({
      to: to.trim(),
      by,
      startsAt: Number.isNaN(begins.getTime()) ? startsAt : begins.toISOString(),
      steps: steps.map(({ percent, minutes }, at) => ({ percent, ...(at < steps.length - 1 && { minutes }) })),
      ...pick('stopAtErrorRate'),
    }),
  }
  return { model: model.trim(), ...own[kind]() }
}

/** What was there and is not any more is taken away. */
const emptied = (split: ShownSplit, given: Record<string, unknown>): Record<string, null> =>
  Object.fromEntries(
    (['sample', 'budgetUsdPerDay', 'stopAtErrorRate'] as const).flatMap((name) =>
      split[name] !== undefined && !(name in given) ? [[name, null]] : [],
    ),
  )
