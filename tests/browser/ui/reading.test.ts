import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runExample } from '../../docs/called-examples.ts'
import { eventually, type Signalbox } from '../../signalbox.ts'
import { expectAccessible, logIn } from './browser.ts'
import { post, readable } from './seed.ts'
import { useWorld } from './world.ts'

const world = useWorld()
let page: Page
let problems: string[]
beforeAll(async () => {
  const { server, browser } = world()
  ;({ page, problems } = await logIn(browser, server, { permissions: ['clipboard-read', 'clipboard-write'] }))
})
afterAll(() => page?.context().close())

/** Waits for what a loaded machine may take seconds for. */
const poll = <T>(read: () => Promise<T> | T) => expect.poll(read)
const id = (bytes: number) => randomBytes(bytes).toString('hex')
type Step = {
  spanId: string
  parentSpanId?: string
  name: string
  kind: string
  at: number
  lasts: number
  attributes?: Record<string, string>
  fails?: string
}

/** Sends steps of one trace by OpenTelemetry, as OpenInference names them. Times are milliseconds from a minute ago. */
async function send(server: Signalbox, traceId: string, steps: Step[]): Promise<void> {
  const start = Date.now() - 60_000
  const spans = steps.map(({ at, lasts, kind, attributes = {}, fails, ...span }) => ({
    ...span,
    traceId,
    kind: 1,
    startTimeUnixNano: `${start + at}000000`,
    endTimeUnixNano: `${start + at + lasts}000000`,
    attributes: Object.entries({ 'openinference.span.kind': kind, ...attributes }).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
    status: fails === undefined ? {} : { code: 2, message: fails },
  }))
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  if (!response.ok) throw new Error(`OTLP ${response.status}: ${await response.text()}`)
}

/** An agent that asks a model, a tool and a model again. */
async function sendAgent(
  server: Signalbox,
  { tool = 'lookup_order', model = 'gpt-4o', answer = 'It is on its way.' } = {},
): Promise<string> {
  const [traceId, root] = [id(16), id(8)]
  const llm = (at: number, said: string): Step => ({
    spanId: id(8),
    parentSpanId: root,
    name: 'chat',
    kind: 'LLM',
    at,
    lasts: 40,
    attributes: {
      'llm.model_name': model,
      'input.value': '{"messages":[{"role":"user","content":"Where is it?"}],"temperature":0.2}',
      'output.value': said,
    },
  })
  await send(server, traceId, [
    { spanId: root, name: 'support agent', kind: 'AGENT', at: 0, lasts: 200 },
    llm(5, 'I look it up.'),
    { spanId: id(8), parentSpanId: root, name: tool, kind: 'TOOL', at: 60, lasts: 30, fails: 'no such order' },
    llm(100, answer),
  ])
  await readable(server, traceId, 4)
  return traceId
}

