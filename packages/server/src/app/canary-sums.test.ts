import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createCanarySums } from './canary-sums.ts'

let sql: Sql
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  return () => sql[Symbol.asyncDispose]()
})
beforeEach(() => sql.exec('delete from canary_stops'))
const open = () => createCanarySums({ sql, warn: () => {} })

const beat = (calls: number, errors: number, more = {}) => ({ id: 'a', calls, errors, limit: 0.1, stopped: false, ...more })

test('what no edge sees alone is seen in the sum, and all of them are told', async () => {
  const sums = await open()
  expect(sums.hear('one', [beat(12, 2)])).toEqual([])
  expect(sums.hear('two', [beat(8, 1), beat(12, 0, { id: 'b' })])).toEqual(['a'])
  expect([sums.hear('one', [beat(12, 2)]), sums.hear('three', [])]).toEqual([['a'], ['a']])
})

test('what an edge tells again is counted once', async () => {
  const sums = await open()
  for (let n = 0; n < 5; n++) expect(sums.hear('one', [beat(10, 5)])).toEqual([])
  expect(sums.hear('one', [beat(20, 2)])).toEqual([])
})

test('what an edge had counted before it was started anew stays', async () => {
  const sums = await open()
  sums.hear('one', [beat(15, 2)])
  expect(sums.hear('one', [beat(3, 0)])).toEqual([])
  expect(sums.hear('one', [beat(5, 1)])).toEqual(['a'])
})

test('few calls say nothing', async () => {
  const sums = await open()
  expect(sums.hear('one', [beat(19, 19)])).toEqual([])
})

test('what one edge has stopped is stopped everywhere, also after a restart of the core', async () => {
  const sums = await open()
  expect(sums.hear('one', [beat(0, 0, { limit: 0, stopped: true })])).toEqual(['a'])
  expect(sums.hear('two', [])).toEqual(['a'])
})

test('what was stopped stays stopped when all start again, and what was not does not', async () => {
  const sums = await open()
  sums.hear('one', [beat(30, 20), beat(30, 0, { id: 'b' })])
  await vi.waitFor(async () => expect(await sql.query('select id from canary_stops')).toEqual([{ id: 'a' }]), { timeout: 60_000 })
  expect((await open()).hear('another')).toEqual(['a'])
})
