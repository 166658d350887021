import { text as readText } from 'node:stream/consumers'
import { AppError } from '@signalbox/schema/errors'
import { type Connection, type ConnectionOptions, connect } from './connection.ts'
import { printJson } from './print.ts'

type Options = ConnectionOptions & { model: string; system?: string; stream: boolean }

/** `signalbox call -m MODEL TEXT`: the answer on standard output, the trace id on standard error. */
export async function call(words: readonly string[], options: Options): Promise<number> {
  const connection = connect(options)
  const content = words.length > 0 ? words.join(' ') : await readText(process.stdin)
  if (!content.trim())
    throw new AppError('invalid-request', 'There is nothing to say.', { hint: 'Give the text as an argument or on standard input.' })
  const stream = options.stream && !options.json
  const response = await send(connection, {
    model: options.model,
    stream,
    messages: [...(options.system ? [{ role: 'system', content: options.system }] : []), { role: 'user', content }],
  })
  const traceId = response.headers.get('x-signalbox-trace-id')
  if (options.json) {
    printJson({ traceId, cost: response.headers.get('x-signalbox-cost'), answer: await response.json() })
    return 0
  }
  if (stream) for await (const part of textOfStream(response)) process.stdout.write(part)
  else process.stdout.write(textOf(await response.json(), 'message'))
  process.stdout.write('\n')
  console.error(`trace ${traceId}`)
  return 0
}

async function send({ url, key, fetch }: Connection, body: unknown): Promise<Response> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.ok) return response
  const answer = (await response.json().catch(() => undefined)) as { error?: { message?: string; hint?: string } } | undefined
  throw new AppError('provider-failed', answer?.error?.message ?? `The gateway answered ${response.status}.`, {
    hint: answer?.error?.hint ?? `Status ${response.status}. List what can be called with "signalbox models".`,
  })
}

/** The text of a stream of chat completion chunks; an error event inside it is thrown. */
async function* textOfStream(response: Response): AsyncGenerator<string> {
  let rest = ''
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + part).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data:')) continue
      const data = line.slice(5).trim()
      if (data === '[DONE]') return
      const event = JSON.parse(data)
      if (event.error) throw new AppError('provider-failed', event.error.message ?? 'The stream broke.')
      yield textOf(event, 'delta')
    }
  }
  throw new AppError('provider-failed', 'The stream ended before the answer was complete.')
}

type Choice = { message?: { content?: string | null }; delta?: { content?: string | null } }
const textOf = (answer: unknown, part: 'message' | 'delta'): string =>
  (answer as { choices?: Choice[] }).choices?.[0]?.[part]?.content ?? ''
