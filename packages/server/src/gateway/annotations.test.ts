import { expect, test } from 'vitest'
import { annotationsOf } from './annotations.ts'

test('headers of Helicone say the same as ours', () => {
  expect(
    annotationsOf({
      'helicone-user-id': 'u1',
      'helicone-session-id': 's1',
      'helicone-session-name': 'Trip',
      'helicone-session-path': '/plan/hotel',
      'helicone-request-id': '8f14e45f-ceea-467f-a0e6-000000000000',
      'helicone-prompt-id': 'greeting',
      'helicone-property-environment': 'staging',
      'helicone-property-app': 'mobile',
      'helicone-property-plan': 'pro, yearly',
      'helicone-auth': 'Bearer sk-sb-secret',
      'helicone-cache-enabled': 'true',
    }),
  ).toEqual({
    sessionId: 's1',
    userId: 'u1',
    environment: 'staging',
    tags: [],
    metadata: {
      session_name: 'Trip',
      session_path: '/plan/hotel',
      request_id: '8f14e45f-ceea-467f-a0e6-000000000000',
      prompt_id: 'greeting',
      app: 'mobile',
      plan: 'pro, yearly',
    },
  })
})

test('ours go before them', () => {
  const { sessionId, userId, environment, metadata } = annotationsOf(
    {
      'x-signalbox-session': 'ours',
      'helicone-session-id': 'theirs',
      'x-signalbox-environment': 'ours',
      'helicone-property-environment': 'theirs',
      'x-signalbox-metadata': '{"app":"ours","more":{"a":1}}',
      'helicone-property-app': 'theirs',
      'helicone-property-other': 'theirs',
    },
    'of the body',
  )
  expect({ sessionId, userId, environment, metadata }).toEqual({
    sessionId: 'ours',
    userId: 'of the body',
    environment: 'ours',
    metadata: { app: 'ours', other: 'theirs', more: '{"a":1}' },
  })
})

test('names and values stay inert and small', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`helicone-property-p${at}`, 'x']))
  expect(Object.keys(annotationsOf(many).metadata)).toHaveLength(64)
  const { metadata } = annotationsOf({
    'helicone-property-__proto__': 'x',
    'helicone-property-': 'x',
    'helicone-property-long': 'y'.repeat(5000),
  })
  expect(Object.keys(metadata)).toEqual(['__proto__', 'long'])
  expect(metadata.long).toHaveLength(1000)
  expect(() => annotationsOf({ 'x-signalbox-metadata': '[]' })).toThrow('must be a JSON object')
  expect(() => annotationsOf({ 'x-signalbox-metadata': '{' })).toThrow('is not JSON')
})
