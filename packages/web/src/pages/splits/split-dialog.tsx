import { NewSplit, type ShownSplit, SplitChange } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { modelsQuery } from '../../data/queries.ts'
import { Chosen } from '../../ui/chosen.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { problemsOf, type Read, SaveForm } from '../../ui/save-form.tsx'
import { SchemaFields } from '../../ui/schema-fields.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { emptied, type Kind, type SplitDraft, toDraft, valuesOf } from './split-draft.ts'
import { Arms, Steps } from './split-rows.tsx'

type Props = {
  project: string
  /** The one to change; `null` adds one. */
  split: ShownSplit | null
  onSaved: (split: ShownSplit) => unknown
  onClose: () => void
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
  const [draft, setDraft] = useState<SplitDraft>(() => toDraft(split))
  const aliases = useId()
  const set = (next: Partial<SplitDraft>) => setDraft((before) => ({ ...before, ...next }))
  const { kind } = draft

  return (
    <Dialog
      open
      wide
      sticky
      onClose={onClose}
      title={split ? `Change “${split.name}”` : 'New split'}
      description="In effect at every edge as soon as it is saved."
    >
      <SaveForm
        submitLabel={split ? 'Save changes' : 'Add split'}
        onCancel={onClose}
        read={() => readSplit(draft, { project, split, onSaved })}
      >
        {(problems) => (
          <>
            {!split && (
              <>
                <Labelled title="Name" problem={problems.name}>
                  {(props) => (
                    <Input {...props} value={draft.name} onChange={({ target }) => set({ name: target.value })} spellCheck={false} />
                  )}
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
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}

function readSplit(draft: SplitDraft, { project, split, onSaved }: Pick<Props, 'project' | 'split' | 'onSaved'>): Read {
  const { splits } = clientFor(project)
  const given = valuesOf(draft)
  if (split) {
    const { data, error } = SplitChange.safeParse({ ...emptied(split, given), ...given })
    return error ? { problems: problemsOf(error) } : { send: async () => onSaved(await splits.change({ ...data, name: split.name })) }
  }
  const { data, error } = NewSplit.safeParse({ name: draft.name.trim(), kind: draft.kind, ...given })
  return error ? { problems: problemsOf(error) } : { send: async () => onSaved(await splits.create(data)) }
}

function By({ value, onChange }: { value: string; onChange: (by: string) => void }) {
  return (
    <Chosen
      title="Stay in one arm"
      value={value}
      choices={[
        { value: 'user', label: 'calls of one user' },
        { value: 'session', label: 'calls of one session' },
        { value: 'request', label: 'nobody: each call is drawn' },
      ]}
      onChange={onChange}
    />
  )
}
