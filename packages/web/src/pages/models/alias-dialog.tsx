import { Breaker, FailureClass, type Model, ModelCache, ModelEntry, Retries, Strategy, Timeouts } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { z } from 'zod'
import { clientFor } from '../../data/client.ts'
import { providersQuery, valuesQuery } from '../../data/queries.ts'
import { Checkbox, Tick } from '../../ui/checkbox.tsx'
import { Chosen } from '../../ui/chosen.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { type Problems, type Read, SaveForm } from '../../ui/save-form.tsx'
import { SchemaFields } from '../../ui/schema-fields.tsx'
import { type AliasDraft, readChange, readNew, toDraft } from './alias-draft.ts'
import { RuleList } from './rule-list.tsx'
import { STRATEGIES } from './strategies.ts'
import { TargetList } from './target-list.tsx'

type Props = {
  project: string
  /** The one to change; `null` adds one. */
  model: Model | null
  onSaved: (model: Model) => unknown
  onClose: () => void
}

/** Adds an alias, or changes one that was added. Loaded when it is asked for. */
export default function AliasDialog({ project, model, onSaved, onClose }: Props) {
  const providers = useQuery(providersQuery(project))
  return (
    <Dialog
      open
      wide
      sticky
      onClose={onClose}
      title={model ? `Change “${model.name}”` : 'New alias'}
      description={model ? 'In effect at every edge as soon as it is saved.' : 'Apps can ask for it as soon as it is saved, at every edge.'}
    >
      {providers.data ? (
        <Form
          project={project}
          model={model}
          providers={providers.data.map(({ name }) => name)}
          first={(providers.data.find(({ configured, kind }) => configured && kind !== 'simulator') ?? providers.data[0])?.name ?? ''}
          onSaved={onSaved}
          onClose={onClose}
        />
      ) : (
        providers.error && <ErrorNote error={providers.error} retry={() => providers.refetch()} />
      )}
    </Dialog>
  )
}

function Form({ project, model, providers, first, onSaved, onClose }: Props & { providers: string[]; first: string }) {
  const [draft, setDraft] = useState<AliasDraft>(() => toDraft(model, first))
  const seen = useQuery(valuesQuery({ project, field: 'model' }))
  const models = (seen.data ?? []).map(({ value }) => value)
  const set = (next: Partial<AliasDraft>) => setDraft((before) => ({ ...before, ...next }))
  return (
    <SaveForm
      submitLabel={model ? 'Save changes' : 'Add alias'}
      onCancel={onClose}
      read={() => readAlias(draft, { project, model, onSaved })}
    >
      {(problems) => <AliasFields draft={draft} set={set} isNew={!model} providers={providers} models={models} problems={problems} />}
    </SaveForm>
  )
}

type FieldsProps = {
  draft: AliasDraft
  set: (next: Partial<AliasDraft>) => void
  isNew: boolean
  providers: string[]
  models: string[]
  problems: Problems
}
function AliasFields({ draft, set, isNew, providers, models, problems }: FieldsProps) {
  const { strategy } = draft
  const of = (part: string): Problems =>
    Object.fromEntries(
      Object.entries(problems).flatMap(([path, text]) => (path.startsWith(`${part}.`) ? [[path.slice(part.length + 1), text]] : [])),
    )

  return (
    <>
      {isNew && (
        <Labelled title="Name" help="What an app asks for." problem={problems.name}>
          {(props) => <Input {...props} value={draft.name} onChange={(event) => set({ name: event.target.value })} spellCheck={false} />}
        </Labelled>
      )}
      <Chosen
        title="Strategy"
        help={STRATEGIES[strategy].does}
        value={strategy}
        choices={Strategy.options.map((value) => ({ value, label: STRATEGIES[value].title }))}
        onChange={(next) => set({ strategy: next })}
      />
      <StrategyOptions draft={draft} set={set} problems={problems} of={of} />
      {strategy === 'rules' && (
        <div>
          <p className="mb-1 font-medium">Rules</p>
          <RuleList rules={draft.rules} onChange={(rules) => set({ rules })} providers={providers} models={models} problems={problems} />
        </div>
      )}
      <div>
        <p className="mb-1 font-medium">{strategy === 'rules' ? 'Otherwise to' : 'Targets'}</p>
        <TargetList
          label="Targets"
          path="targets"
          targets={draft.targets}
          strategy={strategy}
          providers={providers}
          models={models}
          problems={problems}
          onChange={(targets) => set({ targets })}
        />
        {problems.targets && (
          <p role="alert" className="mt-1 text-sm text-error">
            {problems.targets}
          </p>
        )}
      </div>
      <div className="divide-y divide-line rounded-md border border-line">
        <More title="Retries and fallback" set={Object.keys(draft.retries).length > 0}>
          <SchemaFields schema={Retries} values={draft.retries} onChange={(retries) => set({ retries })} problems={of('retries')} />
          <FallbackOn chosen={draft.fallbackOn} onChange={(fallbackOn) => set({ fallbackOn })} />
        </More>
        <More title="Timeouts" set={Object.keys(draft.timeouts).length > 0}>
          <SchemaFields schema={Timeouts} values={draft.timeouts} onChange={(timeouts) => set({ timeouts })} problems={of('timeouts')} />
        </More>
        <More title="Breaker" set={draft.breaker === false || Object.keys(draft.breaker).length > 0}>
          <Tick checked={draft.breaker !== false} onChange={(on) => set({ breaker: on ? {} : false })}>
            Leave a target alone for a while when too many of its calls fail
          </Tick>
          {draft.breaker !== false && (
            <SchemaFields
              schema={Breaker}
              values={draft.breaker}
              onChange={(breaker) => set({ breaker })}
              problems={of('breaker')}
              className="mt-3"
            />
          )}
        </More>
        <More title="Cache" set={Object.keys(draft.cache).length > 0}>
          <Tick checked={Object.keys(draft.cache).length > 0} onChange={(on) => set({ cache: on ? { mode: 'exact' } : {} })}>
            Keep answers and give them again
          </Tick>
          {Object.keys(draft.cache).length > 0 && (
            <SchemaFields
              schema={ModelCache}
              values={draft.cache}
              only={draft.cache.mode === 'semantic' ? ['mode', 'ttlSeconds', 'similarity', 'embeddings'] : ['mode', 'ttlSeconds']}
              titles={{ ttlSeconds: 'Kept for (s)' }}
              onChange={(cache) => set({ cache })}
              problems={of('cache')}
              className="mt-3"
            />
          )}
        </More>
        <More title="Regions" set={draft.regions !== ''}>
          <Labelled title="Regions" help={metaOf(ModelEntry.shape.regions)} problem={problems.regions}>
            {(props) => (
              <Input {...props} placeholder="eu, us" value={draft.regions} onChange={(event) => set({ regions: event.target.value })} />
            )}
          </Labelled>
        </More>
      </div>
    </>
  )
}

