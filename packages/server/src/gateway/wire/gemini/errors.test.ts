import { AppError } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { gemini } from './codec.ts'
import { callOf, json } from './transcripts.case.ts'

test.each([
  ['invalid-request', 400, 'INVALID_ARGUMENT'],
  ['unauthenticated', 401, 'UNAUTHENTICATED'],
  ['permission-denied', 403, 'PERMISSION_DENIED'],
  ['model-not-found', 404, 'NOT_FOUND'],
  ['conflict', 409, 'ABORTED'],
  ['provider-not-configured', 424, 'FAILED_PRECONDITION'],
  ['rate-limited', 429, 'RESOURCE_EXHAUSTED'],
  ['client-closed', 499, 'CANCELLED'],
  ['internal', 500, 'INTERNAL'],
  ['provider-failed', 502, 'UNAVAILABLE'],
  ['unavailable', 503, 'UNAVAILABLE'],
  ['provider-timeout', 504, 'DEADLINE_EXCEEDED'],
] as const)('%s has the name of its gRPC status', (code, status, name) => {
  expect(gemini.encodeError(new AppError(code, 'No.'))).toMatchObject({
    status,
    body: { error: { code: status, message: 'No.', status: name } },
  })
})

test('what to do next stands in the details', () => {
  const error = new AppError('rate-limited', 'Slow down.', { retryAfterSeconds: 7, data: { param: 'contents' } })
  expect(gemini.encodeError(error).body).toMatchObject({
    error: {
      details: [
        { reason: 'RATE_LIMITED', metadata: { hint: error.hint } },
        { fieldViolations: [{ field: 'contents', description: 'Slow down.' }] },
        { retryDelay: '7s' },
      ],
    },
  })
})

test.each([
  [json('error.json'), { message: 'You exceeded your current quota.', status: 429, code: 'RESOURCE_EXHAUSTED' }],
  [[json('error.json')], { message: 'You exceeded your current quota.', status: 429, code: 'RESOURCE_EXHAUSTED' }],
  [{ error: 'plain' }, { message: 'plain' }],
  [{ error: {} }, { message: 'The provider sent an error without a message.' }],
  [undefined, { message: 'The provider answered with status 418.', status: 418 }],
])('an error body %j', (body, expected) => {
  expect(gemini.decodeError(418, body)).toEqual({ status: 418, ...expected })
})

test.each([
  [false, 'gemini-2.5-pro', '/v1beta/models/gemini-2.5-pro:generateContent'],
  [true, 'models/gemini-2.5-pro', '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse'],
  [false, 'tunedModels/my model', '/v1beta/tunedModels/my%20model:generateContent'],
  [false, '../files', '/v1beta/models/..%2Ffiles:generateContent'],
])('the path (stream: %s) of %s', (stream, model, path) => {
  expect(gemini.path(callOf({ stream }), model)).toBe(path)
})
