import { Budget, type BudgetChange, type Currency, type ShownBudget } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useRef, useState } from 'react'
import type { z } from 'zod'
import { clientFor } from '../../data/client.ts'
import { keysQuery, modelsQuery } from '../../data/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SchemaFields } from '../../ui/schema-fields.tsx'
import { Select } from '../../ui/select.tsx'

type Props = {
  project: string
  /** The one to change; `null` adds one. */
  budget: ShownBudget | null
  currency: Currency | undefined
  onSaved: (budget: ShownBudget) => unknown
  onClose: () => void
}
type Values = Record<string, unknown>

const SCOPES = [
  { value: 'project', label: 'the project' },
  { value: 'organisation', label: 'the whole organisation' },
  { value: 'key', label: 'each key' },
  { value: 'user', label: 'each member, by their keys' },
  { value: 'team', label: 'each team' },
  { value: 'end-user', label: 'each end user of your app' },
]
const MEASURES = [
  { value: 'money', label: 'money' },
  { value: 'requests', label: 'requests' },
  { value: 'tokens', label: 'tokens' },
  { value: 'concurrent', label: 'calls at once' },
]
const ONLY: Record<string, string> = {
  key: 'Only the key',
  user: 'Only the member',
  team: 'Only the team',
  'end-user': 'Only the end user',
}

/** Adds a budget, or changes one that was added. Loaded when it is asked for. */
export default function BudgetDialog({ project, budget, currency, onSaved, onClose }: Props) {
  const keys = useQuery(keysQuery(project))
  const models = useQuery(modelsQuery(project))
  const [values, setValues] = useState<Values>(() =>
    budget ? fieldsOf(budget) : { scope: 'project', measure: 'money', per: 'month', action: 'block' },
  )
  const [problems, setProblems] = useState<Record<string, string>>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const form = useRef<HTMLFormElement>(null)
  const known = useId()
  const set = (next: Values) => setValues((before) => ({ ...before, ...next }))
  const text = (name: string) => String(values[name] ?? '')
  const scope = text('scope')
  const measure = text('measure')

  async function submit(event: FormEvent) {
    event.preventDefault()
    const save = budget ? saveChange(project, budget, values) : saveNew(project, values)
    setProblems(save.problems)
    if (!save.run) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
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
      sticky
      onClose={onClose}
      title={budget ? `Change “${budget.name}”` : 'New budget'}
      description="In effect at every edge as soon as it is saved. What was used before counts."
    >
      <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        {!budget && (
          <Labelled title="Name" help="Errors and answers name it." problem={problems.name}>
            {(given) => <Input {...given} value={text('name')} onChange={({ target }) => set({ name: target.value })} spellCheck={false} />}
          </Labelled>
        )}
        <div className="grid grid-cols-2 items-start gap-3">
          <Choice
            title="Of"
            value={scope}
            choices={SCOPES}
            onChange={(next) => set({ scope: next, ...(next !== scope && { id: undefined }) })}
          />
          {ONLY[scope] && (
            <Labelled title={ONLY[scope]} aside="optional" problem={problems.id}>
              {(given) => (
                <Input
                  {...given}
                  value={text('id')}
                  placeholder="each of them"
                  {...(scope === 'key' && { list: `${known}-keys` })}
                  onChange={({ target }) => set({ id: target.value || undefined })}
                  autoComplete="off"
                />
              )}
            </Labelled>
          )}
        </div>
        <div className="grid grid-cols-3 items-start gap-3">
          <Choice
            title="What"
            value={measure}
            choices={MEASURES}
            onChange={(next) =>
              set({
                measure: next,
                per: next === 'concurrent' ? undefined : next === 'money' && values.per === 'minute' ? 'month' : (values.per ?? 'month'),
              })
            }
          />
          <SchemaFields
            schema={Budget}
            only={['amount']}
            titles={{ amount: measure === 'money' ? `Amount (${currency?.code ?? 'USD'})` : 'Amount' }}
            values={values}
            problems={problems}
            onChange={(next) => set({ amount: next.amount })}
            className="!grid-cols-1 [&_p[id$=help]]:hidden"
          />
          {measure !== 'concurrent' && (
            <Choice
              title="A"
              value={text('per')}
              choices={[
                { value: 'month', label: 'month' },
                { value: 'day', label: 'day' },
                ...(measure === 'money' ? [] : [{ value: 'minute', label: 'minute' }]),
              ]}
              onChange={(per) => set({ per })}
            />
          )}
        </div>
        <div className="grid grid-cols-2 items-start gap-3">
          <Choice
            title="When it is used up"
            value={text('action')}
            choices={[
              { value: 'block', label: 'refuse calls' },
              { value: 'warn', label: 'only warn' },
            ]}
            onChange={(action) => set({ action })}
          />
          <SchemaFields
            schema={Budget}
            only={['warnAt']}
            titles={{ warnAt: 'Warn from (0 to 1)' }}
            values={values}
            problems={problems}
            onChange={(next) => set({ warnAt: next.warnAt })}
            className="!grid-cols-1 [&_p[id$=help]]:hidden"
          />
        </div>
        <Labelled title="Only calls of" aside="optional" help="An alias or provider/model; a prefix may end in *." problem={problems.model}>
          {(given) => (
            <Input
              {...given}
              list={`${known}-models`}
              value={text('model')}
              onChange={({ target }) => set({ model: target.value || undefined })}
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
        <datalist id={`${known}-keys`}>
          {(keys.data ?? [])
            .filter(({ revokedAt }) => revokedAt === null)
            .map(({ id, name }) => (
              <option key={id} value={name} />
            ))}
        </datalist>
        <datalist id={`${known}-models`}>
          {(models.data ?? []).map(({ name, hidden }) => !hidden && <option key={name} value={name} />)}
        </datalist>
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={state.busy}>
            {budget ? 'Save changes' : 'Add budget'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type ChoiceProps = { title: string; value: string; choices: { value: string; label: string }[]; onChange: (value: string) => void }
function Choice({ title, value, choices, onChange }: ChoiceProps) {
  return (
    <div className="min-w-0">
      <p className="mb-1 font-medium">{title}</p>
      <Select label={title} value={value} choices={choices} onChange={onChange} />
    </div>
  )
}

type Save = { problems: Record<string, string>; run?: () => Promise<ShownBudget> }
function saveNew(project: string, values: Values): Save {
  const { data, error } = Budget.safeParse(given(values))
  return error ? { problems: problemsOf(error) } : { problems: {}, run: () => clientFor(project).budgets.create(data) }
}
/** The whole is checked, because fields must fit together; what was emptied is taken away. */
function saveChange(project: string, { name }: ShownBudget, values: Values): Save {
  const whole = Budget.safeParse({ ...given(values), name })
  if (whole.error) return { problems: problemsOf(whole.error) }
  const { name: _, ...fields } = whole.data
  const change: BudgetChange = { id: null, model: null, per: null, ...fields }
  return { problems: {}, run: () => clientFor(project).budgets.change({ ...change, name }) }
}

const given = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))
const problemsOf = ({ issues }: z.ZodError): Record<string, string> =>
  Object.fromEntries(issues.map(({ path, message }) => [String(path[0] ?? ''), message]).reverse())

function fieldsOf(budget: ShownBudget): Values {
  const { name: _, scope, id, model, measure, amount, per, warnAt, action } = budget
  return { scope, id, model, measure, amount, per: measure === 'concurrent' ? undefined : (per ?? 'month'), warnAt, action }
}