describe('one trace', () => {
  let traceId = ''
  beforeAll(async () => {
    traceId = await sendAgent(world().server)
  })

  it('is a tree, a timeline and a graph, by key and in the address', async () => {
    await page.goto(`/p/default/traces/${traceId}`)
    await page.getByRole('tree', { name: 'Spans' }).getByRole('treeitem').nth(3).waitFor()
    await page.keyboard.press('2')
    await page.waitForURL(/as=timeline/)
    await page.getByRole('img', { name: 'Timeline of 4 spans in 200 ms' }).waitFor()
    await page.getByText(/Critical path/).waitFor()
    await expectAccessible(page)
    await page.keyboard.press('+')
    await page.getByText(/^\d+ ms to \d+ ms$/).waitFor()
    await page.keyboard.press('3')
    await page.waitForURL(/as=graph/)
    await page.getByRole('button', { name: 'llm chat, 2 times, 80 ms' }).waitFor()
    await expectAccessible(page)
  })

  it('chooses from the graph the spans behind a box, also with the keyboard', async () => {
    await page.goto(`/p/default/traces/${traceId}?as=graph`)
    await page.getByRole('button', { name: /^agent support agent/ }).focus()
    await page.keyboard.press('ArrowDown')
    const tool = page.getByRole('button', { name: 'tool lookup_order, 1 time, 30 ms, 1 error' })
    const chat = page.getByRole('button', { name: /^llm chat/ })
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-key') ?? ''))
      .toMatch(/^(llm:chat|tool:lookup_order)$/)
    await chat.focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/group=llm:chat/)
    await poll(() => page.getByRole('tree', { name: 'Spans' }).getByRole('treeitem').count()).toBe(2)
    await page.getByText('I look it up.').first().waitFor()
    await page.getByRole('button', { name: 'Next span' }).click()
    await page.getByText('It is on its way.').first().waitFor()
    await tool.click()
    await page.getByText('no such order').first().waitFor()
    await page.getByRole('button', { name: 'What came after what' }).click()
    await page.waitForURL(/edges=order/)
    await page.reload()
    await page.getByText('no such order').first().waitFor()
  })

  it('shows from a span all of its name, and copies its id and its link', async () => {
    await page.goto(`/p/default/traces/${traceId}`)
    await page.getByRole('treeitem', { name: /chat/ }).first().click()
    await page.getByRole('button', { name: 'Actions of the span' }).click()
    await page.getByRole('menuitem', { name: 'Show all 2 of this name' }).click()
    await poll(() => page.getByRole('tree', { name: 'Spans' }).getByRole('treeitem').count()).toBe(2)
    await page.getByRole('button', { name: 'Show all steps' }).click()
    await poll(() => page.getByRole('tree', { name: 'Spans' }).getByRole('treeitem').count()).toBe(4)
    await page.getByRole('button', { name: 'Actions of the span' }).click()
    await page.getByRole('menuitem', { name: 'Copy link to the span' }).click()
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(new RegExp(`/p/default/traces/${traceId}\\?span=[0-9a-f]{16}$`))
  })

  it('of the gateway is copied as a command without a key', async () => {
    const { server } = world()
    const called = await post(server, '/v1/chat/completions', { model: 'simulator/echo', messages: [{ role: 'user', content: "it's me" }] })
    await readable(server, called)
    await page.goto(`/p/default/traces/${called}`)
    await page.getByRole('article', { name: 'user message' }).first().waitFor()
    await page.getByRole('button', { name: 'Actions of the span' }).click()
    await page.getByRole('menuitem', { name: 'Copy as curl' }).click()
    const command = await eventually(async () => {
      const text = await page.evaluate(() => navigator.clipboard.readText())
      return text.startsWith('curl') ? text : undefined
    })
    expect(command).toContain('/v1/chat/completions')
    expect(command).toContain('Bearer $SIGNALBOX_KEY')
    expect(command).not.toContain(server.secretKey)
  })
})

it('is read short by the commands of the guide', async () => {
  const guide = readFileSync(new URL('../../../docs/guide/reading.md', import.meta.url), 'utf8')
  const commands = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, code = '']) => code)
  expect(commands).toHaveLength(2)
  const [outline = '', running = ''] = commands
  const read = (await runExample(outline, world().server)) as { trace: { spanCount: number }; spans: object[] }
  expect(read.spans).toHaveLength(read.trace.spanCount)
  expect(await runExample(running, world().server)).toEqual({ spans: [], more: 0 })
})

