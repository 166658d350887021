import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { EVALUATOR_IDS } from '../../packages/server/src/evaluators/registry.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/guide/metrics.md'), 'utf8')
/** What stands in the first column of a table, or begins a point of the list of own evaluators. */
const explained = [
  ...[...page.matchAll(/^\| ([^|]*)\|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, id]) => id)),
  ...[...page.matchAll(/^- `([\w-]+)`: /gm)].map(([, id]) => id),
]

it('explains every evaluator of the list', () => {
  expect(EVALUATOR_IDS.filter((id) => !explained.includes(id))).toEqual([])
})

it('says of every metric in a table when not to use it', () => {
  const tables = page.split(/\n\n/).filter((part) => part.startsWith('| Id'))
  expect(tables.length).toBeGreaterThanOrEqual(4)
  for (const table of tables) {
    const [head = '', , ...rows] = table.split('\n')
    expect(head).toMatch(/\| Not when\s*\|$/)
    for (const row of rows) expect(row.split('|').at(-2)?.trim(), row).not.toBe('')
  }
})
