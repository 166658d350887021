import type { EvaluatorEntry, TriedEvaluator, TriedRow } from '@signalbox/schema'
import { AppError, type Input as SentTo } from '@signalbox/sdk'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CircleDashed, CircleX, Play } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { datasetListQuery } from '../../data/datasets.ts'
import { useMay } from '../../data/may.ts'
import { modelsQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { readRows } from '../../lib/bench-rows.ts'
import { cellText } from '../../lib/cell-text.ts'
import { plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input, inputStyle } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { NativeSelect } from '../../ui/native-select.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Duration, Money } from '../../ui/values.tsx'
import type { Params } from './params-form.tsx'

type Source = 'rows' | 'dataset' | 'trace'
type Props = { entry: EvaluatorEntry; params: Params; stored: string | undefined; broken: boolean }
const EXAMPLE = '{"input": "Where is my order?", "output": "It is on its way.", "expected": "On its way"}\n{"output": "I do not know."}'

/** Tries an evaluator as it is set up now, on answers that one knows, before anybody relies on it. */
export function Bench({ entry, params, stored, broken }: Props) {
  const project = useProject()
  const may = useMay()
  const [source, setSource] = useState<Source>('rows')
  const [text, setText] = useState(EXAMPLE)
  const [dataset, setDataset] = useState('')
  const [first, setFirst] = useState('10')
  const [model, setModel] = useState('')
  const [trace, setTrace] = useState('')
  const [judge, setJudge] = useState('')
  const [embeddings, setEmbeddings] = useState('')
  const [state, setState] = useState<{ busy: boolean; error: unknown; tried: TriedEvaluator | undefined }>({
    busy: false,
    error: null,
    tried: undefined,
  })
  const datasets = useQuery(datasetListQuery(project)).data ?? []
  const models = useQuery(modelsQuery(project)).data ?? []
  const asksJudge = entry.costed && entry.id !== 'http'
  const usesEmbeddings = ['similarity', 'answer-relevancy', 'answer-correctness', 'bertscore'].includes(entry.id)

  async function run(event: FormEvent) {
    event.preventDefault()
    setState((before) => ({ ...before, busy: true, error: null }))
    try {
      const tried = await clientFor(project).evaluators.try({
        evaluator: entry.id,
        params: params as SentTo<'evaluators.try'>['params'] & {},
        ...(stored && { stored }),
        ...(judge && { judge }),
        ...(embeddings && { embeddings }),
        ...sourceOf(),
      })
      setState({ busy: false, error: null, tried })
    } catch (error) {
      setState({ busy: false, error, tried: undefined })
    }
  }
  function sourceOf(): Pick<SentTo<'evaluators.try'>, 'rows' | 'dataset' | 'trace'> {
    if (source === 'trace') return { trace: { traceId: trace.trim() } }
    if (source === 'dataset')
      return { dataset: { name: dataset, first: Number(first) || 10, ...(model ? { output: 'model', model } : {}) } }
    const read = readRows(text)
    if ('problem' in read) throw new AppError('invalid-request', read.problem)
    return { rows: read.rows }
  }
  const { busy, error, tried } = state
  return (
    <Panel title="Test bench" description="Nothing is kept of it.">
      <form onSubmit={run} className="flex flex-col gap-3 p-3">
        <Segmented<Source>
          label="What it is tried on"
          value={source}
          choices={[
            { value: 'rows', label: 'Rows' },
            { value: 'dataset', label: 'A dataset' },
            { value: 'trace', label: 'A trace' },
          ]}
          onChange={setSource}
        />
        {source === 'rows' && (
          <textarea
            aria-label="Rows"
            rows={5}
            value={text}
            onChange={({ target }) => setText(target.value)}
            spellCheck={false}
            className={`${inputStyle} field-sizing-content h-auto max-h-72 min-h-24 w-full resize-y py-1.5 font-mono text-sm leading-[19px]`}
          />
        )}
        {source === 'dataset' && (
          <div className="grid grid-cols-2 gap-3">
            <Labelled title="Dataset">
              {() => (
                <NativeSelect
                  label="Dataset"
                  value={dataset}
                  choices={[
                    { value: '', label: datasets.length > 0 ? 'Choose…' : 'There is none yet' },
                    ...datasets.map(({ name }) => ({ value: name, label: name })),
                  ]}
                  onChange={setDataset}
                />
              )}
            </Labelled>
            <Labelled title="How many items">
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
            <Labelled
              title="Answered by"
              aside="optional"
              help="Without a model, what is expected is taken for the answer: a good evaluator accepts it."
            >
              {(given) => (
                <Input
                  {...given}
                  list="bench-models"
                  value={model}
                  onChange={({ target }) => setModel(target.value)}
                  placeholder="An alias, or PROVIDER/MODEL"
                  autoComplete="off"
                />
              )}
            </Labelled>
          </div>
        )}
        {source === 'trace' && (
          <Labelled title="Trace" help="Its outermost step is judged; tools and documents below it are known to the evaluator.">
            {(given) => (
              <Input
                {...given}
                value={trace}
                onChange={({ target }) => setTrace(target.value)}
                placeholder="The id of a trace"
                className="font-mono text-sm"
                autoComplete="off"
              />
            )}
          </Labelled>
        )}
        {asksJudge && (
          <div className="grid grid-cols-2 gap-3">
            <Labelled title="Judge" help="The model that is asked, through the gateway.">
              {(given) => (
                <Input
                  {...given}
                  list="bench-models"
                  value={judge}
                  onChange={({ target }) => setJudge(target.value)}
                  placeholder="An alias, or PROVIDER/MODEL"
                  autoComplete="off"
                />
              )}
            </Labelled>
            {usesEmbeddings && (
              <Labelled title="Embeddings">
                {(given) => (
                  <Input
                    {...given}
                    list="bench-models"
                    value={embeddings}
                    onChange={({ target }) => setEmbeddings(target.value)}
                    placeholder="A model of embeddings"
                    autoComplete="off"
                  />
                )}
              </Labelled>
            )}
          </div>
        )}
        <datalist id="bench-models">
          {models.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div className="flex items-center gap-3">
          <Button kind="primary" type="submit" disabled={busy || broken || !may('evaluators:write')}>
            <Play size={13} aria-hidden /> {busy ? 'It runs…' : 'Try it'}
          </Button>
          {tried && <Summary tried={tried} />}
        </div>
        {error !== null && <ErrorNote error={error} />}
      </form>
      {tried && (
        <ul aria-label="Outcomes" className="border-t border-line">
          {tried.results.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: outcomes stand in the order of their rows.
            <OutcomeRow key={at} tried={one} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Summary({ tried: { scored, na, errors, mean, usage, answers } }: { tried: TriedEvaluator }) {
  return (
    <p role="status" className="tabular text-soft">
      {mean !== null && <span className="font-medium text-text">{round(mean)} on average</span>} {plural(scored, 'row')} scored
      {na > 0 && `, ${na} not applicable`}
      {errors > 0 && `, ${plural(errors, 'error')}`}
      {usage && (
        <>
          , judged for <Money usd={usage.costUsd} reason="No price is known for the judge" />
        </>
      )}
      {answers && (
        <>
          , answered for <Money usd={answers.costUsd} reason="No price is known for the model" />
        </>
      )}
    </p>
  )
}

const round = (score: number): string => score.toLocaleString('en-US', { maximumFractionDigits: 4 })

function OutcomeRow({ tried: { row, outcome, ms } }: { tried: TriedRow }) {
  const [Icon, tone, word] =
    outcome.status === 'na'
      ? ([CircleDashed, 'text-unknown', 'not applicable'] as const)
      : outcome.status === 'error'
        ? ([CircleAlert, 'text-error', 'error'] as const)
        : outcome.pass === undefined
          ? ([CircleDashed, 'text-soft', round(outcome.score)] as const)
          : outcome.pass
            ? ([CircleCheck, 'text-ok', `pass ${round(outcome.score)}`] as const)
            : ([CircleX, 'text-error', `fail ${round(outcome.score)}`] as const)
  const { evidence = [], sub, signature } = outcome
  return (
    <li className="flex flex-col gap-1 border-b border-line px-3 py-2 last:border-b-0">
      <div className="flex items-center gap-2">
        <span className={`tabular flex shrink-0 items-center gap-1.5 ${tone}`}>
          <Icon size={14} aria-hidden /> {word}
        </span>
        <span className="min-w-0 flex-1 truncate">{cellText(row.output)}</span>
        <span className="tabular shrink-0 text-sm text-faint">
          <Duration milliseconds={ms} />
        </span>
      </div>
      {outcome.reason && <p className="break-words text-soft">{outcome.reason}</p>}
      {(evidence.length > 0 || sub || signature) && (
        <details className="text-sm text-soft">
          <summary className="cursor-default select-none hover:text-text">
            {evidence.length > 0 ? `${plural(evidence.length, 'piece')} of evidence` : 'Parts of the score'}
          </summary>
          {evidence.length > 0 && (
            <ul className="mt-1 flex flex-col gap-1">
              {evidence.map((one, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: evidence never moves.
                <li key={at} className="break-words">
                  <span className="font-medium text-text">{one.verdict}</span>: {one.text}
                  {one.reason && <span className="text-faint"> {one.reason}</span>}
                  {one.source && <span className="text-faint"> “{one.source}”</span>}
                </li>
              ))}
            </ul>
          )}
          {sub && <pre className="mt-1 overflow-x-auto font-mono text-xs">{JSON.stringify(sub, null, 2)}</pre>}
          {signature && <p className="mt-1 font-mono text-xs">{signature}</p>}
        </details>
      )}
    </li>
  )
}