describe('a trace that still runs', () => {
  it('grows on the screen, shows what runs and when that has ended', async () => {
    const { server } = world()
    const [traceId, step] = [id(16), id(8)]
    const ingest = async (type: string, body: object) => {
      const response = await fetch(`${server.url}/api/public/ingestion`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${server.publicKey}:${server.secretKey}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ batch: [{ id: id(8), type, timestamp: new Date().toISOString(), body }] }),
      })
      expect(response.status).toBe(207)
    }
    await ingest('span-create', { id: step, traceId, name: 'long step', startTime: new Date().toISOString() })
    await readable(server, traceId)
    const reads: string[] = []
    page.on('request', (request) => request.url().includes('/outline') && reads.push(new URL(request.url()).search))
    await page.goto(`/p/default/traces/${traceId}`)
    await page.getByText('It has begun, and not ended yet.').waitFor()
    await page.getByRole('button', { name: /Live/ }).first().waitFor()
    await poll(() => page.evaluate(() => document.querySelectorAll('[role=treeitem] .running').length)).toBe(1)
    await ingest('span-create', {
      id: id(8),
      traceId,
      parentObservationId: step,
      name: 'inner step',
      startTime: new Date().toISOString(),
      endTime: new Date().toISOString(),
    })
    await page.getByRole('treeitem', { name: /inner step/ }).waitFor()
    await ingest('span-update', { id: step, traceId, endTime: new Date().toISOString() })
    await poll(() => page.evaluate(() => document.querySelectorAll('[role=treeitem] .running').length)).toBe(0)
    await page.getByText('It has begun, and not ended yet.').waitFor({ state: 'detached' })
    expect(reads.filter((search) => search.includes('since=')).length).toBeGreaterThan(0)
  })
})

const HOSTILE = [
  '<script>window.hostile = 1; alert(1)</script>',
  '<img src="https://evil.example/a.png" onerror="window.hostile = 1">',
  '![pixel](https://evil.example/b.png) ![js](javascript:alert(2)) ![svg](data:image/svg+xml;base64,PHN2Zy8+)',
  '[click me](javascript:window.hostile=1) [data](data:text/html,<script>alert(3)</script>)',
  '<iframe src="https://evil.example/c"></iframe><style>@import "https://evil.example/d.css";</style>',
  '<svg onload="alert(4)"></svg> <a href="https://evil.example/e" ping="https://evil.example/f">x</a>',
].join('\n\n')

describe('a hostile trace', () => {
  it('runs nothing, loads nothing and asks nothing, in every view', async () => {
    const { server, browser } = world()
    const [traceId, root] = [id(16), id(8)]
    const messages = JSON.stringify({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: HOSTILE },
            { type: 'image_url', image_url: { url: 'https://evil.example/g.png' } },
            { type: 'image_url', image_url: { url: 'javascript:alert(5)' } },
            { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDYpIi8+' } },
            { type: 'file', file: { file_id: 'https://evil.example/h.pdf' } },
            { type: 'input_audio', input_audio: { data: 'https://evil.example/i.wav', format: 'wav' } },
          ],
        },
        { role: '<b>role</b>', name: HOSTILE, content: HOSTILE },
        { role: 'tool', tool_call_id: '1', name: HOSTILE, content: HOSTILE },
      ],
      tools: [{ type: 'function', function: { name: HOSTILE } }],
    })
    await send(server, traceId, [
      {
        spanId: root,
        name: HOSTILE,
        kind: 'AGENT',
        at: 0,
        lasts: 100,
        attributes: {
          'input.value': HOSTILE,
          'output.value': HOSTILE,
          'session.id': HOSTILE,
          'user.id': HOSTILE,
          metadata: JSON.stringify({ [HOSTILE.slice(0, 40)]: HOSTILE }),
        },
      },
      {
        spanId: id(8),
        parentSpanId: root,
        name: 'chat',
        kind: 'LLM',
        at: 5,
        lasts: 20,
        attributes: { 'llm.model_name': HOSTILE.slice(0, 60), 'input.value': messages, 'output.value': HOSTILE },
        fails: HOSTILE,
      },
      {
        spanId: id(8),
        parentSpanId: root,
        name: 'search',
        kind: 'RETRIEVER',
        at: 30,
        lasts: 20,
        attributes: {
          'retrieval.documents.0.document.content': HOSTILE,
          'retrieval.documents.0.document.id': HOSTILE,
          'retrieval.documents.0.document.metadata': JSON.stringify({ source: 'javascript:alert(7)' }),
        },
      },
    ])
    await readable(server, traceId, 3)
    const { page: victim } = await logIn(browser, server)
    const left: string[] = []
    const dialogs: string[] = []
    const popups: string[] = []
    victim.on(
      'request',
      (request) => !request.url().startsWith(server.url) && !request.url().startsWith('data:') && left.push(request.url()),
    )
    victim.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    victim.context().on('page', (popup) => popups.push(popup.url()))
    const answer = await victim.goto(`/p/default/traces/${traceId}`)
    expect(answer?.headers()['content-security-policy']).toMatch(/default-src 'self'.*img-src 'self' data:/)
    const rows = victim.getByRole('tree', { name: 'Spans' }).getByRole('treeitem')
    await rows.nth(2).waitFor()
    for (const row of [0, 1, 2]) {
      await rows.nth(row).click()
      await victim.getByRole('tab', { name: /Messages|Input and output/ }).click()
      await victim.getByRole('region', { name: 'Output', exact: true }).waitFor()
      for (const fold of await victim.getByRole('tabpanel').locator('button[aria-expanded=false]').all()) await fold.click()
      await victim.getByRole('button', { name: 'Show text as it is' }).click()
      await victim.getByRole('button', { name: 'Render markdown' }).click()
      for (const tab of ['Raw', 'Metadata', 'Cost']) {
        await victim.getByRole('tab', { name: tab }).click()
        await victim.getByRole('tabpanel', { name: tab }).waitFor()
      }
    }
    await rows.nth(1).click()
    await victim.getByRole('tab', { name: 'Messages' }).click()
    await victim.getByText('Image not loaded:').first().waitFor()
    expect(await victim.locator('a[href^="javascript:" i], a[href^="data:" i], iframe, object, embed, img[src^="http"]').count()).toBe(0)
    const second = await sendAgent(server, { answer: HOSTILE })
    for (const path of [
      `traces/${traceId}?as=timeline`,
      `traces/${traceId}?as=graph`,
      `traces?trace=${traceId}`,
      `compare?a=${traceId}&b=${second}`,
      'live',
      'overview',
    ]) {
      await victim.goto(`/p/default/${path}`)
      await victim.waitForLoadState('networkidle').catch(() => undefined)
    }
    expect({ left, dialogs, popups, ran: await victim.evaluate(() => 'hostile' in window) }).toEqual({
      left: [],
      dialogs: [],
      popups: [],
      ran: false,
    })
    await victim.context().close()
  })
})

