import { describe, expect, test } from 'vitest'
import { Dashboard, declaredDashboardId } from './dashboard.ts'

const panel = (given: object) => ({ id: 'p', kind: 'line', query: { measures: ['calls'] }, ...given })
const problemsOf = (given: object, more: object = {}): string[] =>
  (Dashboard.safeParse({ name: 'One', panels: [panel(given)], ...more }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

test('what is left out has its usual value', () => {
  expect(Dashboard.parse({ name: ' One ', panels: [panel({})] })).toEqual({
    name: 'One',
    description: '',
    filters: [],
    variables: [],
    panels: [
      {
        id: 'p',
        title: '',
        w: 6,
        h: 4,
        kind: 'line',
        query: { measures: ['calls'], dimensions: [], filters: [] },
        thresholds: [],
      },
    ],
  })
})

describe('each problem names the panel and the field', () => {
  test.each<[string, object, string]>([
    ['no query', { query: undefined }, 'panels.0.query: a panel of kind line needs a query with measures (panel p)'],
    ['a text with a query', { kind: 'text', text: 'x' }, 'panels.0.query: a panel of kind text asks nothing (panel p)'],
    ['a text without text', { kind: 'text', query: undefined }, 'panels.0.text: a panel of kind text needs a text (panel p)'],
    ['a text beside a query', { text: 'x' }, 'panels.0.text: only a panel of kind text has a text (panel p)'],
    [
      'two numbers',
      { kind: 'number', query: { measures: ['calls', 'errors'] } },
      'panels.0.query.measures: a panel of kind number takes exactly 1 measure (panel p)',
    ],
    [
      'a number by model',
      { kind: 'number', query: { measures: ['calls'], dimensions: ['model'] } },
      'panels.0.query.dimensions: a panel of kind number takes no dimension (panel p)',
    ],
    [
      'units that differ',
      { query: { measures: ['calls', 'costUsd'] } },
      'panels.0.query.measures: have different units (calls, usd), which cannot share an axis (panel p)',
    ],
    [
      'measures beside a dimension',
      { query: { measures: ['calls', 'errors'], dimensions: ['model'] } },
      'panels.0.query.measures: only one measure beside a dimension: its values are the series (panel p)',
    ],
    [
      'percentiles on each other',
      { kind: 'stacked', query: { measures: ['durationP95'] } },
      'panels.0.query.measures: durationP95 of parts does not add up to a whole: use kind line (panel p)',
    ],
    [
      'a dimension that is none',
      { query: { measures: ['calls'], dimensions: ['traceId'] } },
      'panels.0.query.dimensions.0: results cannot be grouped by traceId; filter by it instead (panel p)',
    ],
    ['over the edge', { x: 8, w: 6 }, 'panels.0.w: x and w together are more than 12 columns (panel p)'],
    [
      'thresholds that go down',
      {
        thresholds: [
          { at: 2, status: 'ok', words: 'fine' },
          { at: 1, status: 'error', words: 'bad' },
        ],
      },
      'panels.0.thresholds.1.at: thresholds go up: each is more than the one before (panel p)',
    ],
    [
      'a bucket without time',
      { kind: 'table', query: { measures: ['calls'], bucket: 'hour' } },
      'panels.0.query.bucket: a panel of kind table has no time axis (panel p)',
    ],
    ['twice the same', { query: { measures: ['calls', 'calls'] } }, 'panels.0.query.measures: calls stands there twice (panel p)'],
  ])('%s', (_, given, message) => expect(problemsOf(given)).toEqual([message]))

  test('a threshold without a word', () => {
    expect(problemsOf({ thresholds: [{ at: 1, status: 'error', words: '' }] })[0]).toMatch(
      /^panels\.0\.thresholds\.0\.words: say it in a word/,
    )
  })

  test('ids, variables and their fields are there once', () => {
    expect(problemsOf({}, { panels: [panel({}), panel({})] })).toEqual(['panels.1.id: is the same as panels[0].id: each needs its own'])
    const variables = [
      { name: 'a', field: 'model' },
      { name: 'a', field: 'model' },
    ]
    expect(problemsOf({}, { variables })).toEqual([
      'variables.1.name: is the same as variables[0].name: each needs its own',
      'variables.1.field: is the same as variables[0].field: each needs its own',
    ])
  })

  test('a range that goes nowhere', () => {
    expect(problemsOf({}, { range: '2h' })[0]).toContain('range: one of 15m, 1h')
    expect(problemsOf({}, { range: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } })).toHaveLength(1)
  })
})

test('a dimension may be metadata; scores stand on each other where they are counted', () => {
  expect(problemsOf({ query: { measures: ['calls'], dimensions: ['metadata.feature'] } })).toEqual([])
  expect(problemsOf({ kind: 'stacked', query: { measures: ['scoreTrue.helpful', 'scoreFalse.helpful'] } })).toEqual([])
  expect(problemsOf({ query: { measures: ['scoreAvg.helpful', 'scoreCount.helpful'] } })).toEqual([
    'panels.0.query.measures: have different units (score, scores), which cannot share an axis (panel p)',
  ])
  expect(problemsOf({ query: { measures: ['calls'], dimensions: ['score.helpful'] } })).toHaveLength(1)
})

test('the address of one of the file is made of its name', () => {
  expect(declaredDashboardId(' Cost & latency: größe ')).toBe('file-cost-latency-größe')
})
