import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { openBrowser } from './browser.ts'

/** One server and one browser for all pages. */
export type World = { server: Signalbox; browser: Browser }

/** Starts the world before the tests of a file and ends it after them. The interface must have been built. */
export function useWorld(): () => World {
  let world: World | undefined
  beforeAll(async () => {
    const built = new URL('../../../packages/web/dist/index.html', import.meta.url)
    if (!existsSync(built)) throw new Error('The interface is not built. Run `npm run build -w packages/web` first.')
    const [server, browser] = await Promise.all([startSignalbox({ yaml: YAML }), openBrowser()])
    world = { server, browser }
  })
  afterAll(async () => {
    await world?.browser.close()
    await world?.server.stop()
  })
  return () => {
    if (!world) throw new Error('The world has not started.')
    return world
  }
}

const YAML = `version: 1
providers:
  missing: { kind: openai, apiKey: \${A_VARIABLE_THAT_NOBODY_SET} }
models:
  support:
    strategy: fallback
    targets:
      - { provider: missing, model: gpt-4o }
      - { provider: simulator, model: echo }
budgets:
  - { name: of-file, scope: project, measure: requests, amount: 1000000, per: month, action: warn }
splits:
  - { name: later, kind: canary, model: support, to: simulator/echo, active: false, startsAt: 2026-01-01T00:00:00Z, steps: [{ percent: 5, minutes: 60 }, { percent: 100 }] }
`
