import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { logIn, openBrowser } from '../../tests/browser/ui/browser.ts'
import { readable, sendTrace } from '../../tests/browser/ui/seed.ts'
import { type Signalbox, startSignalbox } from '../../tests/signalbox.ts'

/**
 * How a large trace reads in a browser: what the server answers and how long that takes, when the first rows are there, how
 * many frames a second tree and timeline make while they scroll, and how soon a span that was sent is on the screen.
 * The interface must have been built. `node --conditions=source bench/ui/trace.ts --spans 30000`
 */
const { values } = parseArgs({ options: { spans: { type: 'string', default: '30000' }, rounds: { type: 'string', default: '10' } } })
const SPANS = Number(values.spans)
const ROUNDS = Number(values.rounds)

const server = await startSignalbox()
const browser = await openBrowser()
try {
  await measure(server)
} finally {
  await browser.close()
  await server.stop()
}

async function measure(at: Signalbox): Promise<void> {
  const large = await sendTrace(at, { name: 'large', spans: SPANS })
  const medium = await sendTrace(at, { name: 'medium', spans: 3000 })
  for (const [name, traceId] of [[`${SPANS} spans`, large] as const, ['3000 spans', medium] as const]) {
    for (const encoding of ['identity', 'gzip']) {
      const { bytes, ms } = await median(() => answer(at, traceId, encoding))
      console.log(`outline of ${name}, ${encoding}: ${(bytes / 1024).toFixed(0)} KB in ${ms.toFixed(0)} ms`)
    }
  }
  const { page } = await logIn(browser, at)
  for (const [name, traceId] of [['3000', medium] as const, [String(SPANS), large] as const]) {
    const started = performance.now()
    await page.goto(`/p/default/traces/${traceId}`)
    await page.getByRole('treeitem').nth(10).waitFor()
    console.log(`first rows of ${name} spans after ${(performance.now() - started).toFixed(0)} ms from a cold load`)
  }
  console.log(`tree of ${SPANS} spans: ${await frames(page, scrollTree)}`)
  await page.goto(`/p/default/traces/${large}?as=timeline`)
  await page.getByRole('img', { name: /^Timeline of/ }).waitFor()
  await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 300)
  console.log(`timeline of ${SPANS} spans: ${await frames(page, wheelTimeline)}`)
  await growth(at, page)
}

async function answer(at: Signalbox, traceId: string, encoding: string): Promise<{ bytes: number; ms: number }> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    request(
      `${at.url}/api/v1/traces/${traceId}/outline`,
      { headers: { authorization: `Bearer ${at.secretKey}`, 'accept-encoding': encoding } },
      (response) => {
        let bytes = 0
        response.on('data', (piece: Buffer) => (bytes += piece.length))
        response.on('end', () => resolve({ bytes, ms: performance.now() - started }))
      },
    )
      .on('error', reject)
      .end()
  })
}

async function median<T extends { ms: number }>(run: () => Promise<T>): Promise<T> {
  const all: T[] = []
  for (let round = 0; round < 5; round += 1) all.push(await run())
  return all.sort((a, b) => a.ms - b.ms)[2] as T
}

/** Seconds that the main thread of the page has worked, whatever else the machine did meanwhile. */
async function busy(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

/** Frames while something moves for three seconds, in the page itself. */
async function frames(page: Page, move: (done: number) => Promise<number[]>): Promise<string> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await busy(session)
  const times = await page.evaluate(move, 3000)
  const worked = ((await busy(session)) - before) * 1000
  await session.detach()
  const sorted = times.toSorted((a, b) => a - b)
  const sum = times.reduce((total, time) => total + time, 0)
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0
  return `${((times.length * 1000) / sum).toFixed(1)} frames/s, p95 ${p95.toFixed(1)} ms, worst ${(sorted.at(-1) ?? 0).toFixed(1)} ms; ${(worked / times.length).toFixed(1)} ms of processor a frame`
}

function scrollTree(lasts: number) {
  return new Promise<number[]>((resolve) => {
    const tree = document.querySelector('[role=tree]') as HTMLElement
    const times: number[] = []
    const began = performance.now()
    let last = began
    const step = (now: number) => {
      times.push(now - last)
      last = now
      tree.scrollTop = (tree.scrollTop + 140) % Math.max(1, tree.scrollHeight - tree.clientHeight)
      if (now - began < lasts) requestAnimationFrame(step)
      else resolve(times.slice(1))
    }
    requestAnimationFrame(step)
  })
}

function wheelTimeline(lasts: number) {
  return new Promise<number[]>((resolve) => {
    const canvas = document.querySelector('canvas') as HTMLCanvasElement
    const box = canvas.getBoundingClientRect()
    const times: number[] = []
    const began = performance.now()
    let last = began
    const step = (now: number) => {
      times.push(now - last)
      last = now
      const closer = now - began < lasts / 2
      canvas.dispatchEvent(
        new WheelEvent('wheel', {
          bubbles: true,
          cancelable: true,
          ctrlKey: true,
          deltaY: closer ? -6 : 6,
          clientX: box.left + box.width / 3,
          clientY: box.top + 100,
        }),
      )
      if (now - began < lasts) requestAnimationFrame(step)
      else resolve(times.slice(1))
    }
    requestAnimationFrame(step)
  })
}

/** From sending a span until its row is there, in a trace that is open. */
async function growth(at: Signalbox, page: Page): Promise<void> {
  const traceId = randomBytes(16).toString('hex')
  const root = randomBytes(8).toString('hex')
  await send(at, { traceId, spanId: root, name: 'a running agent' })
  await readable(at, traceId)
  await page.goto(`/p/default/traces/${traceId}`)
  await page.getByRole('heading', { name: 'a running agent' }).first().waitFor()
  await page.getByRole('button', { name: /live/i }).first().waitFor()
  const waits: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `step ${round}`
    const shown = page.getByRole('treeitem', { name }).waitFor()
    const started = performance.now()
    await send(at, { traceId, spanId: randomBytes(8).toString('hex'), parentSpanId: root, name })
    await shown
    waits.push(performance.now() - started)
  }
  waits.sort((a, b) => a - b)
  console.log(
    `a span of an open trace is on the screen after ${waits[Math.floor(waits.length / 2)]?.toFixed(0)} ms (median of ${ROUNDS}), ${waits.at(-1)?.toFixed(0)} ms (worst)`,
  )
}

async function send(at: Signalbox, span: { traceId: string; spanId: string; parentSpanId?: string; name: string }): Promise<void> {
  const now = Date.now()
  const response = await fetch(`${at.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${at.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [
        { scopeSpans: [{ spans: [{ ...span, kind: 1, startTimeUnixNano: `${now - 40}000000`, endTimeUnixNano: `${now}000000` }] }] },
      ],
    }),
  })
  if (!response.ok) throw new Error(`OTLP ${response.status}: ${await response.text()}`)
}
