import { DatasetName, type ImportFormat } from '@signalbox/schema'
import { AppError, type Output } from '@signalbox/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { datasetChanged } from '../../../data/datasets.ts'
import { useProject } from '../../../data/view.ts'
import { cellText } from '../../../lib/cell-text.ts'
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

const FORMATS: { value: ImportFormat; label: string; ends: string[] }[] = [
  { value: 'jsonl', label: 'JSON lines', ends: ['jsonl', 'ndjson'] },
  { value: 'json', label: 'JSON', ends: ['json'] },
  { value: 'csv', label: 'CSV', ends: ['csv'] },
  { value: 'parquet', label: 'Parquet', ends: ['parquet'] },
  { value: 'openai-evals', label: 'OpenAI Evals', ends: [] },
  { value: 'promptfoo', label: 'promptfoo tests', ends: ['yaml', 'yml'] },
]
const FIELDS = ['input', 'expected', 'context', 'id', 'tags', 'split'] as const
type Field = (typeof FIELDS)[number]
type Rehearsed = Output<'datasets.import'>
type Props = { into?: string; folder: string; onClose: () => void }

/** A file of another tool becomes items: what would happen is shown before anything does. */
export default function ImportDialog({ into, folder, onClose }: Props) {
  const project = useProject()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [name, setName] = useState(into ?? (folder ? `${folder}/` : ''))
  const [format, setFormat] = useState<ImportFormat>('jsonl')
  const [text, setText] = useState('')
  const [file, setFile] = useState<string | undefined>()
  const [fields, setFields] = useState<Partial<Record<Field, string>>>({})
  const [split, setSplit] = useState('')
  const [skip, setSkip] = useState(true)
  const [replace, setReplace] = useState(false)
  const [columns, setColumns] = useState<string[]>([])
  const [state, setState] = useState<{ rehearsed?: Rehearsed; error?: unknown; busy: boolean }>({ busy: false })
  const turn = useRef(0)
  const named = DatasetName.safeParse(name).success
  const wanted = {
    name,
    format,
    text,
    fields,
    ...(isSplit(split) && { split }),
    duplicates: skip ? ('skip' as const) : ('add' as const),
    replace,
    create: into === undefined,
  }
  const key = JSON.stringify({ ...wanted, text: text.length, file })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what would be sent, as one value.
  useEffect(() => {
    const mine = ++turn.current
    if (text === '' || !named) return setState({ busy: false })
    const timer = setTimeout(async () => {
      setState((before) => ({ ...before, busy: true }))
      try {
        const rehearsed = await clientFor(project).datasets.import({ ...wanted, dryRun: true })
        if (mine !== turn.current) return
        setColumns(rehearsed.columns)
        setState({ rehearsed, busy: false })
      } catch (error) {
        if (mine !== turn.current) return
        const found = error instanceof AppError ? (error.data as { columns?: string[] } | undefined)?.columns : undefined
        if (found) setColumns(found)
        setState({ error, busy: false })
      }
    }, 300)
    return () => clearTimeout(timer)
  }, [key])

  async function take(chosen: File | undefined) {
    if (!chosen) return
    const end = chosen.name.split('.').at(-1)?.toLowerCase() ?? ''
    const known = FORMATS.find(({ ends }) => ends.includes(end))
    const isParquet = known?.value === 'parquet'
    if (known) setFormat(known.value)
    setFields({})
    setColumns([])
    setText(isParquet ? await base64Of(chosen) : await chosen.text())
    setFile(chosen.name)
    if (into === undefined && (name === '' || name.endsWith('/'))) setName(`${name}${chosen.name.replace(/\.[^.]*$/, '')}`)
  }

  async function send(event: FormEvent) {
    event.preventDefault()
    setState((before) => ({ ...before, busy: true }))
    try {
      const change = await clientFor(project).datasets.import({ ...wanted, message: file ? `Imported ${file}` : '' })
      await datasetChanged(cache, project)
      toast({ title: wordsOf(change) })
      onClose()
      if (into === undefined) await navigate({ to: '/p/$project/datasets/$', params: { project, _splat: name }, search: {} })
    } catch (error) {
      setState({ error, busy: false })
    }
  }
  const { rehearsed, error, busy } = state
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={into ? `Import into ${into}` : 'Import a dataset'}
      description="Shown first, and taken only when you say so."
    >
      <form onSubmit={send} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-3">
          <Labelled title="File" help={file ?? 'Or paste what is in it below.'}>
            {(given) => (
              <input
                {...given}
                type="file"
                accept=".jsonl,.ndjson,.json,.csv,.parquet,.yaml,.yml"
                onChange={({ target }) => void take(target.files?.[0])}
                className="h-8 w-full text-sm file:mr-2 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-surface-1 file:px-2.5"
              />
            )}
          </Labelled>
          <Labelled title="Format">{() => <NativeSelect label="Format" value={format} choices={FORMATS} onChange={setFormat} />}</Labelled>
          {into === undefined && (
            <Labelled title="Name of the dataset">
              {(given) => (
                <Input
                  {...given}
                  value={name}
                  onChange={({ target }) => setName(target.value)}
                  placeholder="support/golden"
                  autoComplete="off"
                />
              )}
            </Labelled>
          )}
          <Labelled title="Split of rows that name none">
            {() => (
              <NativeSelect
                label="Split of rows that name none"
                value={isSplit(split) ? split : ''}
                choices={SPLIT_CHOICES}
                onChange={setSplit}
              />
            )}
          </Labelled>
        </div>
        {format !== 'parquet' && (
          <textarea
            aria-label="What is in the file"
            rows={4}
            value={text.length > 200_000 ? `${text.slice(0, 2000)}…` : text}
            readOnly={text.length > 200_000}
            onChange={({ target }) => {
              setText(target.value)
              setFile(undefined)
            }}
            placeholder='{"input": "Where is my order?", "expected": "On its way"}'
            spellCheck={false}
            className={`${inputStyle} h-24 w-full resize-y py-2 font-mono text-sm leading-[19px]`}
          />
        )}
        {columns.length > 0 && format !== 'promptfoo' && (
          <fieldset>
            <legend className="mb-1 font-medium">Which column holds what</legend>
            <div className="grid grid-cols-3 gap-2">
              {FIELDS.map((field) => (
                <div key={field} className="flex items-center gap-2 text-sm">
                  <span className="w-16 shrink-0 text-soft">{field}</span>
                  <NativeSelect
                    label={`Column of ${field}`}
                    value={fields[field] ?? ''}
                    choices={[{ value: '', label: 'by its name' }, ...columns.map((column) => ({ value: column, label: column }))]}
                    onChange={(value) => setFields(({ [field]: _, ...others }) => ({ ...others, ...(value && { [field]: value }) }))}
                  />
                </div>
              ))}
            </div>
          </fieldset>
        )}
        <div className="flex gap-5">
          <Tick checked={skip} onChange={setSkip}>
            Leave out near duplicates
          </Tick>
          {into !== undefined && (
            <Tick checked={replace} onChange={setReplace}>
              Remove what is not in the file
            </Tick>
          )}
        </div>
        <div role="status" className="min-h-6">
          {error ? (
            <ErrorNote error={error} />
          ) : (
            rehearsed && (
              <>
                <p className="mb-1.5 font-medium">
                  {plural(rehearsed.rows, 'row')}: {wordsOf(rehearsed)}
                </p>
                <table className="w-full table-fixed text-sm" aria-label="First rows">
                  <thead>
                    <tr className="border-b border-line text-left text-faint">
                      <th className="py-1 font-medium">Input</th>
                      <th className="font-medium">Expected</th>
                      <th className="w-28 font-medium">Tags, split</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rehearsed.preview.slice(0, 5).map(({ id, content }, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a file never move.
                      <tr key={`${id}${at}`} className="border-b border-line last:border-b-0">
                        <td className="truncate py-1 pr-2">{cellText(content.input)}</td>
                        <td className="truncate pr-2">{cellText(content.expected) || '–'}</td>
                        <td className="truncate text-soft">{[...content.tags, ...(content.split ? [content.split] : [])].join(', ')}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </>
            )
          )}
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={!rehearsed || busy}>
            Import
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const wordsOf = ({
  added,
  changed,
  removed,
  unchanged,
  skipped,
}: Pick<Rehearsed, 'added' | 'changed' | 'removed' | 'unchanged' | 'skipped'>): string =>
  [
    `${added} added`,
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(unchanged > 0 ? [`${unchanged} as they were`] : []),
    ...(skipped > 0 ? [`${skipped} left out as near duplicates`] : []),
  ].join(', ')

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768))
  return btoa(text)
}
