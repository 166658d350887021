import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../signalbox.ts'
import { runExample } from './called-examples.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/guide/prompts.md'), 'utf8')
/** What is sent, and what is answered to that, in the order of the page: each goes on where the last one stopped. */
const examples = [...page.matchAll(/^```sh\n(.*?)^```\n\n```json\n(.*?)^```/gms)].map(([, script = '', answer = '']) => ({
  script,
  answer,
}))

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

it('every call of the page is answered as it says', async () => {
  expect(examples.length).toBeGreaterThan(6)
  for (const { script, answer } of examples) expect(await runExample(script, signalbox), script).toMatchObject(JSON.parse(answer))
})

it('a version is read again for a few bytes, until its label moves', async () => {
  const read = (known = '') =>
    fetch(`${signalbox.url}/api/v1/prompts/support%2Frefund?label=canary`, {
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'if-none-match': known },
    })
  const point = async (version: number) => {
    const response = await fetch(`${signalbox.url}/api/v1/prompts/support%2Frefund/labels/canary`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version }),
    })
    expect(response.status).toBe(200)
  }
  await point(1)
  const first = await read()
  const tag = first.headers.get('etag') ?? ''
  expect([first.status, ((await first.json()) as { version: number }).version]).toEqual([200, 1])
  expect([(await read(tag)).status, await (await read(tag)).text()]).toEqual([304, ''])
  await point(2)
  expect((await read(tag)).status).toBe(200)
})
