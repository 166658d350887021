import { randomBytes } from 'node:crypto'
import { eventually, type Signalbox } from '../../signalbox.ts'
import { post } from './seed.ts'

/** What somebody wants a page to load or to run. Nothing of it may. */
export const HOSTILE = [
  '<img src="https://evil.example/a.png" onerror="window.hacked=1"><script>window.hacked=1</script>',
  '![pixel](https://evil.example/b.png) [link](javascript:window.hacked=1)',
  '<iframe src="https://evil.example/c"></iframe><style>@import url(https://evil.example/d.css)</style>',
].join('\n\n')

const message = (role: string, content: string) => ({ role, content })

/** A chat of three turns through the gateway, the second one failed; its first turn has a thumb down. Returns the ids of its traces. */
export async function seedChat(server: Signalbox, session: string, user: string): Promise<string[]> {
  const headers = { 'x-signalbox-session': session, 'x-signalbox-user': user }
  const chat = (model: string, messages: object[]) => post(server, '/v1/chat/completions', { model, messages }, headers)
  const before = [message('system', 'You sell shoes.'), message('user', 'Where is my parcel?')]
  const first = await chat('simulator/echo', before)
  const then = [...before, message('assistant', 'Where is my parcel?')]
  const second = await chat('simulator/faults', [...then, message('user', JSON.stringify({ fault: '500' }))])
  const third = await chat('simulator/echo', [...then, message('user', `Are you **there**? ${HOSTILE}`)])
  const response = await fetch(`${server.url}/api/v1/scores`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ traceId: first, name: 'thumbs', value: false, comment: 'that is what I asked' }),
  })
  if (!response.ok) throw new Error(`score ${response.status}: ${await response.text()}`)
  return [first, second, third]
}

type Attributes = Record<string, string | number>
type Step = { name: string; attributes: Attributes; failed?: string }

/** One turn of an agent by OpenTelemetry: a root with what it was asked and said, and its steps. */
export async function seedAgent(
  server: Signalbox,
  {
    session,
    user,
    asked,
    said,
    steps,
    at = Date.now() - 5_000,
  }: { session: string; user: string; asked: string; said: string; steps: Step[]; at?: number },
): Promise<string> {
  const traceId = randomBytes(16).toString('hex')
  const root = randomBytes(8).toString('hex')
  const list = (attributes: Attributes) =>
    Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    }))
  const spans = [
    {
      spanId: root,
      name: 'answer',
      from: at,
      to: at + 3_000,
      attributes: {
        'openinference.span.kind': 'AGENT',
        'input.value': asked,
        'output.value': said,
        'session.id': session,
        'user.id': user,
      },
    },
    ...steps.map(({ name, attributes, failed }, place) => ({
      spanId: randomBytes(8).toString('hex'),
      parentSpanId: root,
      name,
      from: at + 100 + place * 500,
      to: at + 500 + place * 500,
      attributes,
      failed,
    })),
  ].map(
    ({
      from,
      to,
      attributes,
      failed,
      ...span
    }: {
      from: number
      to: number
      attributes: Attributes
      failed?: string | undefined
      [other: string]: unknown
    }) => ({
      ...span,
      traceId,
      kind: 1,
      startTimeUnixNano: `${from}000000`,
      endTimeUnixNano: `${to}000000`,
      attributes: list(attributes),
      status: failed === undefined ? {} : { code: 2, message: failed },
    }),
  )
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'test' }, spans }] }] }),
  })
  if (!response.ok) throw new Error(`OTLP ${response.status}: ${await response.text()}`)
  return traceId
}

/** Steps of an agent: documents, a model and a tool that failed. */
export const STEPS: Step[] = [
  {
    name: 'search docs',
    attributes: {
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'returns',
      'output.value': JSON.stringify([
        { content: 'Shoes can be returned within 30 days.', metadata: { title: 'Returns' }, score: 0.91 },
        { content: HOSTILE, score: 0.2 },
      ]),
    },
  },
  {
    name: 'chat',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'llm.provider': 'openai',
      'llm.token_count.prompt': 120,
      'llm.token_count.completion': 30,
      'input.value': 'hm',
      'output.value': 'hm',
    },
  },
  {
    name: 'order lookup',
    attributes: { 'openinference.span.kind': 'TOOL', 'input.value': '{"order":7}', 'output.value': '' },
    failed: 'the shop did not answer',
  },
]

/** Waits until a session can be read with this many turns. */
export const sessionReadable = (server: Signalbox, session: string, turns: number): Promise<unknown> =>
  eventually(async () => {
    const response = await fetch(`${server.url}/api/v1/sessions/${encodeURIComponent(session)}`, {
      headers: { authorization: `Bearer ${server.secretKey}` },
    })
    const body = (await response.json()) as { session?: { traces: number; feedback: { down: number } } }
    return response.ok && (body.session?.traces ?? 0) >= turns ? true : undefined
  })
