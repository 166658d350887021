import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ServerEventReader } from './server-events.ts'

const read = (pieces: Buffer[]) => {
  const reader = new ServerEventReader()
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.finish()]
}

test.each([
  [
    'data: a\n\ndata: b\n\n',
    [
      { event: '', data: 'a' },
      { event: '', data: 'b' },
    ],
  ],
  ['\ufeffevent: ping\r\ndata:{"type":"ping"}\r\n\r\n', [{ event: 'ping', data: '{"type":"ping"}' }]],
  [': a comment\n\ndata: one\ndata: two\n\n', [{ event: '', data: 'one\ntwo' }]],
  [
    'event: left\n\ndata: right\r\rid: 7\nretry: 3\ndata: no empty line',
    [
      { event: '', data: 'right' },
      { event: '', data: 'no empty line' },
    ],
  ],
  ['data\n\n', [{ event: '', data: '' }]],
])('reads %j', (text, events) => {
  expect(read([Buffer.from(text)])).toEqual(events)
})

test('where the bytes are cut does not matter', () => {
  const text = Buffer.from('event: x\r\ndata: Grüß dich, 世界 🙂\r\n\r\n: ping\n\ndata: 2\rdata: 3\r\revent: y\ndata: end')
  const whole = read([text])
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length]
      expect(read(at.slice(1).map((end, index) => text.subarray(at[index], end)))).toEqual(whole)
    }),
  )
})
