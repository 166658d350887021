import { AppError } from '@signalbox/schema/errors'
import { CALLS, type LiveCall, type Outcome, PEAK, usage } from './live-script.ts'
import { createRandom } from './random.ts'
import { sendTraces } from './send-traces.ts'
import { RELEASES } from './story.ts'
import { assistantSays, text, userSays } from './traces/messages.ts'
import { buildTrace, type DemoTrace } from './traces/trace.ts'
import { type Customer, customers } from './world/customers.ts'

type Server = { url: string; key: string }
export type LiveCalls = {
  /** How many calls, each a trace. */
  traces: number
  /** The last one, which the app and the gateway wrote together. */
  last: DemoTrace
}

const AT_ONCE = 6

/**
 * Calls through the gateway to the simulator, now: whole, streamed, with a tool, refused, cut, hung up; through aliases, where
 * the server has them, a peak: some answered by the second target when the first was late, and many from the cache.
 */
export async function liveCalls(server: Server, seed: string): Promise<LiveCalls> {
  const people = customers(createRandom(seed).fork('customers'))
  const known = await modelsOf(server)
  const rounds = [CALLS, ...PEAK].map((round) => round.filter(({ model }) => model.includes('/') || known.has(model)))
  for (const round of rounds) {
    const left = round.values()
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const call of left) await play(server, call, people[call.about.customer] ?? (people[0] as Customer))
      }),
    )
  }
  const last = await agentAroundGateway(server, people[5] ?? (people[0] as Customer))
  return { traces: rounds.flat().length + 1, last }
}

const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'lookup_order',
      description: 'Look up an order: items, payment, delivery state.',
      parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
    },
  },
]

/** What can be asked for, by the list that every client of the gateway may read. */
async function modelsOf({ url, key }: Server): Promise<ReadonlySet<string>> {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) throw new AppError('unavailable', `The list of models was answered with ${response.status}.`)
  const { data } = (await response.json()) as { data: { id: string }[] }
  return new Set(data.map(({ id }) => id))
}

async function play(server: Server, call: LiveCall, customer: Customer): Promise<void> {
  const hangUp = new AbortController()
  const outcome = await send(server, {
    customer,
    call,
    signal: hangUp.signal,
    onText: call.ends === 'hung up' ? () => hangUp.abort() : () => undefined,
  })
  if (outcome !== call.ends)
    throw new AppError('internal', `A call to ${call.model} ended as "${outcome}" where "${call.ends}" was expected.`)
}

type Sending = {
  customer: Customer
  call: LiveCall
  signal: AbortSignal
  onText: () => void
  headers?: Record<string, string>
}

async function send({ url, key }: Server, { customer, call, signal, onText, headers }: Sending): Promise<Outcome> {
  const { model, script, stream, about, tools } = call
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    signal,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-signalbox-user': customer.id,
      'x-signalbox-session': `live_${customer.id.slice(4)}`,
      'x-signalbox-environment': 'production',
      'x-signalbox-tags': `${about.ticketType},live`,
      'x-signalbox-metadata': JSON.stringify({ ticketType: about.ticketType, plan: customer.plan, region: customer.region }),
      ...headers,
    },
    body: JSON.stringify({
      model,
      stream,
      ...(tools && { tools: TOOLS }),
      messages: [
        { role: 'system', content: 'You are the support copilot of Kestrel Outdoor.' },
        { role: 'user', content: about.says },
        // The simulator reads its part in the last message of the user.
        { role: 'user', content: JSON.stringify(script) },
      ],
    }),
  })
  if (!response.ok) {
    await response.arrayBuffer()
    return 'refused'
  }
  return stream ? readStream(response, onText) : response.json().then(() => 'answered')
}

async function readStream(response: Response, onText: () => void): Promise<Outcome> {
  let all = ''
  try {
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      all += part
      if (all.split('"content":').length > 4) onText()
    }
  } catch (error) {
    return error instanceof Error && error.name === 'AbortError' ? 'hung up' : 'cut'
  }
  return all.trimEnd().endsWith('data: [DONE]') && !all.includes('"error"') ? 'answered' : 'cut'
}

/** A trace from both sides: the app's agent span through OTLP, and within it a call that the gateway recorded itself. */
async function agentAroundGateway(server: Server, customer: Customer): Promise<DemoTrace> {
  const startedAt = Date.now()
  const says = 'Can I pitch the Fjell 2 tent once before I decide?'
  const answer = 'Yes: tents may be pitched once indoors and can still be returned within 30 days, with their tags on.'
  const builder = buildTrace({
    ids: createRandom(`${customer.id} ${startedAt}`),
    startedAt,
    resource: { service: 'support-copilot', environment: 'production', release: RELEASES.fixed },
    common: { 'session.id': `live_${customer.id.slice(4)}`, 'user.id': customer.id },
  })
  const root = builder.add({
    parent: null,
    name: 'invoke_agent support-copilot',
    start: 0,
    end: 0,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support-copilot',
      'gen_ai.input.messages': JSON.stringify([userSays(says)]),
      'gen_ai.output.messages': JSON.stringify([{ ...assistantSays(text(answer)), finish_reason: 'stop' }]),
      'tag.tags': ['refund', 'live'],
      metadata: JSON.stringify({ ticketType: 'refund', plan: customer.plan, region: customer.region }),
    },
  })
  const call: LiveCall = {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    script: { text: answer, firstTokenMs: 380, chunkMs: 12, usage: usage(1420, 31, 1152), seed: 3 },
    about: { ticketType: 'refund', says, customer: 5 },
  }
  const traceparent = `00-${builder.trace.traceId}-${root.spanId}-01`
  await send(server, { customer, call, signal: AbortSignal.timeout(30_000), onText: () => undefined, headers: { traceparent } })
  root.end = Date.now() - startedAt
  await sendTraces(server, [builder.trace])
  return builder.trace
}
