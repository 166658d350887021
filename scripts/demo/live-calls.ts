import { AppError } from '@signalbox/schema/errors'
import { createRandom } from './random.ts'
import { sendTraces } from './send-traces.ts'
import { assistantSays, text, userSays } from './traces/messages.ts'
import { buildTrace, type DemoTrace } from './traces/trace.ts'
import { type Customer, customers } from './world/customers.ts'

type Server = { url: string; key: string }
/** Aliases of the demo's own `signalbox.yaml`; a server that runs already need not have them. */
type Alias = 'kestrel-support' | 'kestrel-faq'
type Outcome = 'answered' | 'refused' | 'cut' | 'hung up'
/** A call, and how it has to end: anything else would be a demo of something broken. */
type LiveCall = {
  model: 'simulator/script' | 'simulator/faults' | Alias
  script: Record<string, unknown>
  ends: Outcome
  stream: boolean
  about: { ticketType: string; says: string; customer: number }
  tools?: boolean
}

/**
 * Calls through the gateway to the simulator, now: whole, streamed, with a tool, refused, cut, hung up; through aliases, where
 * the server has them, answered by another target and from the cache. Gives their number and the trace of the last one, which the app
 * and the gateway wrote together.
 */
export async function liveCalls(server: Server, seed: string): Promise<{ calls: number; last: DemoTrace }> {
  const people = customers(createRandom(seed).fork('customers'))
  const known = await modelsOf(server)
  const calls = [...CALLS, ...ALIAS_CALLS.filter(({ model }) => known.has(model))]
  for (const call of calls) await play(server, call, people[call.about.customer] ?? (people[0] as Customer))
  const last = await agentAroundGateway(server, people[5] ?? (people[0] as Customer))
  return { calls: calls.length + 1, last }
}

const WARRANTY =
  'Every product has a two-year warranty, poles and stoves have three years. Worn soles and burns are not covered. Zips and buckles are sent as a free repair kit.'
const usage = (input: number, output: number, cached = 0) => ({ input, output, cached })

const CALLS: readonly LiveCall[] = [
  {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    script: { text: WARRANTY, firstTokenMs: 420, chunkMs: 14, usage: usage(1391, 36, 1152), seed: 7 },
    about: { ticketType: 'refund', says: 'How long is the warranty on the Carbon 3 trekking poles?', customer: 0 },
  },
  {
    model: 'simulator/script',
    stream: false,
    ends: 'answered',
    script: {
      text: '{"ticketType":"delivery","language":"en","urgency":"normal","needsHuman":false}',
      delayMs: 380,
      usage: usage(212, 24),
    },
    about: { ticketType: 'delivery', says: 'Where is my parcel? Order KO-58213.', customer: 16 },
  },
  {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    tools: true,
    script: {
      tools: [{ name: 'lookup_order', arguments: { order_id: 'KO-58213' } }],
      firstTokenMs: 510,
      chunkMs: 10,
      usage: usage(1402, 19, 1152),
    },
    about: { ticketType: 'delivery', says: 'Where is my parcel? Order KO-58213.', customer: 16 },
  },
  {
    model: 'simulator/script',
    stream: true,
    ends: 'answered',
    script: {
      text: 'Die Kündigung ist eingetragen. Ihre Bestätigungsnummer lautet KP-4F19A2; Sie erhalten sie auch per E-Mail.',
      firstTokenMs: 450,
      chunkMs: 16,
      usage: usage(1467, 33, 1152),
      seed: 11,
    },
    about: { ticketType: 'cancellation', says: 'Ja, bitte kündigen.', customer: 30 },
  },
  {
    model: 'simulator/faults',
    stream: true,
    ends: 'refused',
    script: { fault: 429, retryAfter: 2 },
    about: { ticketType: 'invoice', says: 'You charged me twice!', customer: 8 },
  },
  {
    model: 'simulator/faults',
    stream: true,
    ends: 'cut',
    script: { text: WARRANTY, firstTokenMs: 300, chunkMs: 25, fault: 'cut', at: 9 },
    about: { ticketType: 'refund', says: 'Does the warranty cover a worn sole?', customer: 21 },
  },
  {
    model: 'simulator/script',
    stream: true,
    ends: 'hung up',
    script: { text: `${WARRANTY} ${WARRANTY}`, firstTokenMs: 250, chunkMs: 60 },
    about: { ticketType: 'login', says: 'Reset link never comes.', customer: 12 },
  },
]

const RETURNS = 'Unused products can be returned within 30 days; the refund arrives within five working days.'
const faq = (customer: number): LiveCall => ({
  model: 'kestrel-faq',
  stream: true,
  ends: 'answered',
  script: { text: RETURNS, firstTokenMs: 640, chunkMs: 18, usage: usage(904, 21) },
  about: { ticketType: 'refund', says: 'How long may I return something?', customer },
})
const support = (strong: object, about: LiveCall['about'], answer: string): LiveCall => ({
  model: 'kestrel-support',
  stream: true,
  ends: 'answered',
  script: { text: answer, chunkMs: 14, usage: usage(1380, 28), per: { strong, quick: { firstTokenMs: 180 } } },
  about,
})

const ALIAS_CALLS: readonly LiveCall[] = [
  support(
    { firstTokenMs: 10_000 },
    { ticketType: 'delivery', says: 'Can I still change the address?', customer: 3 },
    'Yes, until the parcel is packed. Which address should it go to?',
  ),
  support(
    { fault: 503 },
    { ticketType: 'invoice', says: 'I need an invoice with our VAT number.', customer: 16 },
    'Of course. Please tell me the VAT number and the order, and I send you a corrected invoice.',
  ),
  support(
    { firstTokenMs: 390 },
    { ticketType: 'login', says: 'How do I change my e-mail address?', customer: 12 },
    'Under Account, Personal data. You confirm the new address by a link that we send there.',
  ),
  // The first one is sent on, the others are answered from the cache.
  ...[0, 8, 30].map(faq),
]

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
    resource: { service: 'support-copilot', environment: 'production', release: '2026.11.4' },
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
