import { Budget, type Currency, type ShownBudget } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keysQuery, modelsQuery } from '../../data/queries.ts'
import { Chosen } from '../../ui/chosen.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { problemsOf, type Read, SaveForm } from '../../ui/save-form.tsx'
import { SchemaFields } from '../../ui/schema-fields.tsx'

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
  const known = useId()
  const set = (next: Values) => setValues((before) => ({ ...before, ...next }))
  const text = (name: string) => String(values[name] ?? '')
  const scope = text('scope')
  const measure = text('measure')

  return (
    <Dialog
      open
      sticky
      onClose={onClose}
      title={budget ? `Change “${budget.name}”` : 'New budget'}
      description="In effect at every edge as soon as it is saved. What was used before counts."
    >
      <SaveForm
        submitLabel={budget ? 'Save changes' : 'Add budget'}
        onCancel={onClose}
        read={() => readBudget(values, { project, budget, onSaved })}
      >
        {(problems) => (
          <>
            {!budget && (
              <Labelled title="Name" help="Errors and answers name it." problem={problems.name}>
                {(given) => (
                  <Input {...given} value={text('name')} onChange={({ target }) => set({ name: target.value })} spellCheck={false} />
                )}
              </Labelled>
            )}
            <div className="grid grid-cols-2 items-start gap-3">
              <Chosen
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
              <Chosen
                title="What"
                value={measure}
                choices={MEASURES}
                onChange={(next) =>
                  set({
                    measure: next,
                    per:
                      next === 'concurrent' ? undefined : next === 'money' && values.per === 'minute' ? 'month' : (values.per ?? 'month'),
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
                <Chosen
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
              <Chosen
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
            <Labelled
              title="Only calls of"
              aside="optional"
              help="An alias or provider/model; a prefix may end in *."
              problem={problems.model}
            >
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
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}

type Saving = Pick<Props, 'project' | 'budget' | 'onSaved'>
/** The whole is checked, because fields must fit together; what was emptied is taken away. */
function readBudget(values: Values, { project, budget, onSaved }: Saving): Read {
  const { data, error } = Budget.safeParse({ ...given(values), ...(budget && { name: budget.name }) })
  if (error) return { problems: problemsOf(error, { top: true }) }
  const { budgets } = clientFor(project)
  return {
    send: async () => onSaved(await (budget ? budgets.change({ id: null, model: null, per: null, ...data }) : budgets.create(data))),
  }
}

const given = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))

function fieldsOf(budget: ShownBudget): Values {
  const { name: _, scope, id, model, measure, amount, per, warnAt, action } = budget
  return { scope, id, model, measure, amount, per: measure === 'concurrent' ? undefined : (per ?? 'month'), warnAt, action }
}
