import type { DatasetRow, DatasetRule } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Bot, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { datasetChanged, datasetRulesQuery } from '../../../data/datasets.ts'
import { useMay } from '../../../data/may.ts'
import { modelsQuery } from '../../../data/queries.ts'
import { useProject } from '../../../data/view.ts'
import { cellText } from '../../../lib/cell-text.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Tick } from '../../../ui/checkbox.tsx'
import { ErrorNote, toastError } from '../../../ui/error-note.tsx'
import { Input, inputStyle } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Ago, Money } from '../../../ui/values.tsx'
import { isSplit, SPLIT_CHOICES } from '../splits.ts'

/** What fills a dataset without a file: rules over the calls that come in, and a model that writes more of the same. */
export default function Fill({ dataset }: { dataset: DatasetRow }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div tabIndex={0} className="h-full overflow-y-auto px-6 py-4 outline-none focus-visible:outline-2 focus-visible:-outline-offset-2">
      <div className="flex max-w-[1100px] flex-col gap-4">
        <Rules dataset={dataset} />
        <Synthesis dataset={dataset} />
      </div>
    </div>
  )
}

function Rules({ dataset: { name, archivedAt } }: { dataset: DatasetRow }) {
  const project = useProject()
  const cache = useQueryClient()
  const mayWrite = useMay()('datasets:write') && !archivedAt
  const rules = useQuery(datasetRulesQuery(project, name))
  const [adding, setAdding] = useState(false)
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      toastError(error)
    }
    await datasetChanged(cache, project)
  }
  return (
    <Panel
      title="Rules"
      description="Calls that a rule takes become items ten minutes after they began; what says nearly the same as an item is left out."
      actions={
        mayWrite && (
          <Button size="small" onClick={() => setAdding(!adding)} aria-expanded={adding}>
            <Plus size={13} aria-hidden /> New rule
          </Button>
        )
      }
    >
      {adding && <NewRule name={name} onEnd={() => setAdding(false)} />}
      <Loaded query={rules} skeleton={<SkeletonRows rows={2} />}>
        {(list) =>
          list.length === 0 ? (
            <p className="p-3 text-soft">No rule: nothing comes in by itself.</p>
          ) : (
            <ul aria-label="Rules">
              {list.map((rule) => (
                <li key={rule.id} className="flex min-h-9 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1 last:border-b-0">
                  <span className="min-w-0 flex-1">
                    {describe(rule)}
                    {rule.problem && <span className="block text-sm text-error">{rule.problem}</span>}
                  </span>
                  <span className="tabular text-sm text-faint">
                    {plural(rule.added, 'item')}
                    {rule.skipped > 0 && `, ${formatCount(rule.skipped)} left out`}
                    {rule.missing > 0 && `, ${formatCount(rule.missing)} without content`}; looked <Ago time={rule.lookedAt} />
                  </span>
                  {mayWrite && (
                    <>
                      <Button
                        size="small"
                        onClick={() => act(() => clientFor(project).datasetRules.change({ name, id: rule.id, enabled: !rule.enabled }))}
                      >
                        {rule.enabled ? 'Let it rest' : 'Go on'}
                      </Button>
                      <IconButton
                        label="Remove the rule"
                        size="small-icon"
                        onClick={() => act(() => clientFor(project).datasetRules.remove({ name, id: rule.id }))}
                      >
                        <Trash2 size={14} />
                      </IconButton>
                    </>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}

function describe({ filter, rate, mostPerDay, enabled, split, tags }: DatasetRule): string {
  const which =
    filter.length === 0
      ? 'every call'
      : `calls where ${filter.map(({ field, op, value }) => `${field} ${op} ${cellText(value)}`).join(' and ')}`
  const where = [...(split ? [split] : []), ...tags].join(', ')
  return `${enabled ? '' : 'Resting: '}${Math.round(rate * 10_000) / 100}% of ${which}, ${mostPerDay} a day at most${where && ` → ${where}`}`
}

const PRESETS = [
  { value: 'errors', label: 'that failed', filter: [{ field: 'status', op: 'eq' as const, value: 'error' }] },
  { value: 'down', label: 'with a thumbs down', filter: [{ field: 'score.thumbs', op: 'eq' as const, value: 0 }] },
  { value: 'prompt', label: 'with a prompt…', filter: [] },
  { value: 'model', label: 'of a model…', filter: [] },
  { value: 'all', label: 'of any kind', filter: [] },
] as const
type Preset = (typeof PRESETS)[number]['value']

function NewRule({ name, onEnd }: { name: string; onEnd: () => void }) {
  const project = useProject()
  const cache = useQueryClient()
  const [preset, setPreset] = useState<Preset>('down')
  const [value, setValue] = useState('')
  const [rate, setRate] = useState('100')
  const [most, setMost] = useState('100')
  const [split, setSplit] = useState('')
  const [error, setError] = useState<unknown>(null)
  const named = preset === 'prompt' || preset === 'model'
  async function add(event: FormEvent) {
    event.preventDefault()
    const filter = named
      ? [{ field: preset === 'prompt' ? 'promptName' : 'model', op: 'eq' as const, value }]
      : [...(PRESETS.find((one) => one.value === preset)?.filter ?? [])]
    try {
      await clientFor(project).datasetRules.create({
        name,
        filter: [...filter, { field: 'kind', op: 'eq', value: 'llm' }],
        rate: Number(rate) / 100,
        mostPerDay: Number(most),
        ...(isSplit(split) && { split }),
      })
      await datasetChanged(cache, project)
      toast({ title: 'The rule looks at calls from now on' })
      onEnd()
    } catch (cause) {
      setError(cause)
    }
  }
  return (
    <form onSubmit={add} className="flex flex-col gap-3 border-b border-line bg-surface-0 p-3">
      <div className="flex flex-wrap items-end gap-3">
        <Labelled title="Calls">
          {() => <NativeSelect label="Calls" value={preset} choices={PRESETS} onChange={setPreset} className="w-44" />}
        </Labelled>
        {named && (
          <Labelled title="Called">
            {(given) => (
              <Input
                {...given}
                required
                value={value}
                onChange={({ target }) => setValue(target.value)}
                className="w-44"
                autoComplete="off"
              />
            )}
          </Labelled>
        )}
        <Labelled title="Share (%)">
          {(given) => (
            <Input
              {...given}
              inputMode="decimal"
              value={rate}
              onChange={({ target }) => setRate(target.value)}
              style={{ width: 80 }}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
        <Labelled title="A day at most">
          {(given) => (
            <Input
              {...given}
              inputMode="numeric"
              value={most}
              onChange={({ target }) => setMost(target.value)}
              style={{ width: 96 }}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
        <Labelled title="Into">
          {() => (
            <NativeSelect label="Into" value={isSplit(split) ? split : ''} choices={SPLIT_CHOICES} onChange={setSplit} className="w-32" />
          )}
        </Labelled>
        <Button kind="primary" type="submit">
          Begin
        </Button>
        <Button onClick={onEnd}>Cancel</Button>
      </div>
      {error !== null && <ErrorNote error={error} />}
    </form>
  )
}

function Synthesis({ dataset: { name, archivedAt } }: { dataset: DatasetRow }) {
  const project = useProject()
  const cache = useQueryClient()
  const may = useMay()
  const models = useQuery(modelsQuery(project)).data ?? []
  const [model, setModel] = useState('')
  const [count, setCount] = useState('10')
  const [instruction, setInstruction] = useState('')
  const [dryRun, setDryRun] = useState(false)
  const [state, setState] = useState<{ busy: boolean; error: unknown; made: Output<'datasetSynthesis.run'> | undefined }>({
    busy: false,
    error: null,
    made: undefined,
  })
  async function run(event: FormEvent) {
    event.preventDefault()
    setState({ busy: true, error: null, made: undefined })
    try {
      const made = await clientFor(project).datasetSynthesis.run({ name, model, count: Number(count), instruction, dryRun })
      setState({ busy: false, error: null, made })
      await datasetChanged(cache, project)
    } catch (error) {
      setState({ busy: false, error, made: undefined })
    }
  }
  if (!(may('datasets:write') && may('gateway:call')) || archivedAt) return null
  const { busy, error, made } = state
  return (
    <Panel
      title="Written by a model"
      description="It goes by up to eight items that are there, never by the holdout. What it writes is tagged synthetic, and says who wrote it."
    >
      <form onSubmit={run} className="flex flex-col gap-3 p-3">
        <div className="flex flex-wrap items-end gap-3">
          <Labelled title="Model">
            {(given) => (
              <Input
                {...given}
                required
                list="synthesis-models"
                value={model}
                onChange={({ target }) => setModel(target.value)}
                style={{ width: 256 }}
                autoComplete="off"
                placeholder="An alias, or PROVIDER/MODEL"
              />
            )}
          </Labelled>
          <datalist id="synthesis-models">
            {models.map((one) => (
              <option key={one.name} value={one.name} />
            ))}
          </datalist>
          <Labelled title="How many">
            {(given) => (
              <Input
                {...given}
                inputMode="numeric"
                value={count}
                onChange={({ target }) => setCount(target.value)}
                style={{ width: 80 }}
                className="font-mono text-sm"
              />
            )}
          </Labelled>
          <span className="flex h-8 items-center">
            <Tick checked={dryRun} onChange={setDryRun}>
              Only show them
            </Tick>
          </span>
          <Button kind="primary" type="submit" disabled={busy}>
            <Bot size={14} aria-hidden /> {busy ? 'It writes…' : 'Write items'}
          </Button>
        </div>
        <Labelled title="What is wanted" aside="optional">
          {(given) => (
            <textarea
              {...given}
              rows={2}
              value={instruction}
              onChange={({ target }) => setInstruction(target.value)}
              placeholder="Questions of customers who are in a hurry and leave half of it out"
              className={`${inputStyle} h-auto w-full resize-y py-1.5`}
            />
          )}
        </Labelled>
        {error !== null && <ErrorNote error={error} />}
        {made && (
          <div role="status">
            <p className="mb-1">
              {dryRun ? 'Would be' : ''} {plural(made.added, 'item')} added
              {made.skipped > 0 && `, ${made.skipped} left out as near duplicates`}, for{' '}
              <Money usd={made.usage.costUsd} reason="No price is known for this model" />.
            </p>
            <ul className="max-h-60 overflow-y-auto rounded-md border border-line">
              {made.items.map(({ input, expected }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: what was written never moves.
                <li key={at} className="border-b border-line px-3 py-1.5 last:border-b-0">
                  <p className="break-words">{cellText(input)}</p>
                  {expected !== undefined && <p className="text-sm break-words text-soft">{cellText(expected)}</p>}
                </li>
              ))}
            </ul>
          </div>
        )}
      </form>
    </Panel>
  )
}
