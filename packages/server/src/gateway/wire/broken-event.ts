import { dataOf, endOfEvent } from './watch.ts'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20

/**
 * Where in whole server-sent events the first one begins whose data is no JSON; -1 where there is none. `[DONE]` and data without
 * anything in it are no such thing. Looks at both ends of each line, for parsing each event of a stream that only passes would cost more than
 * passing it; what looks odd is parsed.
 */
export function brokenAt(events: Buffer): number {
  const { length } = events
  for (let at = 0; at < length; ) {
    let end = events.indexOf(LF, at)
    if (end === -1) end = length
    if (isData(events, at) && !looksWhole(events, at + 5, end)) return exactly(events)
    at = end + 1
  }
  return -1
}

const isData = (events: Buffer, at: number): boolean =>
  events[at] === 0x64 && events[at + 1] === 0x61 && events[at + 2] === 0x74 && events[at + 3] === 0x61 && events[at + 4] === 0x3a

function looksWhole(events: Buffer, from: number, to: number): boolean {
  const start = events[from] === SPACE ? from + 1 : from
  let last = to - 1
  if (events[last] === CR) last--
  return events[start] === 0x7b && events[last] === 0x7d
}

function exactly(events: Buffer): number {
  for (let start = 0; start < events.length; ) {
    const end = endOfEvent(events, start)
    const data = dataOf(events.toString('utf8', start, end).trimStart())
    if (data !== undefined && !isJson(data)) return start
    start = end
  }
  return -1
}

function isJson(data: string): boolean {
  const text = data.trim()
  if (text === '' || text === '[DONE]') return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