function readAlias(draft: AliasDraft, { project, model, onSaved }: Pick<Props, 'project' | 'model' | 'onSaved'>): Read {
  const { models } = clientFor(project)
  if (model) {
    const { value, problems } = readChange(draft)
    return problems ? { problems } : { send: async () => onSaved(await models.change({ ...value, name: model.name })) }
  }
  const { value, problems } = readNew(draft)
  return problems ? { problems } : { send: async () => onSaved(await models.create(value)) }
}

type OptionsProps = { draft: AliasDraft; set: (next: Partial<AliasDraft>) => void; problems: Problems; of: (part: string) => Problems }
/** What belongs to one strategy only. */
function StrategyOptions({ draft, set, problems, of }: OptionsProps) {
  if (draft.strategy === 'sticky') {
    return (
      <Labelled title="Sticky by" help="user, session, key or metadata.NAME. The user where it is empty." problem={problems.stickyBy}>
        {(props) => (
          <Input {...props} placeholder="user" value={draft.stickyBy} onChange={(event) => set({ stickyBy: event.target.value })} />
        )}
      </Labelled>
    )
  }
  if (draft.strategy === 'latency') {
    return (
      <SchemaFields
        schema={inner(ModelEntry.shape.latency)}
        values={draft.latency}
        onChange={(latency) => set({ latency })}
        problems={of('latency')}
        titles={{ by: 'What is to be least' }}
      />
    )
  }
  if (draft.strategy === 'cost') {
    return (
      <SchemaFields
        schema={inner(ModelEntry.shape.cost)}
        values={draft.cost}
        onChange={(cost) => set({ cost })}
        problems={of('cost')}
        titles={{ maxErrorRate: 'Max error rate (0 to 1)' }}
      />
    )
  }
  if (draft.strategy === 'complexity') {
    return (
      <SchemaFields
        schema={inner(ModelEntry.shape.complexity)}
        values={draft.complexity}
        onChange={(complexity) => set({ complexity })}
        problems={of('complexity')}
        titles={{ threshold: 'Hard from a score of' }}
      />
    )
  }
  return null
}

const inner = <S extends z.ZodObject>(schema: z.ZodOptional<S>): S => schema.unwrap()
const metaOf = (schema: z.ZodType): string => ((schema.meta() ?? {}) as { description?: string }).description ?? ''

/** What is rarely set is folded away, and says that it is set. */
function More({ title, set, children }: { title: string; set: boolean; children: ReactNode }) {
  return (
    <details className="group">
      <summary className="flex h-9 cursor-pointer list-none items-center gap-1.5 rounded-md px-2.5 select-none hover:bg-surface-0">
        <ChevronRight size={14} className="text-faint group-open:rotate-90" aria-hidden />
        {title}
        <span className="ml-auto text-sm text-faint">{set ? 'set' : 'as usual'}</span>
      </summary>
      <div className="px-3 pt-1 pb-3">{children}</div>
    </details>
  )
}

function FallbackOn({ chosen, onChange }: { chosen: readonly FailureClass[]; onChange: (chosen: FailureClass[]) => void }) {
  return (
    <fieldset className="mt-3">
      <legend className="mb-1 font-medium">Try another target after</legend>
      <div className="grid grid-cols-3 gap-x-3">
        {FailureClass.options.map((name) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the control is the checkbox inside.
          <label key={name} className="flex h-7 items-center gap-2 font-mono text-sm">
            <Checkbox
              label={name}
              checked={chosen.includes(name)}
              onChange={(on) => onChange(FailureClass.options.filter((one) => (one === name ? on : chosen.includes(one))))}
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
