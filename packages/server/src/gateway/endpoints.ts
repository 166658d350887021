import type { SpanKind } from '@signalbox/schema'
import type { Units } from '../pricing/rates.ts'
import type { Door, Passthrough } from './doors.ts'
import { doors } from './doors.ts'
import { EndpointWatch } from './wire/endpoint-watch.ts'
import { wholeFacts } from './wire/openai-whole.ts'
import type { RequestShape } from './wire/request.ts'

/** An endpoint of OpenAI beside chat: its requests and answers pass in their own bytes, to providers that have it. */
export type Endpoint = Door & { path: string; method: 'GET' | 'POST' | 'DELETE' }

type Row = {
  path: string
  method?: Endpoint['method']
  /** As OpenTelemetry's GenAI conventions call it, or in their manner. */
  operation: string
  kind?: SpanKind
  shape?: RequestShape
  media?: Passthrough['media']
  units?: NonNullable<Passthrough['units']>
  charge?: NonNullable<Door['charge']>
}

const FREE = { cost: 0, reason: 'Files and batches are not charged by the call.' }
const BATCH = { cost: null, reason: 'The lines of a batch are charged when they are worked off, which is not seen here.' }
const store = { kind: 'span', shape: { model: 'none', empty: true }, charge: FREE } as const

const ROWS: readonly Row[] = [
  { path: '/embeddings', operation: 'embeddings', kind: 'embedding' },
  { path: '/moderations', operation: 'moderation', shape: { model: 'optional' }, units: () => ({ request: 1 }) },
  { path: '/images/generations', operation: 'image_generation', shape: { model: 'optional', reads: ['n'] }, units: images },
  { path: '/images/edits', operation: 'image_edit', shape: { model: 'optional', reads: ['n'] }, units: images },
  { path: '/images/variations', operation: 'image_variation', shape: { model: 'optional', reads: ['n'] }, units: images },
  { path: '/audio/speech', operation: 'speech', shape: { reads: ['input'] }, media: 'media', units: characters },
  { path: '/audio/transcriptions', operation: 'transcription', media: 'media', units: seconds },
  { path: '/audio/translations', operation: 'translation', media: 'media', units: seconds },
  { path: '/files', operation: 'file_upload', ...store, shape: { model: 'none' } },
  { path: '/files', method: 'GET', operation: 'file_list', ...store },
  { path: '/files/{id}', method: 'GET', operation: 'file_get', ...store },
  { path: '/files/{id}', method: 'DELETE', operation: 'file_delete', ...store },
  { path: '/files/{id}/content', method: 'GET', operation: 'file_content', ...store, media: 'file' },
  { path: '/batches', operation: 'batch_create', ...store, shape: { model: 'none' }, charge: BATCH },
  { path: '/batches', method: 'GET', operation: 'batch_list', ...store },
  { path: '/batches/{id}', method: 'GET', operation: 'batch_get', ...store },
  { path: '/batches/{id}/cancel', operation: 'batch_cancel', ...store },
]

/** One per method and path, which is without `/v1`. */
export const endpoints: readonly Endpoint[] = ROWS.map(endpointOf)

const BY_PATH = Map.groupBy(endpoints, ({ path }) => path)
const WITH_ID = [...BY_PATH.keys()].filter((path) => path.includes('{id}')).sort((a, b) => b.length - a.length)

/** The endpoints of a path below `/v1`, one per method, and the id that stands in it, not decoded. */
export function endpointsAt(path: string): { found: readonly Endpoint[]; id: string } | undefined {
  const fixed = BY_PATH.get(path)
  if (fixed) return { found: fixed, id: '' }
  for (const pattern of WITH_ID) {
    const [before = '', after = ''] = pattern.split('{id}')
    if (path.length > before.length + after.length && path.startsWith(before) && path.endsWith(after))
      return { found: BY_PATH.get(pattern) ?? [], id: path.slice(before.length, path.length - after.length) }
  }
  return undefined
}

function endpointOf({ path, method = 'POST', operation, kind = 'llm', shape = {}, media, units, charge }: Row): Endpoint {
  return {
    path,
    method,
    dialect: 'openai-endpoint',
    operation,
    kind,
    shape,
    ...(charge && { charge }),
    passthrough: {
      accepts: ({ dialectOf }, model) => SPOKEN.has(dialectOf(model)),
      path: (_, { id = '', query = '' }) => path.replace('{id}', () => encodeURIComponent(id)) + query,
      watch: () => new EndpointWatch(),
      wholeFacts,
      // Each ends with an event that says so; what a provider adds to that is not ours to know.
      isComplete: ({ done }) => done,
      convention: 'openai',
      method,
      ...(media && { media }),
      ...(units && { units }),
    },
    encodeError: doors.chat.encodeError,
    streamError: doors.chat.streamError,
  }
}

const SPOKEN: ReadonlySet<string> = new Set(['openai-chat', 'openai-responses'])

type Told = { fields: Record<string, unknown>; usage: unknown }

function images({ fields: { n } }: Told): Units | undefined {
  const count = n === undefined || n === null || n === '' ? 1 : Number(n)
  return Number.isSafeInteger(count) && count > 0 ? { image: count } : undefined
}

/** Characters are what Unicode calls code points. */
function characters({ fields: { input } }: Told): Units | undefined {
  if (typeof input !== 'string') return undefined
  let character = 0
  for (const _ of input) character++
  return { character }
}

/** `{ type: 'duration', seconds }` in place of tokens. */
function seconds({ usage }: Told): Units | undefined {
  const second = (usage as { seconds?: unknown } | undefined | null)?.seconds
  return typeof second === 'number' && second >= 0 && second < 1e7 ? { second } : undefined
}
