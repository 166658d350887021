import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { logIn } from './browser.ts'
import { call, post, readable, sendTrace } from './seed.ts'
import type { World } from './world.ts'

export function observing(world: () => World): void {
  describe('observing', () => {
    let page: Page
    let problems: string[]
    let traceId = ''
    beforeAll(async () => {
      const { server, browser } = world()
      for (let at = 0; at < 12; at += 1)
        await call(server, { text: `question ${at}`, headers: { 'x-signalbox-environment': at % 2 ? 'staging' : 'production' } })
      await call(server, { model: 'simulator/faults', text: '{"fault":"500"}' })
      traceId = await call(server, {
        text: 'Which **train** is it?\n\n![x](https://tracker.example/pixel.png?secret=1)',
        headers: { 'x-signalbox-user': 'eva' },
      })
      await readable(server, traceId)
      ;({ page, problems } = await logIn(browser, server))
      return () => page.context().close()
    })

    it('shows the figures of the overview and drills down from them', async () => {
      await page.goto('/p/default/overview')
      await page.locator('.uplot canvas').first().waitFor()
      await page.getByRole('table', { name: 'By model' }).getByText('echo').first().waitFor()
      await page
        .getByRole('link', { name: /show the traces/ })
        .nth(1)
        .click()
      await page.waitForURL(/filter=.*outcome:in:error,interrupted/)
      await page.getByRole('button', { name: /^Edit filter Outcome is any of/ }).waitFor()
      await expect.poll(() => page.getByRole('grid', { name: 'Traces' }).getByRole('row').count()).toBe(2)
    })

    it('shows the same numbers as a table', async () => {
      await page.goto('/p/default/overview')
      const panel = page.locator('section', { has: page.getByRole('heading', { name: 'Calls', exact: true }) })
      await panel.getByRole('button', { name: 'Table' }).click()
      await page.getByRole('region', { name: 'Calls, table' }).getByRole('columnheader', { name: 'ok (calls)' }).waitFor()
    })

    it('zooms the global range with the mouse', async () => {
      await page.goto('/p/default/overview')
      const chart = page.locator('.u-over').first()
      await chart.waitFor()
      const box = await chart.boundingBox()
      if (!box) throw new Error('the chart has no box')
      await page.mouse.move(box.x + box.width * 0.5, box.y + 40)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 5 })
      await page.mouse.up()
      await page.waitForURL(/from=.*&to=/)
    })

    it('filters by field, operator and a value that is really there, and keeps it in the address', async () => {
      await page.goto('/p/default/traces')
      await page.getByRole('row').nth(2).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('user')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Enter')
      await page.getByRole('option', { name: /^eva/ }).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(/filter=userId:eq:eva/)
      await page.waitForFunction(() => document.querySelectorAll('[role=grid] [role=row]').length === 2)
      await page.reload()
      await page.getByRole('button', { name: 'Edit filter User is eva' }).waitFor()
    })

    it('sorts by a column with mouse and keyboard, and keeps it in the address', async () => {
      await page.goto('/p/default/traces')
      const head = page.getByRole('columnheader', { name: /^Duration/ })
      const durations = async () => {
        const at = (await page.getByRole('columnheader').allTextContents()).findIndex((title) => title.startsWith('Duration'))
        const rows = await page.getByRole('grid', { name: 'Traces' }).getByRole('row').all()
        const texts = await Promise.all(rows.slice(1).map((row) => row.getByRole('gridcell').nth(at).textContent()))
        return texts.map((text) => Number(text?.replaceAll(',', '')))
      }
      const become = (compare: (a: number, b: number) => number) =>
        expect.poll(async () => (await durations()).every((value, i, all) => i === 0 || compare(all[i - 1] ?? 0, value) <= 0)).toBe(true)
      await page.getByRole('row').nth(3).waitFor()
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('none')
      await expect.poll(() => page.getByRole('columnheader', { name: 'Started' }).getAttribute('aria-sort')).toBe('descending')
      await expect.poll(() => page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBeNull()
      await head.getByRole('button').click()
      await page.waitForURL(/sort=-durationMs/)
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending')
      await become((a, b) => b - a)
      await page.keyboard.press('Enter')
      await page.waitForURL(/sort=durationMs/)
      await become((a, b) => a - b)
      await page.reload()
      await page.getByRole('row').nth(3).waitFor()
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('ascending')
      await head.getByRole('button').focus()
      await page.keyboard.press('Space')
      await page.waitForURL((url) => !url.search.includes('sort'))
      await expect.poll(() => head.getByRole('button').evaluate((button) => button === document.activeElement)).toBe(true)
    })

    it('searches free text', async () => {
      await page.goto('/p/default/traces')
      await page.getByRole('row').nth(2).waitFor()
      await page.getByRole('combobox', { name: 'Filter or search traces' }).fill('question 7')
      await page.keyboard.press('Enter')
      await page.waitForURL(/search=question/)
      await page.waitForFunction(() => document.querySelectorAll('[role=grid] [role=row]').length === 2)
    })

    it('moves, selects, opens and closes with the keyboard', async () => {
      await page.goto('/p/default/traces')
      await page.getByRole('row').nth(3).waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await page.getByText('1 trace selected').waitFor()
      await page.keyboard.press('Enter')
      const panel = page.getByRole('region', { name: 'Trace' })
      await panel.waitFor()
      await page.waitForURL(/trace=[0-9a-f]{32}/)
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
      await page.waitForURL((url) => !url.searchParams.has('trace'))
    })

    it('shows new calls by themselves', async () => {
      await page.goto('/p/default/traces')
      await page.getByRole('row').nth(2).waitFor()
      await call(world().server, { text: 'a call that nobody waited for' })
      await page.getByText('a call that nobody waited for').first().waitFor()
    })

    it('renders a conversation without loading anything from elsewhere', async () => {
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.goto(`/p/default/traces/${traceId}`)
      await page
        .getByRole('article', { name: 'user message' })
        .locator('strong', { hasText: 'train' })
        .or(page.getByText('[image not loaded'))
        .first()
        .waitFor()
      await page.getByText('[image not loaded').first().waitFor()
      expect(asked.filter((url) => !url.startsWith(world().server.url) && !url.startsWith('data:'))).toEqual([])
      for (const tab of ['Raw', 'Metadata', 'Cost']) {
        await page.getByRole('tab', { name: tab }).click()
        await page.getByRole('tabpanel', { name: tab }).waitFor()
      }
    })

    it('shows what the provider says that a call costs, and how far that is from ours', async () => {
      const script = { text: 'hello', usage: { prompt_tokens: 1200, completion_tokens: 300, cost: 0.0021 } }
      await openSpan(await call(world().server, { model: 'simulator/faults', text: JSON.stringify(script) }), 'Cost')
      await page.getByRole('row', { name: 'Total 1,500 0.0018' }).waitFor()
      await page.getByRole('row', { name: 'Provider says 0.0021' }).waitFor()
      await page.getByRole('row', { name: 'Difference 16.7% more +0.0003' }).waitFor()
    })

    it('shows what was used where the provider counts no tokens, and how to give it a price', async () => {
      const body = { model: 'simulator/faults', prompt: '{"usage":null}', n: 3 }
      await openSpan(await post(world().server, '/v1/images/generations', body), 'Cost')
      await page.getByText('Used3 images').waitFor()
      await page.getByRole('table', { name: 'Cost by unit' }).getByRole('row', { name: 'Images 3' }).waitFor()
      await page.getByText('image: 0.04').waitFor()
    })

    it('shows what the target could not carry, and each attempt', async () => {
      const body = { model: 'simulator/echo', max_tokens: 50, top_k: 4, messages: [{ role: 'user', content: 'hi' }] }
      await openSpan(await post(world().server, '/v1/messages', body), 'Metadata')
      await page.getByRole('region', { name: 'Call', exact: true }).getByText('top_k').waitFor()
      await page.getByRole('region', { name: 'Attempts' }).getByText('simulator/echo').waitFor()
    })

    it('opens and scrolls a trace of 3,000 spans', async () => {
      const big = await sendTrace(world().server, { name: 'nightly import', spans: 3000 })
      const started = performance.now()
      await page.goto(`/p/default/traces/${big}`)
      const tree = page.getByRole('tree', { name: 'Spans' })
      await tree.getByRole('treeitem').nth(10).waitFor()
      console.log(`a trace of 3,000 spans: first rows after ${Math.round(performance.now() - started)} ms from a cold load`)
      expect(await tree.getByRole('treeitem').count()).toBeLessThan(120)
      await tree.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
      await page.waitForFunction(() => {
        const rows = [...document.querySelectorAll('[role=treeitem]')]
        const tree = document.querySelector('[role=tree]')
        return tree !== null && rows.some((row) => row.getBoundingClientRect().bottom >= tree.getBoundingClientRect().bottom - 40)
      })
      await page.keyboard.press('e')
      await page.getByText('the last step failed').first().waitFor()
      await page.getByLabel('Find a span').fill('step 1234')
      await tree.getByText('step 1234').waitFor()
    })

    async function openSpan(trace: string, tab: string): Promise<void> {
      await readable(world().server, trace)
      await page.goto(`/p/default/traces/${trace}`)
      await page.getByRole('tab', { name: tab }).click()
    }

    it('never logged an error', () => expect(problems).toEqual([]))
  })
}
