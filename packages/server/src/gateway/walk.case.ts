import type { IncomingMessage, ServerResponse } from 'node:http'
import { ModelEntry, type Snapshot, type SnapshotProvider } from '@signalbox/schema'
import type { Client } from './clients.case.ts'
import { mocks, play } from './mock-providers.case.ts'
import { type Seen, startWorld, type World } from './world.case.ts'

/** A kind of provider that speaks each dialect of a client, and the path below its address. */
export const KINDS = {
  'openai-chat': { kind: 'openai-compatible', base: '/v1', model: 'gpt-4o' },
  'openai-responses': { kind: 'openai', base: '/v1', model: 'gpt-5-pro' },
  anthropic: { kind: 'anthropic', base: '', model: 'claude-sonnet-4-5' },
  gemini: { kind: 'google', base: '', model: 'gemini-2.5-pro' },
  cohere: { kind: 'cohere', base: '', model: 'command-a-03-2025' },
} satisfies Record<Client, { kind: string; base: string; model: string }>
export const CLIENTS = Object.keys(KINDS) as Client[]

/** Nobody listens at `gone`; `keyed` has three keys: key-0, key-1, key-2. */
export type Place = 'first' | 'second' | 'third' | 'keyed' | 'gone'
export type Target = [place: Place, dialect: Client]
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => unknown
export const nameOf = (place: Place, dialect: Client): string => `${place}-${dialect}`

/** `own`: both targets speak as the client does; `away`: only the first; `home`: only the second. */
export const WAYS = ['own', 'away', 'home'] as const
export type Way = (typeof WAYS)[number]
const foreignTo = (client: Client): Client => (client === 'anthropic' ? 'openai-chat' : 'anthropic')
export const dialectsOf = (way: Way, client: Client): [first: Client, second: Client] =>
  way === 'home' ? [foreignTo(client), client] : way === 'away' ? [client, foreignTo(client)] : [client, client]

/** A gateway before an upstream that has several places, each with a provider of every dialect, and aliases that lead there. */
export type Walk = {
  world: World
  /** What each place does. */
  behave: Partial<Record<Place, Behaviour>>
  /** Makes an alias: nothing is tried twice and no breaker opens, unless it is said. Before the first call. */
  alias(name: string, targets: readonly Target[], more?: Partial<ModelEntry>): void
  /** The calls that a place has had. */
  seenAt(place: Place): Seen[]
  close(): Promise<void>
}

export async function startWalk(): Promise<Walk> {
  const models: Record<string, ModelEntry> = {}
  const world = await startWorld((usual, url) => withPlaces(usual, url, models))
  const walk: Walk = {
    world,
    behave: {},
    alias(name, targets, more = {}) {
      const found = targets.map(([place, dialect]) => ({ provider: nameOf(place, dialect), model: KINDS[dialect].model }))
      const usual = ModelEntry.parse({ targets: found, retries: { attempts: 0 }, breaker: false, timeouts: TIMEOUTS })
      models[name] = { ...usual, ...more }
    },
    seenAt: (place) => world.seen.filter(({ url }) => url.startsWith(`/${place}/`)),
    close: () => world.close(),
  }
  for (const client of CLIENTS) {
    for (const way of WAYS) {
      const [first, second] = dialectsOf(way, client)
      walk.alias(`${way}-${client}`, [
        ['first', first],
        ['second', second],
      ])
    }
    for (const place of ['gone', 'keyed'] as const)
      walk.alias(`${place}-${client}`, [
        [place, client],
        ['second', client],
      ])
  }
  world.answer = (request, response) => {
    const found = walk.behave[request.url?.split('/')[1] as Place]
    if (found) found(response, request)
    else response.writeHead(500).end('nobody answers here')
  }
  isStreaming = (request) => world.seen.findLast(({ url }) => url === request.url)?.body.includes('"stream":true') === true
  return walk
}

let isStreaming: (request: IncomingMessage) => boolean = () => false
const TIMEOUTS = { firstByteMs: 300, firstTokenMs: 450, idleMs: 350 }

function withPlaces(usual: Snapshot, url: string, models: Record<string, ModelEntry>): Snapshot {
  const project = usual.projects.default
  if (!project) throw new Error('there is no project')
  const places: readonly Place[] = ['first', 'second', 'third', 'keyed', 'gone']
  const providers = places.flatMap((place) =>
    CLIENTS.map((dialect): SnapshotProvider => {
      const { kind, base } = KINDS[dialect]
      const baseUrl = place === 'gone' ? `http://127.0.0.1:9${base}` : `${url}/${place}${base}`
      const keys = place === 'keyed' ? { apiKey: 'key-0', moreKeys: ['key-1', 'key-2'] } : { apiKey: 'k' }
      return { name: nameOf(place, dialect), kind, baseUrl, ...keys, headers: {}, from: 'file', problem: null }
    }),
  )
  return { ...usual, projects: { default: { ...project, providers: Object.fromEntries(providers.map((one) => [one.name, one])), models } } }
}

const isWhole = (request: IncomingMessage) => !/stream/.test(request.url ?? '') && !isStreaming(request)
/** Answers as it should. */
export const good =
  (dialect: Client): Behaviour =>
  (response, request) =>
    play(response, dialect, { stream: !isWhole(request) })
export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
/** What comes of a stream before anything that a reader can see. */
export const prelude: Record<Client, number> = { 'openai-chat': 1, 'openai-responses': 3, anthropic: 3, gemini: 0, cohere: 2 }
export const streamHead = (response: ServerResponse, dialect: Client) =>
  response.writeHead(200, { 'content-type': mocks[dialect].contentType })
/** The first events of a stream, and then something else. */
export const startOf =
  (dialect: Client, events: number, then: (response: ServerResponse) => void): Behaviour =>
  (response) => {
    streamHead(response, dialect)
    for (const event of mocks[dialect].stream.slice(0, events)) response.write(event)
    // What was written has gone before what follows.
    setTimeout(() => then(response), 15)
  }
/** Never answers. */
export const nothing = () => {}
/** An error in place of the next event. */
export const errorEvents: Record<Client, string> = {
  'openai-chat': 'data: {"error":{"message":"the server is on fire","type":"server_error","code":null}}\n\n',
  'openai-responses':
    'event: error\ndata: {"type":"error","code":"server_error","message":"the server is on fire","param":null,"sequence_number":3}\n\n',
  anthropic: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  gemini: 'data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\n\n',
  cohere: 'event: message-end\ndata: {"type":"message-end","id":"co1","delta":{"finish_reason":"ERROR","error":"on fire"}}\n\n',
}
