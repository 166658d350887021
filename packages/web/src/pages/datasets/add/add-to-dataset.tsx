import { type DatasetItemContent, DatasetName, type Filter } from '@signalbox/schema'
import { AppError, type Output } from '@signalbox/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CopyCheck } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { datasetChanged, datasetListQuery } from '../../../data/datasets.ts'
import { readPreference, writePreference } from '../../../data/preferences.ts'
import { useProject } from '../../../data/view.ts'
import { editText, readCell, readTags } from '../../../lib/cell-text.ts'
import { plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { Tick } from '../../../ui/checkbox.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Input, inputStyle } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { toast } from '../../../ui/toast.tsx'
import { isSplit, SPLIT_CHOICES } from '../splits.ts'

type Place = { traceId: string; spanId: string }
type Props = {
  /** One call, or several, or all that a filter finds. */
  from: { spans: Place[] } | { filter: Filter[]; from?: string; to?: string }
  /** What somebody said should have come back. */
  correction?: string | undefined
  onClose: () => void
}
type Rehearsed = Output<'datasets.addSpans'>

/** Calls that were made become items: one with what it holds to look over, or many at once. */
export default function AddToDataset({ from, correction, onClose }: Props) {
  const project = useProject()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const datasets = useQuery(datasetListQuery(project)).data ?? []
  const [name, setName] = useState(() => readPreference('dataset', ''))
  const [split, setSplit] = useState('')
  const [tags, setTags] = useState('')
  const [expected, setExpected] = useState<string>(correction ?? '')
  const [answer, setAnswer] = useState(correction === undefined)
  const [first, setFirst] = useState('100')
  const [alsoAlike, setAlsoAlike] = useState(false)
  const [content, setContent] = useState<DatasetItemContent | undefined>()
  const [state, setState] = useState<{ busy: boolean; error: unknown; rehearsed: Rehearsed | undefined }>({
    busy: false,
    error: null,
    rehearsed: undefined,
  })
  const spans = 'spans' in from ? from.spans : undefined
  const only = spans?.length === 1 ? spans[0] : undefined
  const isNew = name !== '' && !datasets.some((one) => one.name === name)
  const source = spans ? { spans } : { ...from, first: Number(first) || 100 }
  const key = JSON.stringify(from)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the calls, as one value; what a call holds does not hang on the dataset.
  useEffect(() => {
    const known = datasets.find((one) => one.name === name)?.name
    if (known === undefined) return setState({ busy: false, error: null, rehearsed: undefined })
    let over = false
    clientFor(project)
      .datasets.addSpans({ name: known, ...source, expected: 'output', duplicates: 'add', dryRun: true })
      .then(
        (rehearsed) => !over && setState({ busy: false, error: null, rehearsed }),
        (error: unknown) => !over && setState({ busy: false, error, rehearsed: undefined }),
      )
    return () => {
      over = true
    }
  }, [key, name, datasets.length, first])
  const preview = state.rehearsed?.preview[0]?.content
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is there.
  useEffect(() => {
    if (!only || !preview || content) return
    setContent(preview)
    if (correction === undefined) setExpected(editText(preview.expected))
  }, [preview])
  const alike = state.rehearsed?.duplicates[0]

  async function add(event: FormEvent) {
    event.preventDefault()
    if (!DatasetName.safeParse(name).success)
      return setState((before) => ({
        ...before,
        error: new AppError('invalid-request', 'Choose a dataset, or write the name of a new one'),
      }))
    setState((before) => ({ ...before, busy: true, error: null }))
    try {
      const client = clientFor(project)
      if (isNew) await client.datasets.create({ name })
      writePreference('dataset', name)
      const chosen = {
        ...(isSplit(split) && { split }),
        tags: readTags(tags),
        duplicates: alsoAlike ? ('add' as const) : ('skip' as const),
      }
      let change: Pick<Rehearsed, 'added' | 'unchanged' | 'skipped'>
      if (only) {
        // Of a new dataset nothing was rehearsed yet.
        const made =
          content ?? (await client.datasets.addSpans({ name, spans: [only], expected: 'output', dryRun: true })).preview[0]?.content
        if (!made) throw new AppError('invalid-request', 'Of this call no item can be made: its input was not recorded')
        const read = readCell(content || correction !== undefined ? expected : editText(made.expected), made.expected)
        if ('problem' in read) throw new AppError('invalid-request', `Expected: ${read.problem}`)
        const { expected: _, ...rest } = made
        const { duplicates, ...about } = chosen
        change = await client.datasets.write({
          name,
          items: [{ ...rest, ...(read.value !== undefined && { expected: read.value }), ...about, source: { kind: 'trace', ...only } }],
          duplicates: duplicates,
          message: 'Added from a trace',
        })
      } else change = await client.datasets.addSpans({ name, ...source, ...chosen, expected: answer ? 'output' : 'none' })
      await datasetChanged(cache, project)
      toast({
        title:
          change.added > 0
            ? `${plural(change.added, 'item')} added to ${name}`
            : change.skipped > 0
              ? 'Nothing added: nearly the same is there'
              : 'Nothing added: it is there already',
        action: { label: 'Open', run: () => navigate({ to: '/p/$project/datasets/$', params: { project, _splat: name }, search: {} }) },
      })
      onClose()
    } catch (error) {
      setState((before) => ({ ...before, busy: false, error }))
    }
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Add to a dataset"
      description={
        only
          ? 'What was asked becomes the input of an item.'
          : spans
            ? `${plural(spans.length, 'call')} become items.`
            : 'The newest calls that the filter finds become items.'
      }
    >
      <form onSubmit={add} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-3">
          <Labelled title="Dataset" help={isNew && 'There is none of this name: it is made.'}>
            {(given) => (
              <Input
                {...given}
                list="dataset-names"
                value={name}
                onChange={({ target }) => setName(target.value)}
                placeholder="support/golden"
                autoComplete="off"
              />
            )}
          </Labelled>
          <datalist id="dataset-names">
            {datasets.map((one) => (
              <option key={one.name} value={one.name} />
            ))}
          </datalist>
          <Labelled title="Split">
            {() => <NativeSelect label="Split" value={isSplit(split) ? split : ''} choices={SPLIT_CHOICES} onChange={setSplit} />}
          </Labelled>
          <Labelled title="Tags" aside="optional">
            {(given) => (
              <Input
                {...given}
                value={tags}
                onChange={({ target }) => setTags(target.value)}
                placeholder="refund, critical"
                autoComplete="off"
              />
            )}
          </Labelled>
          {!spans && (
            <Labelled title="No more than">
              {(given) => (
                <Input
                  {...given}
                  inputMode="numeric"
                  value={first}
                  onChange={({ target }) => setFirst(target.value)}
                  className="font-mono text-sm"
                />
              )}
            </Labelled>
          )}
        </div>
        {only ? (
          <>
            {content && (
              <div>
                <p className="mb-1 font-medium">Input</p>
                <p className="max-h-32 overflow-y-auto rounded-md border border-line p-2 break-words whitespace-pre-wrap">
                  {editText(content.input)}
                </p>
              </div>
            )}
            <Labelled
              title="Expected"
              help={correction !== undefined ? 'What was said in the feedback.' : 'What was answered; write what should have been.'}
            >
              {(given) => (
                <textarea
                  {...given}
                  rows={4}
                  value={expected}
                  onChange={({ target }) => setExpected(target.value)}
                  spellCheck={false}
                  className={`${inputStyle} field-sizing-content h-auto max-h-60 min-h-20 w-full resize-y py-1.5`}
                />
              )}
            </Labelled>
          </>
        ) : (
          <Tick checked={answer} onChange={setAnswer}>
            What was answered is what should come back: somebody has looked at it
          </Tick>
        )}
        {alike && only && (
          <p className="flex items-center gap-2 text-warning">
            <CopyCheck size={14} aria-hidden /> Says {Math.round(alike.similarity * 100)}% the same as the item {alike.of}
          </p>
        )}
        {(state.rehearsed?.missing.length ?? 0) > 0 && (
          <p className="text-sm text-warning">
            Of {plural(state.rehearsed?.missing.length ?? 0, 'call')} no item can be made: the input was not recorded.
          </p>
        )}
        {((alike && only) || !only) && (
          <Tick checked={alsoAlike} onChange={setAlsoAlike}>
            Add near duplicates too
          </Tick>
        )}
        {state.error !== null && <ErrorNote error={state.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={state.busy}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
