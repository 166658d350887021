// CPU per event of a stream whose provider speaks another dialect than its client: bytes in, events read, their meaning taken,
// written anew, bytes out. Beside it the floor, the same bytes split into events and nothing else, and what JSON.parse adds to
// that. One event per chunk, which is how providers send them and the dearest way.
// node --conditions=source bench/micro/translate.ts [--rounds 30] [--streams 20]
import { parseArgs } from 'node:util'
import { codecs } from '../../packages/server/src/gateway/dialects.ts'
import { anthropic } from '../../packages/server/src/gateway/wire/anthropic/codec.ts'
import { EventStreamReader } from '../../packages/server/src/gateway/wire/bedrock/event-stream.ts'
import { chat } from '../../packages/server/src/gateway/wire/chat/codec.ts'
import type { InboundCodec } from '../../packages/server/src/gateway/wire/codec.ts'
import { completions } from '../../packages/server/src/gateway/wire/completions/codec.ts'
import { gemini } from '../../packages/server/src/gateway/wire/gemini/codec.ts'
import type { Call } from '../../packages/server/src/gateway/wire/language.ts'
import { responses } from '../../packages/server/src/gateway/wire/responses/codec.ts'
import { ServerEventReader } from '../../packages/server/src/gateway/wire/server-events.ts'
import { median } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'
import { type ProviderDialect, providerStreams } from './provider-streams.ts'

const TARGET_MICROS = 4
const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '30' }, streams: { type: 'string', default: '20' } } })
const rounds = Number(flags.rounds)
const streamsPerRound = Number(flags.streams)

const parameters = { type: 'object', properties: { q: { type: 'string' } } }
const user = { role: 'user', content: 'What is new?' }
const CLIENTS: Record<string, { codec: InboundCodec; dialect?: ProviderDialect; body: Record<string, unknown> }> = {
  chat: {
    codec: chat,
    dialect: 'openai-chat',
    body: {
      messages: [user],
      tools: [{ type: 'function', function: { name: 'search', parameters } }],
      stream: true,
      stream_options: { include_usage: true },
    },
  },
  responses: {
    codec: responses,
    dialect: 'openai-responses',
    body: { input: [user], tools: [{ type: 'function', name: 'search', parameters }], stream: true },
  },
  anthropic: {
    codec: anthropic,
    dialect: 'anthropic',
    body: { max_tokens: 512, messages: [user], tools: [{ name: 'search', input_schema: parameters }], stream: true },
  },
  gemini: {
    codec: gemini,
    dialect: 'gemini',
    body: {
      contents: [{ role: 'user', parts: [{ text: user.content }] }],
      tools: [{ functionDeclarations: [{ name: 'search', parameters }] }],
    },
  },
  completions: { codec: completions, body: { prompt: user.content, stream: true } },
}

const streams = Object.entries(providerStreams()) as [ProviderDialect, Buffer[]][]
const readerOf = (provider: ProviderDialect) => (provider === 'bedrock' ? new EventStreamReader() : new ServerEventReader())

/** What `TranslatedAnswer` does with the bytes of a stream. Says how many bytes it wrote, and whether the answer ended. */
function translate(codec: InboundCodec, call: Call, provider: ProviderDialect, chunks: readonly Buffer[]) {
  const reader = readerOf(provider)
  const decoder = codecs[provider].decodeAnswer(call)
  const encoder = codec.encodeAnswer(call, { id: 'bench' })
  let bytes = 0
  let ended = false
  for (const chunk of [...chunks, undefined]) {
    for (const event of chunk ? reader.push(chunk) : reader.finish()) {
      let text = ''
      for (const meant of decoder.push(event)) {
        if (meant.type === 'error') throw new Error(`${provider}: ${meant.error.message}`)
        ended ||= meant.type === 'end'
        text += encoder.push(meant)
      }
      if (text) bytes += Buffer.from(text).length
    }
  }
  for (const meant of ended ? [] : decoder.finish()) {
    ended ||= meant.type === 'end'
    bytes += Buffer.from(encoder.push(meant)).length
  }
  return { bytes, ended }
}

function split(provider: ProviderDialect, chunks: readonly Buffer[]): number {
  const reader = readerOf(provider)
  let events = 0
  for (const chunk of chunks) events += reader.push(chunk).length
  return events + reader.finish().length
}

function splitAndParse(provider: ProviderDialect, chunks: readonly Buffer[]): void {
  const reader = readerOf(provider)
  for (const chunk of chunks) for (const { data } of reader.push(chunk)) if (data !== '[DONE]') JSON.parse(data)
}

const FLOOR = 'the floor'
const PARSED = 'parsed'
type Job = { client: string; provider: ProviderDialect; events: number; run(): unknown; costs: number[] }
const jobs: Job[] = streams.flatMap(([provider, chunks]) => {
  const events = split(provider, chunks)
  const pairs = Object.entries(CLIENTS).filter(([, { dialect }]) => dialect !== provider)
  return [
    { client: FLOOR, provider, events, run: () => split(provider, chunks), costs: [] },
    { client: PARSED, provider, events, run: () => splitAndParse(provider, chunks), costs: [] },
    ...pairs.map(([client, { codec, body }]): Job => {
      const call = codec.decodeCall({ model: 'bench', ...body }, { model: 'bench', stream: true, alt: 'sse' })
      const { bytes, ended } = translate(codec, call, provider, chunks)
      if (!ended || bytes < 5_000) throw new Error(`${client} from ${provider} is no whole answer: ${bytes} bytes`)
      return { client, provider, events, run: () => translate(codec, call, provider, chunks), costs: [] }
    }),
  ]
})

// The first rounds are for the compiler. Pairs take turns, so that a busy moment of the machine hits all of them.
for (let round = -5; round < rounds; round++) {
  for (const { run, events, costs } of jobs) {
    const before = process.cpuUsage()
    for (let i = 0; i < streamsPerRound; i++) run()
    const { user, system } = process.cpuUsage(before)
    if (round >= 0) costs.push((user + system) / (streamsPerRound * events))
  }
}

const pairs = jobs.filter(({ client }) => client !== FLOOR && client !== PARSED)
const costsOf = (name: string, of: ProviderDialect) => jobs.find(({ client, provider }) => client === name && provider === of)?.costs ?? []
const both = (costs: readonly number[]) => `${figure(Math.min(...costs))} (${figure(median(costs))})`
const counts = jobs.map(({ events }) => events)
console.log(
  `${streamsPerRound} streams of ${Math.min(...counts)} to ${Math.max(...counts)} events per round; CPU µs per event, best (median) of ${rounds} rounds\n`,
)
console.log(
  table(
    ['client ← provider', 'translated', 'split', 'split and parsed', 'translated to split'],
    pairs.map(({ client, provider, costs }) => {
      const [floor, parsed] = [costsOf(FLOOR, provider), costsOf(PARSED, provider)]
      return [`${client} ← ${provider}`, both(costs), both(floor), both(parsed), `${figure(median(costs) / median(floor), 1)} ×`]
    }),
  ),
)
const dearest = Math.max(...pairs.map(({ costs }) => median(costs)))
console.log(`\nwanted ≤ ${TARGET_MICROS} µs, the dearest pair ${figure(dearest)} µs: ${dearest <= TARGET_MICROS ? 'reached' : 'MISSED'}`)
process.exit(dearest <= TARGET_MICROS ? 0 : 1)
