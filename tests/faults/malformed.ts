import { gzipSync } from 'node:zlib'
import { otlpBody } from '../../bench/lib/otlp-body.ts'

/** A request that is wrong, and which 4xx says so. `shape`: where the error has its message. */
export type Malformed = {
  name: string
  path: string
  headers?: Record<string, string>
  body: string | Buffer
  status: number
  method?: string
  anonymous?: boolean
}

const CHAT = '/v1/chat/completions'
const TRACES = '/v1/traces'
const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const good = otlpBody('malformed', [[{ name: 'step', parent: -1, startMs: 0, durationMs: 1, attributes: {} }]])
good.renew(Date.now())
const truncated = good.bytes.subarray(0, good.bytes.length - 7)
const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 89 + (index >> 3) * 31 + 7) & 255))
const MB = 1 << 20
const chat = (body: object): string => JSON.stringify({ model: 'sim/echo', messages: [{ role: 'user', content: 'hi' }], ...body })

export const MALFORMED: readonly Malformed[] = [
  { name: 'truncated JSON of a call', path: CHAT, body: chat({}).slice(0, -9), status: 400 },
  { name: 'an empty body of a call', path: CHAT, body: '', status: 400 },
  { name: 'a list instead of an object', path: CHAT, body: '[1,2]', status: 400 },
  { name: 'a text instead of an object', path: CHAT, body: '"hello"', status: 400 },
  { name: 'null', path: CHAT, body: 'null', status: 400 },
  { name: 'bytes that are no text', path: CHAT, body: noise, status: 400 },
  {
    name: 'invalid UTF-8 inside a string of the model',
    path: CHAT,
    body: Buffer.concat([Buffer.from('{"messages":[],"model":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    status: 404,
  },
  { name: 'a model that is a number', path: CHAT, body: chat({ model: 7 }), status: 400 },
  { name: 'an empty model', path: CHAT, body: chat({ model: '' }), status: 400 },
  { name: 'a model that is called like a method', path: CHAT, body: chat({ model: 'constructor' }), status: 404 },
  { name: 'a provider that is called like a prototype', path: CHAT, body: chat({ model: '__proto__/echo' }), status: 404 },
  { name: 'messages that are an object', path: CHAT, body: chat({ messages: {} }), status: 400 },
  { name: 'no messages', path: CHAT, body: '{"model":"sim/echo"}', status: 400 },
  { name: 'a message that is null', path: CHAT, body: chat({ messages: [null] }), status: 400 },
  { name: 'stream that is a text', path: CHAT, body: chat({ stream: 'yes' }), status: 400 },
  { name: 'stream options that are a number, on a stream', path: CHAT, body: chat({ stream: true, stream_options: 5 }), status: 400 },
  { name: 'stream options that are a list, on a stream', path: CHAT, body: chat({ stream: true, stream_options: [1] }), status: 400 },
  { name: 'nesting 100,000 deep', path: CHAT, body: `{"model":"sim/echo","messages":${'['.repeat(100_000)}`, status: 400 },
  { name: 'nesting 30,000 deep', path: CHAT, body: `{"model":"sim/echo","messages":${'['.repeat(30_000)}`, status: 400 },
  { name: 'metadata that is no JSON', path: CHAT, headers: { 'x-signalbox-metadata': '{oops' }, body: chat({}), status: 400 },
  { name: 'metadata that is a list', path: CHAT, headers: { 'x-signalbox-metadata': '[1]' }, body: chat({}), status: 400 },
  { name: 'a call of 33 MB', path: CHAT, body: chat({ padding: 'x'.repeat(33 * MB) }), status: 413 },
  {
    name: 'a gzip bomb as a call',
    path: CHAT,
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(200 * MB, 32)),
    status: 413,
  },
  { name: 'what says gzip and is not', path: CHAT, headers: { 'content-encoding': 'gzip' }, body: chat({}), status: 400 },
  { name: 'an unknown content encoding', path: CHAT, headers: { 'content-encoding': 'rot13' }, body: chat({}), status: 415 },
  {
    name: 'a content encoding that is called like a method',
    path: CHAT,
    headers: { 'content-encoding': 'constructor' },
    body: chat({}),
    status: 415,
  },
  { name: 'a call without a key', path: CHAT, body: chat({}), status: 401, anonymous: true },
  { name: 'GET of a call', path: CHAT, method: 'GET', body: '', status: 405 },
  { name: 'a path of the gateway that is not there', path: '/v1/nothing', body: '{}', status: 404 },
  { name: 'spans as text', path: TRACES, headers: { 'content-type': 'text/plain' }, body: 'hello', status: 415 },
  {
    name: 'spans of a content type that is called like a method',
    path: TRACES,
    headers: { 'content-type': 'constructor' },
    body: 'hello',
    status: 415,
  },
  { name: 'protobuf that is noise', path: TRACES, headers: PROTOBUF, body: noise, status: 400 },
  { name: 'protobuf that is cut off', path: TRACES, headers: PROTOBUF, body: truncated, status: 400 },
  { name: 'protobuf that says JSON', path: TRACES, headers: JSON_TYPE, body: good.bytes, status: 400 },
  { name: 'JSON that says protobuf', path: TRACES, headers: PROTOBUF, body: '{"resourceSpans":[]}', status: 400 },
  { name: 'spans as JSON of wrong types', path: TRACES, headers: JSON_TYPE, body: '{"resourceSpans":{"scopeSpans":7}}', status: 400 },
  { name: 'spans as truncated JSON', path: TRACES, headers: JSON_TYPE, body: '{"resourceSpans":[{"scopeSpans":[', status: 400 },
  {
    name: 'a gzip bomb of spans',
    path: TRACES,
    headers: { ...PROTOBUF, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(200 * MB)),
    status: 413,
  },
  {
    name: 'cut-off gzip of spans',
    path: TRACES,
    headers: { ...PROTOBUF, 'content-encoding': 'gzip' },
    body: gzipSync(good.bytes).subarray(0, 60),
    status: 400,
  },
  { name: 'spans of 33 MB', path: TRACES, headers: PROTOBUF, body: Buffer.alloc(33 * MB), status: 413 },
  { name: 'a query that is a list', path: '/api/v1/query', headers: JSON_TYPE, body: '[]', status: 400 },
  { name: 'a query of an unknown measure', path: '/api/v1/query', headers: JSON_TYPE, body: '{"measures":["luck"]}', status: 400 },
  { name: 'a truncated query', path: '/api/v1/query', headers: JSON_TYPE, body: '{"measures":', status: 400 },
  {
    name: 'a query of 33 MB',
    path: '/api/v1/query',
    headers: JSON_TYPE,
    body: `{"measures":["calls"],"x":"${'x'.repeat(33 * MB)}"}`,
    status: 413,
  },
  { name: 'a filter that is no JSON', path: '/api/v1/traces?filter=%7Boops', method: 'GET', body: '', status: 400 },
  { name: 'a limit that is too high', path: '/api/v1/traces?limit=501', method: 'GET', body: '', status: 400 },
  { name: 'a cursor that is not ours', path: '/api/v1/traces?cursor=nonsense', method: 'GET', body: '', status: 400 },
  { name: 'a path of the API that is not there', path: '/api/v1/nothing', method: 'GET', body: '', status: 404 },
  { name: 'a path that is not valid', path: '/api/v1/traces/%ff', method: 'GET', body: '', status: 404 },
]
