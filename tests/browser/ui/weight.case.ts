import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { logIn } from './browser.ts'
import type { World } from './world.ts'

const LIMIT = 250 * 1024
const BUILT = new URL('../../../packages/web/dist/', import.meta.url)
/** Loaded when they are needed: charts once there is something to draw, markdown and the trace panel when a trace is read, template engines and the preview once there is a template to read. */
const LATER =
  /\/(time-chart|heat-chart|use-plot|markdown|trace-panel|use-trace|palette|templates|read-templates|preview|examples-section|variants-section)-/

const PAGES: [path: string, ready: string][] = [
  ['getting-started', 'Make the first call'],
  ['overview', 'Latency p95'],
  ['traces', 'Duration (ms)'],
  ['sessions', 'Conversations of your app'],
  ['users', 'Who uses your app'],
  ['dashboards', 'No dashboard yet'],
  ['models?alias=support', 'comes from signalbox.yaml'],
  ['keys/budgets?budget=of-file', 'comes from signalbox.yaml'],
  ['playground', 'Chain of thought'],
  ['prompts', 'All prompts'],
  ['prompts/support/refund', 'Add a message'],
  ['experiments', 'No experiment yet'],
  ['experiments/new', 'Before it begins'],
  ['live', 'Alias → target'],
  ['settings', 'Engines'],
]

export function weight(world: () => World): void {
  describe('weight', () => {
    let door: Page
    beforeAll(async () => {
      const { server, browser } = world()
      ;({ page: door } = await logIn(browser, server))
      return () => door.context().close()
    })

    it.each(PAGES)('loads at most 250 KB of script, gzipped, before %s can be read', async (path, ready) => {
      // A new page, so that nothing of the one before is counted.
      const page = await door.context().newPage()
      const scripts = new Set<string>()
      page.on('request', (request) => {
        const { pathname } = new URL(request.url())
        if (pathname.endsWith('.js') && !LATER.test(pathname)) scripts.add(pathname)
      })
      await page.goto(`/p/default/${path}`)
      await page.getByText(ready).first().waitFor()
      const sizes = [...scripts].map(
        (script) => [script, gzipSync(readFileSync(new URL(`.${script}`, BUILT)), { level: 9 }).length] as const,
      )
      expect(sizes.length).toBeGreaterThan(3)
      const sum = sizes.reduce((total, [, size]) => total + size, 0)
      expect(sum, sizes.map(([script, size]) => `${size} ${script}`).join('\n')).toBeLessThanOrEqual(LIMIT)
      await page.close()
    })
  })
}
