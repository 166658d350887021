import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../signalbox.ts'
import { runExample } from './called-examples.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/move-from-langfuse.md'), 'utf8')
/** Each call of the page with what is answered to it. */
const calls = [...page.matchAll(/^```sh\n(.*?)^```\n\n```json\n(.*?)^```/gms)].map(([, script = '', answer = '']) => ({ script, answer }))

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

it('answers every call of the page as it says there', async () => {
  expect(calls).toHaveLength(page.split('```sh').length - 1)
  expect(calls.length).toBeGreaterThan(2)
  // What was sent is in the store a moment later.
  for (const { script, answer } of calls)
    await expect.poll(() => runExample(script, signalbox), { interval: 300 }).toMatchObject(JSON.parse(answer))
}, 200_000)
