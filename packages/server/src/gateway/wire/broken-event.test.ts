import { expect, test } from 'vitest'
import { brokenAt } from './broken-event.ts'

const good = 'data: {"a":1}\n\n'
test.each([
  ['one event', good],
  ['several', good + good],
  ['CRLF', 'data: {"a":1}\r\n\r\nevent: x\r\ndata:{"b":[]}\r\n\r\n'],
  ['the mark of the end', `${good}data: [DONE]\n\n`],
  ['comments, names and other fields', `: keep-alive\n\nevent: ping\nid: 7\nretry: 10\ndata: {"type":"ping"}\n\n${good}`],
  ['data without anything in it', `data:\n\ndata: \n\n${good}`],
  ['JSON that is no object', 'data: null\n\ndata: []\n\ndata: "text"\n\n'],
  ['JSON over several lines', 'data: {\ndata: "a":\ndata: 1}\n\n'],
  ['spaces at the end of a line', 'data: {"a":1} \n\n'],
  ['nothing', ''],
])('%s can be read', (_, events) => {
  expect(brokenAt(Buffer.from(events))).toBe(-1)
})

test.each([
  ['JSON that is cut', 'data: {"choices":[{"delta":{"content":"\n\n'],
  ['a page', 'data: <html>502 Bad Gateway</html>\n\n'],
  ['a text', 'event: message\ndata: upstream connect error\n\n'],
  ['an end that is none', 'data: [DONE\n\n'],
])('%s cannot, and it is known where it begins', (_, event) => {
  expect(brokenAt(Buffer.from(event))).toBe(0)
  expect(brokenAt(Buffer.from(good + good + event + good))).toBe(good.length * 2)
})
