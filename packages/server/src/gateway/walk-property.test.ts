import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOf, type Client, clients, heard } from './clients.case.ts'
import { mocks } from './mock-providers.case.ts'
import { CLIENTS, dialectsOf, errorEvents, nameOf, startWalk, streamHead, WAYS } from './walk.case.ts'

/** How a target breaks off at a byte of its stream. */
const BREAKS = ['destroy', 'end', 'silence', 'error event'] as const
const part = fc.double({ min: 0, max: 1, noNaN: true })
const failures = fc.record({
  client: fc.constantFrom(...CLIENTS),
  way: fc.constantFrom(...WAYS),
  at: part,
  cuts: fc.array(part, { maxLength: 6 }),
  how: fc.constantFrom(...BREAKS),
})
const markedStream = (dialect: Client, mark: string): string => mocks[dialect].stream.map(String).join('').replaceAll('Grü', mark)
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const errorsIn = (text: string): number =>
  text.match(/server is on fire|on fire|[Oo]verloaded|provider_failed|provider_timeout|The provider|The connection/g)?.length ?? 0

test('whatever breaks off wherever: a client hears one answer, or the beginning of one and then an error', async () => {
  const walk = await startWalk()
  const outcomes = { second: 0, broken: 0, first: 0 }
  await fc.assert(
    fc
      .asyncProperty(failures, async ({ client, way, at, cuts, how }) => {
        const [first, second] = dialectsOf(way, client)
        const whole = markedStream(first, 'FIRST')
        const bytes = Buffer.from(whole)
        // An error event that comes when all is said is no error.
        const end = Math.floor(at * bytes.length * (how === 'error event' ? 0.6 : 1))
        const points = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * end)), end])].sort((a, b) => a - b)
        walk.behave = {
          async first(response) {
            streamHead(response, first).flushHeaders()
            for (const [index, from] of points.slice(0, -1).entries()) {
              response.write(bytes.subarray(from, points[index + 1]))
              await pause(1)
            }
            await pause(5)
            if (how === 'destroy') response.destroy()
            else if (how === 'end') response.end()
            else if (how === 'error event') response.end(`\n\n${errorEvents[first]}`)
          },
          second: (response) => streamHead(response, second).end(markedStream(second, 'SECOND')),
        }
        const got = await walk.world.send(clients[client].ask(`${way}-${client}`, true))
        expect(got.status).toBe(200)
        if (got.headers['x-signalbox-provider'] === nameOf('second', second)) {
          outcomes.second++
          expect([got.text.includes('FIRST'), errorsIn(got.text), got.headers['x-signalbox-attempts']]).toEqual([false, 0, '2'])
          if (client === second) expect(got.text).toBe(markedStream(second, 'SECOND'))
          else expect(clients[client].read(bodyOf(client, got, true))).toEqual({ ...heard, text: heard.text.replace('Grü', 'SECOND') })
          // Nothing that a reader could have seen was thrown away for it.
          expect(bytes.subarray(0, end).toString()).not.toMatch(/FIRST[\s\S]*?\n\n/)
          return
        }
        expect([got.text.includes('SECOND'), got.headers['x-signalbox-attempts'], walk.seenAt('second').length]).toEqual([false, '1', 0])
        if (errorsIn(got.text) === 0) {
          outcomes.first++
          expect(clients[client].read(bodyOf(client, got, true))).toEqual({ ...heard, text: heard.text.replace('Grü', 'FIRST') })
          return
        }
        outcomes.broken++
        expect(got.text).toContain('FIRST')
        expect(got.text).not.toMatch(/\[DONE\]|message_stop|response\.completed/)
        if (client !== first) return
        // Byte for byte what the first one said, and after it one event more.
        let shared = 0
        while (shared < got.text.length && got.text[shared] === whole[shared]) shared++
        const event = got.text.slice(got.text.lastIndexOf('\n\n', shared) + 2).trim()
        expect(event.split(/\n\n/).length).toBe(1)
      })
      .afterEach(() => {
        walk.world.seen.length = 0
      }),
    { numRuns: 150 },
  )
  const { starts, ends } = await walk.world.recorded()
  expect(ends.length).toBe(starts.length)
  for (const { attempts, status } of ends)
    expect(attempts.filter(({ failure }) => failure === undefined).length).toBe(status === 'ok' ? 1 : 0)
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(0)
  await walk.close()
})
