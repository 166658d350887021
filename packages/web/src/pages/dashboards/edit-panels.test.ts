import { Dashboard, DashboardPanel, PANEL_KINDS } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { addPanel, copyPanel, problemsOfPanel, toSave, withKind } from './edit-panels.ts'

const full = DashboardPanel.parse({
  id: 'p',
  kind: 'table',
  query: { measures: ['durationP95', 'calls', 'errors', 'costUsd'], dimensions: ['model', 'provider'] },
  thresholds: [{ at: 1, status: 'error', words: 'bad' }],
})

describe('whatever a panel was, as another kind it can be saved', () => {
  for (const from of PANEL_KINDS)
    for (const to of PANEL_KINDS)
      test(`${from} → ${to}`, () => {
        const before = withKind(full, from)
        // Lines need one unit: which of the measures stay is up to who changes them.
        const problems = Object.values(problemsOfPanel(withKind(before, to))).filter((text) => !text.includes('different units'))
        expect(problems).toEqual([])
      })
})

test('new panels and copies have ids of their own', () => {
  let dashboard = Dashboard.parse({ name: 'A' })
  for (const kind of [...PANEL_KINDS, ...PANEL_KINDS])
    dashboard = { ...dashboard, panels: [...dashboard.panels, addPanel(dashboard, kind)] }
  const [first] = dashboard.panels
  for (let count = 0; count < 3; count++)
    dashboard = { ...dashboard, panels: [...dashboard.panels, copyPanel(dashboard, first as DashboardPanel)] }
  expect(Dashboard.safeParse(dashboard).error).toBeUndefined()
})

test('what is saved has places, in reading order', () => {
  const panels = ['a', 'b', 'c'].map((id) => ({ id, kind: 'line', query: { measures: ['calls'] } }))
  const dashboard = Dashboard.parse({ name: 'A', panels: [{ ...panels[0], x: 6, y: 4 }, ...panels.slice(1)] })
  const saved = toSave(dashboard)
  expect(saved.panels.map(({ id, x, y }) => [id, x, y])).toEqual([
    ['b', 0, 0],
    ['a', 6, 0],
    ['c', 0, 4],
  ])
  expect(toSave(saved)).toEqual(saved)
})