describe('two traces', () => {
  it('are compared from the list, and with the one before of the same name', async () => {
    const { server } = world()
    const first = await sendAgent(server)
    const second = await sendAgent(server, { tool: 'find_order', model: 'gpt-5', answer: 'It is on its slow way.' })
    await page.goto('/p/default/traces')
    for (const at of [0, 1]) await page.getByRole('row').filter({ hasText: 'support agent' }).nth(at).getByRole('checkbox').click()
    await page.getByRole('link', { name: 'Compare' }).click()
    await page.waitForURL(/compare\?a=[0-9a-f]{32}&b=[0-9a-f]{32}/)
    await page.getByRole('table', { name: 'The two traces' }).waitFor()
    await page.goto(`/p/default/traces/${second}`)
    await page.getByRole('button', { name: 'Compare with…' }).click()
    await page.getByRole('menuitem', { name: 'The one before of this name' }).click()
    await page.waitForURL(new RegExp(`compare\\?a=${first}&b=${second}`))
    const rows = page.getByRole('tree', { name: 'Steps of both traces' }).getByRole('treeitem')
    await expect
      .poll(() => rows.allTextContents().then((texts) => texts.map((text) => /^(alike|changed|only in [AB])/.exec(text)?.[0])))
      .toEqual(['alike', 'changed', 'changed', 'changed'])
    await page.keyboard.press('k')
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('n')
    await page.getByRole('region', { name: 'Output' }).locator('ins', { hasText: 'slow' }).waitFor()
    await page.getByRole('table', { name: 'Figures' }).getByRole('row', { name: 'Model gpt-4o gpt-5 changed' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Differences' }).click()
    await page.waitForURL(/only=changed/)
    await poll(() => rows.count()).toBe(3)
    await page.goto(`/p/default/compare?a=${second}`)
    await page
      .getByRole('button', { name: /4 spans/ })
      .first()
      .waitFor()
    await expectAccessible(page)
  })

  it('nothing was logged as an error', () => expect(problems).toEqual([]))
})
