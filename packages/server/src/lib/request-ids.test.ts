import { expect, test } from 'vitest'
import { requestIds } from './request-ids.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`

test.each([['a'], ['req_1'], ['x'.repeat(100)], ['{"odd":"!~"}']])('the client may call its request %j', (sent) => {
  expect(requestIds({ 'x-request-id': sent })).toMatchObject({ requestId: sent, fromClient: true, parentId: '' })
})

test.each([[undefined], [''], ['two words'], ['x'.repeat(101)], ['tab\t'], ['Grüße'], ['\x7f'], ['one, two']])(
  'in place of %j a request gets a new id, which is that of its trace',
  (sent) => {
    const ids = requestIds(sent === undefined ? {} : { 'x-request-id': sent })
    expect(ids).toMatchObject({ fromClient: false, requestId: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(ids.requestId).toBe(ids.traceId)
    expect(requestIds({}).requestId).not.toBe(ids.requestId)
  },
)

test('the trace that the client names is the request, unless the client names that too', () => {
  expect(requestIds({ traceparent })).toEqual({ requestId: TRACE, fromClient: false, traceId: TRACE, parentId: 'b7ad6b7169203331' })
  expect(requestIds({ traceparent, 'x-request-id': 'mine' })).toMatchObject({ requestId: 'mine', traceId: TRACE })
})
