import { text as readText } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, ERRORS } from '@signalbox/schema/errors'
import { at, type CallDialect, callDialects, errorIn, type Told } from './call-dialects.ts'
import { type Connection, type ConnectionOptions, connect } from './connection.ts'
import { printJson } from './print.ts'

type Options = ConnectionOptions & { dialect: keyof typeof callDialects; system?: string; stream?: boolean }

/** `signalbox call MODEL [TEXT]`: the answer on standard output, and one line about the call on standard error. */
export async function call(model: string, words: readonly string[], options: Options): Promise<number> {
  const connection = connect(options)
  const text = words.length > 0 ? words.join(' ') : await readText(process.stdin)
  if (!text.trim())
    throw new AppError('invalid-request', 'There is nothing to say.', { hint: 'Give the text as an argument or on standard input.' })
  const dialect: CallDialect = callDialects[options.dialect]
  const stream = options.stream === true
  const asked = { model, text, stream, ...(options.system && { system: options.system }) }
  const response = await connection.fetch(connection.url + dialect.path(asked), {
    method: 'POST',
    headers: { ...dialect.headers(connection.key), 'content-type': 'application/json' },
    body: JSON.stringify(dialect.body(asked)),
  })
  if (!response.ok) throw await refusalOf(response)
  const show = options.json ? () => {} : (part: string) => void process.stdout.write(part)
  const answer = stream ? await readStream(response, dialect, show) : await readWhole(response, dialect, show)
  show('\n')
  const facts = { ...factsOf(response, answer), ...(stream && { costUsd: await costOf(connection, response) }) }
  if (options.json) printJson({ text: answer.text, ...facts })
  else console.error(lineOf(facts))
  return 0
}

type Show = (part: string) => void
type Answer = Required<Pick<Told, 'text'>> & Pick<Told, 'input' | 'output'>

async function readWhole(response: Response, dialect: CallDialect, show: Show): Promise<Answer> {
  const { text = '', error, ...told } = dialect.whole(await response.json())
  if (error !== undefined) throw broken(response, error)
  show(text)
  return { text, ...told }
}

/** Shows a stream as it comes. One that says that it failed, or ends before it is whole, is an error. */
async function readStream(response: Response, dialect: CallDialect, show: Show): Promise<Answer> {
  const answer: Answer = { text: '' }
  let ended = false
  for await (const data of dataOf(response)) {
    if (data === dialect.endMark) ended = true
    if (ended && dialect.endMark) break
    const { text = '', error, ended: last, ...told } = dialect.event(parse(data, response))
    if (error !== undefined) throw broken(response, error)
    show(text)
    answer.text += text
    Object.assign(answer, told)
    ended ||= last === true
  }
  if (!ended) throw broken(response, 'The stream ended before the answer was complete.')
  return answer
}

/** The data of each server-sent event. */
async function* dataOf(response: Response): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + part).split(/\r?\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim()
    }
  } catch (cause) {
    throw broken(response, `The connection broke: ${cause instanceof Error ? cause.message : cause}.`)
  }
}

function parse(data: string, response: Response): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw broken(response, `The stream holds what is not JSON: ${data.slice(0, 100)}`)
  }
}

const broken = (response: Response, message: string): AppError =>
  new AppError('provider-failed', message, { hint: `${ERRORS['provider-failed'].hint} It is ${traceOf(response) ?? 'not known'}.` })

const traceOf = (response: Response): string | null => response.headers.get('x-signalbox-trace-id')

/** What the gateway answered instead of a text. Not every dialect has a place for the hint; the status says it there. */
async function refusalOf(response: Response): Promise<AppError> {
  const body: unknown = await response.json().catch(() => undefined)
  const told = at(body, 'error', 'hint')
  const usual =
    response.status === 404 ? ERRORS['model-not-found'].hint : Object.values(ERRORS).find(({ status }) => status === response.status)?.hint
  const hint = [typeof told === 'string' ? told : (usual ?? `The gateway answered ${response.status}.`)]
  const traceId = traceOf(response)
  if (traceId) hint.push(`The trace is ${traceId}.`)
  return new AppError('provider-failed', errorIn(body) ?? messageIn(body) ?? `The gateway answered ${response.status}.`, {
    hint: hint.join(' '),
  })
}

/** Cohere's errors are nothing else. */
const messageIn = (body: unknown): string | undefined => {
  const message = at(body, 'message')
  return typeof message === 'string' ? message : undefined
}

type Facts = {
  provider: string | null
  model: string | null
  /** Tokens, null where the answer does not say. */
  usage: { input: number | null; output: number | null }
  /** Decimal, null where it is not known. */
  costUsd: string | null
  traceId: string | null
  /** What the target could not carry. */
  dropped: string[]
}

function factsOf(response: Response, { input, output }: Answer): Facts {
  const header = (name: string) => response.headers.get(`x-signalbox-${name}`)
  const cost = header('cost')
  return {
    provider: header('provider'),
    model: header('model'),
    usage: { input: input ?? null, output: output ?? null },
    costUsd: cost === 'unknown' ? null : cost,
    traceId: traceOf(response),
    dropped: header('dropped')?.split(', ') ?? [],
  }
}

/** The headers of a stream leave before its cost is known, so the trace is asked, for as long as it takes to be readable. */
async function costOf({ client }: Connection, response: Response): Promise<string | null> {
  const traceId = traceOf(response)
  const until = Date.now() + READABLE_MS
  while (traceId && Date.now() < until) {
    try {
      const { spans } = await client.traces.get({ traceId })
      if (spans[0]) return spans[0].costUsd
    } catch (error) {
      // A key that may only call cannot read it.
      if (!(error instanceof AppError) || error.code !== 'not-found') return null
    }
    await sleep(100)
  }
  return null
}

const READABLE_MS = 3000

function lineOf({ provider, model, usage, costUsd, traceId, dropped }: Facts): string {
  const parts = [
    `provider ${provider ?? 'unknown'}`,
    `model ${model ?? 'unknown'}`,
    usage.input === null && usage.output === null ? '' : `tokens ${usage.input ?? '?'} in, ${usage.output ?? '?'} out`,
    `cost ${costUsd === null ? 'unknown' : `$${costUsd}`}`,
    `trace ${traceId ?? 'unknown'}`,
    dropped.length > 0 ? `dropped ${dropped.join(', ')}` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}
