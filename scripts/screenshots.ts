import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { type Browser, chromium, type Page } from 'playwright-core'
import { load } from './demo/load.ts'
import { nameProject } from './demo/name-project.ts'
import { startServer } from './demo/start-server.ts'

const HELP = `npm run screenshots -- [options]

Starts the built program with the demo week and takes the pictures of the README.

  --out FOLDER   where they go, docs/images by default
  --scale N      how many conversations, 1 by default
  --all          more pages, each at two sizes, light and dark, for looking at all of them

SIGNALBOX_PORT chooses another port than 7501, SIGNALBOX_TEST_BROWSER another browser than /usr/bin/chromium.`

/** GitHub shows pictures of a README at about this width; larger files make it slow to open. */
const MOST_BYTES = 300_000

const LOOKS = [
  { size: { width: 1440, height: 900 }, scheme: 'light', suffix: '-1440-light' },
  { size: { width: 1440, height: 900 }, scheme: 'dark', suffix: '-1440-dark' },
  { size: { width: 1024, height: 768 }, scheme: 'light', suffix: '-1024-light' },
  { size: { width: 1024, height: 768 }, scheme: 'dark', suffix: '-1024-dark' },
] as const

const IN_README: ReadonlySet<string> = new Set(['overview', 'trace', 'session', 'dashboard'])
/** Not every machine has the fonts for the other languages. */
const ENGLISH = encodeURIComponent('tags:contains:en')

type Shot = { name: string; path: string; ready: (page: Page) => Promise<unknown> }

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: resolve(import.meta.dirname, '../docs/images') },
    scale: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(HELP)
else await main(values)

async function main({ out, scale, all }: { out: string; scale: string; all: boolean }): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'signalbox-pictures-'))
  const server = await startServer(data)
  let browser: Browser | undefined
  try {
    await nameProject(server)
    await load(server, { days: 7, scale: Number(scale), seed: 'kestrel' })
    browser = await chromium.launch({
      executablePath: process.env.SIGNALBOX_TEST_BROWSER ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
    })
    const shots = (await shotsOf(server)).filter(({ name }) => all || IN_README.has(name))
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' })
    page.setDefaultTimeout(120_000)
    await enter(page, server.loginLink ?? '')
    const looks = all ? LOOKS : LOOKS.slice(0, 1)
    for (const look of looks) {
      await page.setViewportSize(look.size)
      await page.emulateMedia({ colorScheme: look.scheme })
      for (const shot of shots) {
        const file = join(resolve(out), `${shot.name}${all ? look.suffix : ''}.png`)
        await take(page, `${server.publicUrl}/p/default`, shot, file)
        const { size } = await stat(file)
        console.log(`${file} ${Math.round(size / 1000)} kB`)
        if (!all && size > MOST_BYTES) throw new Error(`${file} is larger than ${MOST_BYTES / 1000} kB.`)
      }
    }
  } finally {
    await browser?.close()
    server.stop()
    await server.done
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** Logs in by the link, and sets a password: without one a banner asks for it on every page. */
async function enter(page: Page, loginLink: string): Promise<void> {
  await page.goto(loginLink)
  await page.waitForURL(/\/p\/default\//)
  await page.evaluate(async () => {
    const { csrfToken } = (await (await fetch('/api/v1/session')).json()) as { csrfToken: string }
    await fetch('/api/v1/session/credentials', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-signalbox-csrf': csrfToken },
      body: JSON.stringify({ email: 'you@kestrel.example', password: crypto.randomUUID() }),
    })
  })
}

async function take(page: Page, project: string, { path, ready }: Shot, file: string): Promise<void> {
  await page.goto(`${project}${path}`)
  await ready(page)
  // Long work of a loaded machine is waited for; a picture of grey bars helps nobody.
  await page.locator('.skeleton').first().waitFor({ state: 'detached', timeout: 120_000 })
  await page.mouse.move(0, 0)
  await page.screenshot({ path: file, animations: 'disabled' })
}

/** What is in the pictures: the week, a refused call of the bad deploy, the conversation of somebody who was not helped, the dashboard. */
async function shotsOf(server: { url: string; key: string }): Promise<Shot[]> {
  const client = createClient({ baseUrl: server.url, apiKey: server.key })
  const from = new Date(Date.now() - 8 * 86_400_000).toISOString()
  const { worthSeeing } = await client.demo.get()
  const vague = worthSeeing.find(({ title }) => title.includes('Too vague'))?.path ?? '/traces'
  const { traces } = await client.traces.list({
    from,
    sort: '-durationMs',
    limit: 50,
    filter: [
      { field: 'service', op: 'eq', value: 'support-copilot' },
      { field: 'tags', op: 'contains', value: 'escalation' },
      { field: 'tags', op: 'contains', value: 'en' },
    ],
  })
  const trace = traces.find(({ status, spanCount }) => status === 'ok' && spanCount >= 9) ?? traces[0]
  const { sessions } = await client.sessions.list({
    from,
    sort: '-traces',
    limit: 50,
    filter: [{ field: 'tags', op: 'contains', value: 'en' }],
  })
  const session = sessions.find(({ feedback, traces: turns }) => feedback.down > 0 && turns >= 3 && turns <= 6) ?? sessions[0]
  const [dashboard] = (await client.dashboards.list()).dashboards
  const heading = (page: Page) => page.getByRole('heading').first().waitFor()
  const rows = (page: Page) => page.getByRole('row').nth(5).waitFor()
  return [
    { name: 'overview', path: '/overview?range=7d', ready: heading },
    { name: 'traces', path: `/traces?range=7d&filter=${ENGLISH}`, ready: rows },
    { name: 'trace', path: `/traces/${trace?.traceId}`, ready: heading },
    { name: 'feedback', path: vague, ready: heading },
    { name: 'sessions', path: `/sessions?range=7d&filter=${ENGLISH}`, ready: rows },
    { name: 'session', path: `/sessions/${encodeURIComponent(session?.sessionId ?? '')}`, ready: heading },
    { name: 'users', path: '/users?range=7d', ready: rows },
    { name: 'dashboard', path: `/dashboards/${dashboard?.id}`, ready: heading },
  ]
}
