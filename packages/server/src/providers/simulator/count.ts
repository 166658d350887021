import { closeSync, createReadStream, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

/** The published price, in nano-USD per token: 1 USD per million tokens in, 2 USD per million out. */
export const NANO_USD_PER_INPUT_TOKEN = 1000
export const NANO_USD_PER_OUTPUT_TOKEN = 2000

export type Counted = { dialect: string; model: string; input: number; output: number; outcome: string }
type Sum = { calls: number; inputTokens: number; outputTokens: number; nanoUsd: number }
export type Count = Sum & { byModel: Record<string, Sum>; byOutcome: Record<string, Sum>; byDialect: Record<string, Sum> }

export type Counter = {
  /** Writes one call down. When it returns, the line survives `kill -9`. */
  add(call: Counted): void
  read(): Count
  close(): void
}

/**
 * The simulator's own account of what it did, one JSON line per call, appended and never changed. It is written in
 * code of its own, so that the gateway's accounts can be held against it. Without a file it is kept in memory only.
 */
export async function openCounter(file?: string): Promise<Counter> {
  const count: Count = { ...nothing(), byModel: {}, byOutcome: {}, byDialect: {} }
  let torn = false
  if (file && existsSync(file)) torn = await replay(file, count)
  if (file) mkdirSync(dirname(file), { recursive: true })
  const handle = file ? openSync(file, 'a') : null
  if (handle !== null && torn) writeSync(handle, '\n')
  return {
    add(call) {
      const nanoUsd = call.input * NANO_USD_PER_INPUT_TOKEN + call.output * NANO_USD_PER_OUTPUT_TOKEN
      if (handle !== null) {
        writeSync(
          handle,
          `{"time":"${new Date().toISOString()}","dialect":"${call.dialect}","model":${JSON.stringify(call.model)},"input":${call.input},"output":${call.output},"nanoUsd":${nanoUsd},"outcome":"${call.outcome}"}\n`,
        )
      }
      addTo(count, call, nanoUsd)
    },
    read: () => count,
    close: () => {
      if (handle !== null) closeSync(handle)
    },
  }
}

/** True when the last line was cut off by a crash: it is left where it is and not counted. */
async function replay(file: string, count: Count): Promise<boolean> {
  const stream = createReadStream(file, 'utf8')
  let last = ''
  stream.on('data', (chunk) => {
    last = String(chunk).at(-1) ?? last
  })
  for await (const line of createInterface({ input: stream })) {
    try {
      const call = JSON.parse(line) as Counted & { nanoUsd: number }
      // Lines from the time of a single dialect do not name it.
      addTo(count, { ...call, dialect: call.dialect ?? 'openai-chat' }, call.nanoUsd)
    } catch {
      // A line that a crash cut off: its call was not answered to its end.
    }
  }
  return last !== '' && last !== '\n'
}

function addTo(count: Count, { dialect, model, input, output, outcome }: Counted, nanoUsd: number): void {
  count.byModel[model] ??= nothing()
  count.byOutcome[outcome] ??= nothing()
  count.byDialect[dialect] ??= nothing()
  for (const sum of [count, count.byModel[model], count.byOutcome[outcome], count.byDialect[dialect]]) {
    sum.calls++
    sum.inputTokens += input
    sum.outputTokens += output
    sum.nanoUsd += nanoUsd
  }
}

const nothing = (): Sum => ({ calls: 0, inputTokens: 0, outputTokens: 0, nanoUsd: 0 })
