import type { AppError } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { decodeRequest, encodeRequest, type RequestShape } from './request.ts'

const CHAT: RequestShape = { list: 'messages', streamOptions: true }
const decodeChat = (body: Buffer) => decodeRequest(body, CHAT)

const send = (text: string, target: { model: string; askForUsage: boolean }) =>
  Buffer.concat(encodeRequest(decodeChat(Buffer.from(text)), target)).toString('utf8')

test('the body goes on byte for byte when nothing has to change', () => {
  const body = '{ "messages":[ {"role":"user","content":"h\\u00e9"} ],\n  "model" : "m", "unknown_parameter": 1.50 }'
  expect(send(body, { model: 'm', askForUsage: false })).toBe(body)
})

test('only the model name is replaced, wherever it stands and whatever else is called model', () => {
  const body = '{"messages":[{"role":"user","content":"\\"model\\":\\"m\\""}],"model":"m","x":{"model":"m"}}'
  expect(send(body, { model: 'gpt "4"', askForUsage: false })).toBe(body.replace('],"model":"m"', '],"model":"gpt \\"4\\""'))
})

test('usage is asked for beside what the client set', () => {
  expect(send('{"model":"m","messages":[],"stream":true}', { model: 'm', askForUsage: true })).toBe(
    '{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}',
  )
  expect(
    JSON.parse(
      send('{"stream_options":{"include_obfuscation":false},"model":"m","messages":[],"stream":true}', { model: 'n', askForUsage: true }),
    ),
  ).toEqual({
    stream_options: { include_obfuscation: false, include_usage: true },
    model: 'n',
    messages: [],
    stream: true,
  })
})

test('a long body is read without parsing what is in its messages', () => {
  const image = 'A'.repeat(8 << 20)
  const body = JSON.stringify({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } }] }],
    model: 'm',
    stream: true,
  })
  const request = decodeChat(Buffer.from(body))
  expect([request.model, request.stream, request.wantsUsage]).toEqual(['m', true, false])
})

test.each([
  ['', 'invalid-json'],
  ['nonsense', 'invalid-json'],
  ['[]', 'invalid-json'],
  ['{"model":"m","messages":[}', 'invalid-json'],
  ['{"messages":[]}', 'invalid-request'],
  ['{"model":7,"messages":[]}', 'invalid-request'],
  ['{"model":"m"}', 'invalid-request'],
  ['{"model":"m","messages":"hi"}', 'invalid-request'],
  ['{"model":"m","messages":[],"stream":"yes"}', 'invalid-request'],
])('refuses %s', (body, code) => {
  expect(() => decodeChat(Buffer.from(body))).toThrow(expect.objectContaining({ code }) as AppError)
})

test('where the model stands in the path, it is read there and the body is not touched', () => {
  const body = Buffer.from('{"contents":[],"model":7}')
  const request = decodeRequest(body, { list: 'contents', inPath: true }, { model: 'gemini-2.5-pro', stream: true })
  expect(request).toMatchObject({ model: 'gemini-2.5-pro', stream: true, wantsUsage: true })
  expect(encodeRequest(request, { model: 'other', askForUsage: false })).toEqual([body])
})

test.each<[string, RequestShape, object]>([
  ['{"model":"m","messages":[],"max_tokens":7}', CHAT, { maxOutputTokens: 7 }],
  [
    '{"model":"m","messages":[],"max_tokens":7,"max_completion_tokens":9,"n":3,"user":"u"}',
    CHAT,
    { maxOutputTokens: 9, answers: 3, user: 'u' },
  ],
  ['{"model":"m","messages":[],"user":"old","safety_identifier":"new"}', CHAT, { user: 'new' }],
  ['{"model":"m","input":"x","max_output_tokens":11}', {}, { maxOutputTokens: 11 }],
  ['{"model":"m","messages":[],"max_tokens":5,"metadata":{"user_id":"u-1"}}', { list: 'messages' }, { maxOutputTokens: 5, user: 'u-1' }],
  [
    '{"model":"m","contents":[],"generationConfig":{"maxOutputTokens":13,"candidateCount":2}}',
    { list: 'contents' },
    { maxOutputTokens: 13, answers: 2 },
  ],
  ['{"model":"m","messages":[],"max_tokens":"many","n":null,"user":7,"metadata":null}', CHAT, {}],
])('%s says how long the answer may be, and for whom', (body, shape, caps) => {
  const { maxOutputTokens, answers, user } = decodeRequest(Buffer.from(body), shape)
  expect(JSON.parse(JSON.stringify({ maxOutputTokens, answers, user }))).toEqual(caps)
})
