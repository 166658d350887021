import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'
import { post, readable } from './seed.ts'

const YAML = `version: 1
models:
  assistant:
    targets: [{ provider: simulator, model: faults@strong }, { provider: simulator, model: faults@quick }]
    timeouts: { firstTokenMs: 5000 }
    retries: { attempts: 0 }
    cache: {}
`

let server: Signalbox
let browser: Browser
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox({ yaml: YAML }), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('shows on the overview whether the cache or another try helped, once one of them did', async () => {
  const ask = async (script: object) => {
    const body = { model: 'assistant', stream: true, messages: [{ role: 'user', content: JSON.stringify(script) }] }
    const trace = await post(server, '/v1/chat/completions', body)
    await readable(server, trace)
    return trace
  }
  await ask({ text: 'In time.' })
  const { page, problems } = await logIn(browser, server)
  await page.goto('/p/default/overview')
  await page.getByRole('table', { name: 'By model' }).waitFor()
  expect(await page.getByRole('table', { name: 'What helped' }).count()).toBe(0)

  await ask({ text: 'In time.' })
  const late = await ask({ text: 'Late.', per: { strong: { firstTokenMs: 60_000 } } })
  await page.reload()
  const table = page.getByRole('table', { name: 'What helped' })
  await table.waitFor()
  await expect
    .poll(() => table.getByRole('link').allTextContents())
    .toEqual(['From the cache streamed', 'At the first try streamed', 'At another try streamed'])
  await expectAccessible(page)
  await table.getByRole('link', { name: /At another try/ }).click()
  await page.waitForURL(/answeredBy:eq:another-try/)
  await page.getByRole('row', { name: /assistant/ }).click()
  await page.waitForURL(new RegExp(`trace=${late}`))
  expect(problems).toEqual([])
})
