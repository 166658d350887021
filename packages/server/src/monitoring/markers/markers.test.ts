import { api, type Caller } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { changeLine, fileLine, kindOf } from './change-words.ts'
import { createMarkers } from './markers.ts'
import { createReleaseWatch } from './releases.ts'

let sql: Sql
let markers: ReturnType<typeof createMarkers>
const as = (given: Partial<Caller> = {}): Context =>
  ({ caller: { projectId: 'shop', permissions: ['traces:read', 'traces:write'], ...given } }) as Context
const chief = as({ permissions: ['*'] })

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other', 'busy']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  markers = createMarkers({ sql })
})
afterAll(() => sql[Symbol.asyncDispose]())

const post = (given: object, context = as()) =>
  markers.handlers['markers.create'](api['markers.create'].input.parse({ kind: 'deploy', title: 'v1', ...given }), context)
const list = async (given: object = {}, context = as()) =>
  (await markers.handlers['markers.list'](api['markers.list'].input.parse(given), context)).markers
const titles = async (given: object = {}, context = as()) => (await list(given, context)).map(({ title }) => title)

test('a marker is set, replaced by its id, listed by time and environment, and taken away', async () => {
  const first = await post({
    id: 'build:17',
    title: ' Build 17 ',
    at: '2026-11-20T10:00:00.000Z',
    url: 'https://ci.example/17',
    environment: 'production',
  })
  expect(api['markers.create'].output.parse(first)).toMatchObject({
    id: 'build:17',
    title: 'Build 17',
    at: '2026-11-20T10:00:00.000Z',
    from: 'api',
    by: null,
  })
  await post({ id: 'build:17', title: 'Build 17, again', at: '2026-11-20T10:05:00.000Z' })
  await post({ kind: 'note', title: 'for staging', at: '2026-11-20T11:00:00.000Z', environment: 'staging' })
  await post({ title: 'elsewhere' }, as({ projectId: 'other' }))
  expect(await titles()).toEqual(['for staging', 'Build 17, again'])
  expect(await titles({ environment: 'production' })).toEqual(['Build 17, again'])
  expect(await titles({ from: '2026-11-20T10:05:00.000Z', to: '2026-11-20T11:00:00.000Z' })).toEqual(['Build 17, again'])
  const limited = await markers.handlers['markers.list'](api['markers.list'].input.parse({ limit: 1 }), as())
  expect(limited).toMatchObject({ more: true, markers: [{ title: 'for staging' }] })
  await expect(markers.handlers['markers.remove']({ id: 'build:17' }, as({ projectId: 'other' }))).rejects.toMatchObject({
    code: 'not-found',
  })
  await markers.handlers['markers.remove']({ id: 'build:17' }, as())
  expect(await titles()).toEqual(['for staging'])
  await post({ id: 'build:17', title: 'back' })
  expect(await titles({ limit: 1 })).toEqual(['back'])
})

test('what cannot be a marker is refused with the reason', () => {
  const why = (given: object) =>
    api['markers.create'].input.safeParse({ kind: 'deploy', title: 'v1', ...given }).error?.issues.map(({ message }) => message)
  expect(why({ title: '  ' })).toEqual(['at least one character'])
  expect(why({ url: 'javascript:alert(1)' })).toEqual(['must be an http or https address'])
  expect(why({ id: 'auto:mine' })?.[0]).toContain('not "auto:"')
  expect(why({ kind: 'party' })).toHaveLength(1)
})

test('what changed is told to those who may read the configuration', async () => {
  await markers.note('shop', { kind: 'route', title: 'Alias support: x', origin: 'change', details: ['one', 'two'] })
  expect((await list({ limit: 1 }))[0]).toMatchObject({ kind: 'route', from: 'change', details: [] })
  expect((await list({ limit: 1 }, chief))[0]).toMatchObject({ details: ['one', 'two'] })
})

test('a release is marked where its first span began, in each environment, and stays away when it was removed', async () => {
  const watch = createReleaseWatch({ sql })
  const span = (release: string, minute: number, environment = 'production') => ({
    projectId: 'other',
    environment,
    release,
    startedAt: Date.UTC(2026, 10, 18, 9, minute) * 1000,
  })
  await watch.note([span('', 0), span('1.0', 10), span('1.0', 8), span('1.1', 30), span('1.1', 31, 'staging')])
  // Late spans move the marker back, later ones do not move it; another process knows nothing yet.
  await watch.note([span('1.0', 5), span('1.0', 20)])
  await createReleaseWatch({ sql }).note([span('1.0', 40)])
  const found = await list({ to: '2026-11-19T00:00:00.000Z' }, as({ projectId: 'other' }))
  expect(found.map(({ title, at, environment, kind, from }) => [title, at.slice(14, 16), environment, kind, from])).toEqual([
    ['Release 1.1', '31', 'staging', 'deploy', 'release'],
    ['Release 1.1', '30', 'production', 'deploy', 'release'],
    ['Release 1.0', '05', 'production', 'deploy', 'release'],
  ])
  await markers.handlers['markers.remove']({ id: found[2]?.id ?? '' }, as({ projectId: 'other' }))
  await createReleaseWatch({ sql }).note([span('1.0', 1)])
  expect(await titles({ to: '2026-11-19T00:00:00.000Z' }, as({ projectId: 'other' }))).toEqual(['Release 1.1', 'Release 1.1'])
})

test('a release that is different in each span does not bury the charts, and that is said', async () => {
  const watch = createReleaseWatch({ sql })
  const at = Date.UTC(2026, 10, 18, 9) * 1000
  const spans = Array.from({ length: 70 }, (_, one) => ({
    projectId: 'busy',
    environment: '',
    release: `build ${one}`,
    startedAt: at + one,
  }))
  await watch.note(spans)
  const found = await list({}, as({ projectId: 'busy' }))
  expect(found).toHaveLength(51)
  expect(found.filter(({ kind }) => kind === 'note').map(({ title }) => title)).toEqual([
    'More than 50 new releases on 2026-11-18: further ones are not marked',
  ])
})

test('changes have words', () => {
  const changed = {
    change: 'changed',
    section: 'models',
    name: 'support',
    values: [{ path: 'targets.0.model', before: 'gpt-4o', after: 'gpt-4o-mini' }],
  } as const
  const added = { change: 'added', section: 'budgets', name: 'month', values: [] } as const
  expect(changeLine(changed)).toBe('alias support: targets.0.model gpt-4o → gpt-4o-mini')
  expect(fileLine('signalbox.yaml', [added])).toBe('signalbox.yaml: budget month added')
  expect(fileLine('signalbox.yaml', [changed, added, added, added])).toBe(
    'signalbox.yaml: alias support, budget month, budget month and 1 more',
  )
  expect([kindOf([changed]), kindOf([changed, added])]).toEqual(['route', 'config'])
})
