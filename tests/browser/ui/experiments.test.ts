import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../../packages/sdk/src/index.ts'
import { GOLDEN, GROUNDED, makeWorkedCases } from '../../../packages/server/src/demo/evaluation/worked-cases.ts'
import { eventually } from '../../signalbox.ts'
import { expectAccessible, logIn } from './browser.ts'
import { call, readable } from './seed.ts'
import { useWorld } from './world.ts'

const DATASET = 'support/golden'
const PROMPT = 'support/refund-time'
const QUESTION = 'Where is the money for order KO-50421?'
const SLOW = 120_000

/** From a call of production to a promotion that is refused: the story of an evaluation. */
describe('experiments', () => {
  const world = useWorld()
  let page: Page
  let problems: string[]
  let traceId: string
  const api = () => createClient({ baseUrl: world().server.url, apiKey: world().server.secretKey })
  /** A version says in how many days the money is there, or does not. The simulator answers what it was asked. */
  const version = (promise: string) => ({
    type: 'chat' as const,
    messages: [{ role: 'user', content: `{{question}} ${promise}` }],
    model: { route: 'simulator/echo' },
    tests: { dataset: DATASET, evaluators: ['days-named'] },
  })

  beforeAll(async () => {
    const { server, browser } = world()
    const client = api()
    await client.datasets.write({
      name: (await client.datasets.create({ name: DATASET })).name,
      items: Array.from({ length: 11 }, (_, at) => ({
        id: `order-${at}`,
        input: `Where is the money for order KO-${at}?`,
        expected: '14 days',
      })),
    })
    await client.evaluators.put({ name: 'days-named', evaluator: 'contains', params: { value: '14 days' } })
    await client.prompts.create({ name: PROMPT, content: version('It arrives within 14 days.'), labels: ['production'] })
    await client.prompts.create({ name: PROMPT, content: version('It arrives soon, we promise.'), message: 'Warmer' })
    traceId = await call(server, { text: QUESTION })
    await readable(server, traceId)
    ;({ page, problems } = await logIn(browser, server))
    return () => page.context().close()
  }, SLOW)

  it('makes a row of a dataset of a call of production', async () => {
    const { spans } = await api().traces.get({ traceId })
    const span = spans.find(({ kind }) => kind === 'llm')
    await page.goto(`/p/default/traces/${traceId}?span=${span?.spanId}`)
    await page.getByRole('button', { name: 'Actions of the span' }).click()
    await page.getByRole('menuitem', { name: 'Add to a dataset…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Dataset').fill(DATASET)
    await dialog.getByText(QUESTION).first().waitFor()
    await dialog.getByLabel('Expected').fill('14 days')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText(`1 item added to ${DATASET}`).waitFor()
    const { items } = await api().datasets.items({ name: DATASET, search: 'KO-50421' })
    expect(items).toMatchObject([{ content: { input: QUESTION, expected: '14 days' }, source: { kind: 'trace', traceId } }])
  })

  it('teaches what an experiment is where there is none', async () => {
    await page.goto('/p/default/experiments')
    await page.getByText('No experiment yet').waitFor()
    await page.getByText('/api/v1/experiments').first().waitFor()
    await expectAccessible(page)
    await page.keyboard.press('n')
    await page.waitForURL(/experiments\/new/)
  })

  it('sets one up from a version of a prompt, and says before what it can show', async () => {
    await page.goto(`/p/default/prompts/${PROMPT}?version=2`)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Evaluate version 2 against production' }).click()
    await page.waitForURL(/experiments\/new/)
    await page.getByRole('button', { name: 'Run experiment' }).click()
    await page.getByText('Choose the dataset whose items are asked').waitFor()
    await page.getByText('without, there is nothing to compare').waitFor()
    await page
      .getByRole('textbox', { name: 'Dataset' })
      .or(page.getByRole('combobox', { name: 'Dataset' }))
      .fill(DATASET)
    await page.getByText('12 × 2 variants').waitFor()
    await page.getByText('shows in four runs of five').waitFor()
    await page.getByText('worse than that of v1 by 2 points or more').waitFor()
    await page.getByRole('button', { name: 'Add an evaluator' }).click()
    await page.getByRole('combobox', { name: 'Evaluator 1' }).fill('days-named')
    await expectAccessible(page)
    await page.keyboard.press('Control+Enter')
    await page.waitForURL(/experiments\/exp_/)
  })

  it(
    'shows the regression with its interval, and the rows behind it',
    async () => {
      const verdicts = page.getByRole('table', { name: 'Verdicts' })
      await verdicts.waitFor({ timeout: SLOW })
      const row = verdicts.getByRole('row', { name: /Rows that pass/ })
      await row.getByText('worse', { exact: true }).waitFor()
      await row.getByRole('img', { name: /^−100 to −/ }).waitFor()
      await page.getByText(/v2 is worse than v1: 0% of the rows pass instead of 100%, −100 points \(95% interval −100 to −/).waitFor()
      await page.getByText('failed', { exact: true }).first().waitFor()
      await expectAccessible(page)
      await row.getByRole('link', { name: '12 rows that got worse by Rows that pass' }).click()
      await page.waitForURL(/tab=rows.*show=worse|show=worse.*tab=rows/)
      const grid = page.getByRole('grid', { name: 'Rows' })
      await grid.getByRole('row', { name: /KO-50421/ }).waitFor()
      await page.getByRole('textbox', { name: 'Search rows' }).fill('KO-50421')
      await page.waitForURL(/find=KO-50421/)
      // Only one row is left: those before it are gone from the list, and from the keyboard.
      await page.locator('[role="grid"][aria-rowcount="2"]').waitFor()
      await page.keyboard.press('Escape')
      for (const key of ['j', 'Enter']) await page.keyboard.press(key)
      const panel = page.getByRole('region', { name: 'Row' })
      await panel.getByText('It arrives within 14 days.').first().waitFor()
      await panel.getByText('does not contain "14 days"').waitFor()
      await page.keyboard.press('c')
      await panel.getByRole('deletion').first().waitFor()
      await panel.getByRole('insertion').first().waitFor()
      await expectAccessible(page)
      await page.keyboard.press('c')
      const trace = panel.getByRole('link', { name: 'Trace' }).last()
      await trace.click()
      await page.waitForURL(/traces\/[0-9a-f]{32}/)
    },
    2 * SLOW,
  )

  it(
    'does not promote what failed its tests, and says which metric failed, by how much, and where to read it',
    async () => {
      await api().experiments.setPromptGate({ label: 'production' })
      const { id } = await api().experiments.testPrompt({ name: PROMPT, version: 2 })
      await eventually(async () => ((await api().experiments.get({ id })).state === 'done' ? true : undefined), SLOW)
      await page.goto(`/p/default/prompts/${PROMPT}?version=2`)
      await page.getByRole('button', { name: 'Promote', exact: true }).click()
      const dialog = page.getByRole('dialog')
      const evidence = dialog.getByRole('region', { name: 'What experiments say' })
      await evidence
        .getByText(/v2 is worse than v1/)
        .first()
        .waitFor()
      await dialog.getByLabel('Why').fill('Warmer words')
      await dialog.getByRole('button', { name: 'Move production' }).click()
      const refusal = dialog.getByRole('alert')
      await refusal.getByText(/pass/).first().waitFor()
      await refusal
        .getByText(/interval/)
        .first()
        .waitFor()
      expect((await api().prompts.get({ name: PROMPT, label: 'production' })).version).toBe(1)
      await evidence.getByRole('link', { name: `test ${PROMPT}` }).click()
      await page.waitForURL(new RegExp(id))
      await page.getByRole('table', { name: 'Verdicts' }).waitFor()
    },
    2 * SLOW,
  )

  it('pins a baseline, exports, and shows the trend', async () => {
    await page.getByRole('button', { name: 'Pin as baseline' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why').fill('What is in use')
    await dialog.getByRole('button', { name: 'Pin', exact: true }).click()
    await page.getByText('baseline: v1').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'JUnit (XML)' }).click()
    expect((await download).suggestedFilename()).toMatch(/\.xml$/)
    await page.goto('/p/default/experiments?tab=trend')
    await page
      .getByRole('group', { name: /^Rows that pass\./ })
      .getByRole('button', { name: /v2: 0%/ })
      .first()
      .waitFor()
    await expectAccessible(page)
    expect(problems).toEqual([])
  })

  it(
    'checks a golden prompt and whether answers keep to their sources, sentence by sentence',
    async () => {
      const { url, secretKey } = world().server
      await makeWorkedCases({ url, key: secretKey })
      const done = async (name: string) =>
        eventually(async () => {
          const [found] = (await api().experiments.list({ name })).experiments
          return found?.state === 'done' ? found : undefined
        }, SLOW)
      const golden = await done(GOLDEN.experiment)
      expect(golden.gate).toBe('fail')
      const { report } = await api().experiments.get({ id: golden.id })
      expect(report?.comparisons).toMatchObject([{ metric: 'pass', verdict: 'worse', n: 10 }])
      expect(report?.gate.findings).toContainEqual(
        expect.objectContaining({ name: 'critical', outcome: 'fail', message: expect.stringContaining('kubernetes') }),
      )
      const grounded = await done(GROUNDED.experiment)
      await page.goto(`/p/default/experiments/${grounded.id}?tab=rows&item=refund-timing&metric=groundedness`)
      const panel = page.getByRole('region', { name: 'Row' })
      const evidence = panel.getByRole('list', { name: 'Evidence' })
      await evidence.first().getByText('supported').first().waitFor()
      await evidence
        .last()
        .getByText(/not in the sources: number "24/)
        .waitFor()
      await page.goto(`/p/default/experiments/${golden.id}?tab=rows&item=kubernetes`)
      await panel.getByText('missing: container, orchestration, cluster').waitFor()
      // As it stands in the guide.
      const guide = readFileSync(new URL('../../../docs/guide/reading-experiments.md', import.meta.url), 'utf8')
      const script = (/^```sh\n(.*?)^```$/ms.exec(guide)?.[1] ?? '').replaceAll('http://localhost:7500', url)
      const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env: { ...process.env, SIGNALBOX_KEY: secretKey } })
      expect(stdout).toContain('"state":"queued"')
      const ofGuide = await done('kubernetes')
      expect(ofGuide).toMatchObject({ gate: 'fail', variants: ['for engineers', 'for everybody'] })
      expect(ofGuide.metrics.filter(({ metric }) => metric === 'keywords').map(({ mean }) => mean)).toEqual([1, 0])
    },
    2 * SLOW,
  )
})
