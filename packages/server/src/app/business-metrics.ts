import { type CallEnd, type CallStart, INPUT_BUCKETS, OUTPUT_BUCKETS } from '@signalbox/schema'
import type { Metric } from '../lib/metrics.ts'

/** Names of models come from clients, and what is kept and told must not grow with them: what comes later is `other`. */
const MOST_SERIES = 200
const OTHER = 'other'
/** Seconds. */
const TOTAL = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300]
const FIRST_TOKEN = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 30, 60]

type Labels = { project: string; key: string; route: string; model: string }
type Series = {
  labels: Labels
  calls: number
  errors: number
  inputTokens: number
  outputTokens: number
  nanoUsd: number
  unpriced: number
  total: Histogram
  firstToken: Histogram
}

/**
 * Calls, errors, tokens, cost and latency since the edge started, by project, key, route (the model that was asked for) and the model that
 * answered. A call of a known series costs four look-ups and some additions, and allocates nothing.
 */
export class BusinessMetrics {
  readonly #known = new Map<string, Map<string, Map<string, Map<string, Series>>>>()
  readonly #series: Series[] = []
  #other: Series | undefined
  #overflowed = 0

  call(start: CallStart, end: CallEnd): void {
    const series = this.#known.get(start.projectId)?.get(start.keyId)?.get(start.requestModel)?.get(end.model) ?? this.#add(start, end)
    const { usage, cost } = end
    let input = 0
    for (const bucket of INPUT_BUCKETS) input += usage[bucket]
    let output = 0
    for (const bucket of OUTPUT_BUCKETS) output += usage[bucket]
    series.calls++
    if (end.status === 'error' || end.status === 'interrupted') series.errors++
    series.inputTokens += input
    series.outputTokens += output
    if (cost !== null) series.nanoUsd += cost
    else if (input + output > 0) series.unpriced++
    series.total.add((end.endedAt - start.startedAt) / 1e6)
    if (end.firstTokenMs !== null) series.firstToken.add(end.firstTokenMs / 1000)
  }

  #add({ projectId, keyId, requestModel }: CallStart, { model }: CallEnd): Series {
    if (this.#series.length >= MOST_SERIES) {
      this.#overflowed++
      this.#other ??= newSeries({ project: OTHER, key: OTHER, route: OTHER, model: OTHER })
      return this.#other
    }
    const series = newSeries({ project: projectId, key: keyId, route: requestModel, model })
    this.#series.push(series)
    within(within(within(this.#known, projectId), keyId), requestModel).set(model, series)
    return series
  }

  read(): Metric[] {
    const all = this.#other ? [...this.#series, this.#other] : this.#series
    const counter = (name: string, help: string, read: (series: Series) => number): Metric => ({
      name: `signalbox_llm_${name}`,
      help,
      type: 'counter',
      values: all.map((series) => ({ labels: series.labels, value: read(series) })),
    })
    const histogram = (name: string, help: string, of: (series: Series) => Histogram): Metric => ({
      name: `signalbox_llm_${name}`,
      help,
      type: 'histogram',
      values: all.flatMap((series) => of(series).read(series.labels)),
    })
    return [
      counter(
        'calls_total',
        'Calls that ended, by project, key, route (what was asked for) and model (what answered).',
        ({ calls }) => calls,
      ),
      counter('errors_total', 'Of these, calls that failed.', ({ errors }) => errors),
      {
        name: 'signalbox_llm_tokens_total',
        help: 'Tokens, with those that a prompt cache served or took.',
        type: 'counter',
        values: all.flatMap(({ labels, inputTokens, outputTokens }) => [
          { labels: { ...labels, direction: 'input' }, value: inputTokens },
          { labels: { ...labels, direction: 'output' }, value: outputTokens },
        ]),
      },
      counter('cost_usd_total', 'What the calls cost, in US dollars, as far as their prices are known.', ({ nanoUsd }) => nanoUsd / 1e9),
      counter('unpriced_calls_total', 'Calls with tokens whose price is not known: not in the cost.', ({ unpriced }) => unpriced),
      histogram('duration_seconds', 'From the request to the end of the answer.', ({ total }) => total),
      histogram('first_token_seconds', 'From the request to the first token, where it is known.', ({ firstToken }) => firstToken),
      {
        name: 'signalbox_llm_other_calls_total',
        help: `Calls that are counted as "${OTHER}", because there were ${MOST_SERIES} combinations of labels before.`,
        type: 'counter',
        values: [{ value: this.#overflowed }],
      },
    ]
  }
}

class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    // One more for what is above the last bound.
    this.#counts = new Float64Array(bounds.length + 1)
  }

  add(seconds: number): void {
    const bounds = this.#bounds
    let at = 0
    while (at < bounds.length && seconds > (bounds[at] ?? 0)) at++
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#sum += seconds
  }

  /** Each bucket holds those below it as well, as Prometheus wants it. */
  read(labels: Labels): Metric['values'] {
    let count = 0
    const buckets = [...this.#counts].map((own, at) => {
      count += own
      return { suffix: '_bucket', labels: { ...labels, le: at < this.#bounds.length ? String(this.#bounds[at]) : '+Inf' }, value: count }
    })
    return [...buckets, { suffix: '_sum', labels, value: this.#sum }, { suffix: '_count', labels, value: count }]
  }
}

const newSeries = (labels: Labels): Series => ({
  labels,
  calls: 0,
  errors: 0,
  inputTokens: 0,
  outputTokens: 0,
  nanoUsd: 0,
  unpriced: 0,
  total: new Histogram(TOTAL),
  firstToken: new Histogram(FIRST_TOKEN),
})

function within<K, V>(map: Map<K, Map<string, V>>, key: K): Map<string, V> {
  const inner = map.get(key) ?? new Map<string, V>()
  map.set(key, inner)
  return inner
}
