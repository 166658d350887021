import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({
    yaml: `version: 1
models:
  shaky:
    targets: [{ provider: simulator, model: faults }]
    retries: { attempts: 0 }
    breaker: { failures: 2, windowSeconds: 60, cooldownSeconds: 3 }
`,
  })
})
afterAll(() => signalbox?.stop())

const ask = async (fault?: string) => {
  const response = await fetch(`${signalbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'shaky',
      messages: [{ role: 'user', content: JSON.stringify({ text: 'Yes.', ...(fault && { fault }) }) }],
    }),
  })
  await response.arrayBuffer()
  return response.status
}

test('what an edge knows of its breakers is told: closed, open until, half open, closed again', async () => {
  const api = createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
  const [edge] = await eventually(async () => {
    const { edges } = await api.models.health()
    return edges.length > 0 ? edges : undefined
  })
  expect((await api.models.health()).breakers).toEqual([])

  const failed = Date.now()
  expect([await ask('500'), await ask('500')].every((status) => status >= 500)).toBe(true)
  const open = await eventually(async () => (await api.models.health()).breakers[0])
  expect(open).toMatchObject({
    edge: edge?.id,
    provider: 'simulator',
    model: 'faults',
    reason: expect.stringContaining('2 of 2 calls failed') as string,
  })
  if (open.state === 'open') expect(Date.parse(open.until ?? '') - failed).toBeGreaterThan(2000)

  const half = await eventually(async () => {
    const [found] = (await api.models.health()).breakers
    return found?.state === 'half-open' ? found : undefined
  })
  expect(half.until).toBeNull()
  expect(await ask()).toBe(200)
  await eventually(async () => ((await api.models.health()).breakers.length === 0 ? true : undefined))
})
