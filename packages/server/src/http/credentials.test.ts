import { expect, test } from 'vitest'
import { secretOf } from './credentials.ts'

test.each([
  ['a bearer token', { authorization: 'Bearer sk-sb-1' }],
  ['a raw key, as Opik sends it', { authorization: 'sk-sb-1' }],
  ['a password', { authorization: `Basic ${Buffer.from('pk-sb-1:sk-sb-1').toString('base64')}` }],
  ['a key of Anthropic’s and LangSmith’s clients', { 'x-api-key': 'sk-sb-1' }],
  ['Azure’s', { 'api-key': 'sk-sb-1' }],
  ['Google’s', { 'x-goog-api-key': 'sk-sb-1' }],
  ['Helicone’s, beside a key of the provider', { 'helicone-auth': 'Bearer sk-sb-1', authorization: 'Bearer sk-of-openai' }],
])('%s', (_, headers) => expect(secretOf(headers)).toBe('sk-sb-1'))

test('a parameter, and none', () => {
  expect(secretOf({}, '/v1beta/models/x:generateContent?key=sk-sb-1')).toBe('sk-sb-1')
  expect(secretOf({}, '/v1/models')).toBeUndefined()
})
