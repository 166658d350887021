import { api } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sql } from '../store/ports.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { promptHandlers } from './handlers.ts'
import { type PromptWorld, promptWorld, refusal } from './world.case.ts'

let sql: Sql
let world: PromptWorld
let handlers: ReturnType<typeof promptHandlers>
const asked: unknown[] = []
const counted: unknown[] = []

beforeAll(async () => {
  sql = await openPglite('memory')
  world = await promptWorld(sql, 'shop')
  await sql.query(
    `insert into keys (id, project_id, name, public_key, secret_sha256, secret_hint, scopes, source, created_at)
     values ('key_1', 'shop', 'Checkout', 'pk', 'x', 'x', '[]', 'api', now())`,
  )
  handlers = promptHandlers(world, {
    sql,
    around: {
      async callers(projectId, of) {
        asked.push([projectId, of])
        return [{ by: 'key', value: 'key_1', calls: 3, lastAt: '2026-11-21T10:00:00.000Z' }]
      },
      usage: async () => ({ versions: [], buckets: [] }),
      namesOf: async () => ({
        models: ['support-fast'],
        splits: [
          { name: 'trial', model: 'support-fast' },
          { name: 'else', model: 'other' },
        ],
        dashboards: [
          { name: 'Refunds', value: { panels: [{ query: { filters: [{ field: 'promptName', op: 'in', value: ['refund'] }] } }] } },
          { name: 'Others', value: { panels: [{ query: { filters: [{ field: 'promptName', op: 'eq', value: 'refunds' }] } }] } },
        ],
      }),
    },
    async count(_, call) {
      counted.push(call)
      return { tokens: 12, costUsd: '0.00003' }
    },
  })
  await world.save(world.ann, 'tone', 'Be {{how}}.', { labels: ['production'] })
  const refund = (system: string, route: string) => ({
    type: 'chat' as const,
    messages: [
      { role: 'system', content: system },
      { type: 'placeholder' as const, name: 'history' },
      { role: 'user', content: '{{question}}' },
    ],
    model: { route },
  })
  await world.save(world.ann, 'refund', refund('{{> tone}}', 'openai/gpt-4o'), { labels: ['production'] })
  await world.save(world.ann, 'refund', refund('{{> tone}} Be brief.', 'support-fast'))
  await world.save(world.ann, 'tone', 'Be very {{how}}.')
})
afterAll(() => sql[Symbol.asyncDispose]())

describe('what changes with a move', () => {
  test('is the text, the routes, the callers and what includes it; nothing is moved', async () => {
    const impact = await handlers['prompts.impact']({ name: 'refund', label: 'production', version: 2 }, world.ann)
    expect(api['prompts.impact'].output.parse(impact)).toEqual({
      from: [1],
      to: [2],
      changes: [
        { path: 'messages[0].content', kind: 'changed', before: 'Be {{how}}.', after: 'Be {{how}}. Be brief.' },
        { path: 'model.route', kind: 'changed', before: 'openai/gpt-4o', after: 'support-fast' },
      ],
      routes: [
        { kind: 'model', name: 'openai/gpt-4o', how: 'its calls go here no longer' },
        { kind: 'model', name: 'support-fast', how: 'its calls will go here' },
        { kind: 'split', name: 'trial', how: 'divides the calls of this alias' },
        { kind: 'dashboard', name: 'Refunds', how: 'shows this prompt' },
      ],
      includedBy: [],
      callers: [{ by: 'key', value: 'key_1', name: 'Checkout', calls: 3, lastAt: '2026-11-21T10:00:00.000Z' }],
      problems: [],
    })
    expect(asked.at(-1)).toEqual(['shop', { name: 'refund', versions: [1] }])
    expect(await world.handlers['prompts.get']({ name: 'refund' }, world.ann)).toMatchObject({ version: 1 })
    expect((await world.handlers['prompts.events']({ name: 'refund', kind: 'label-set', limit: 10 }, world.ann)).events).toHaveLength(1)
  })

  test('of a fragment is all that includes it, and why it would be refused', async () => {
    const of = (version: number, context = world.ann) => handlers['prompts.impact']({ name: 'tone', label: 'production', version }, context)
    expect(await of(2)).toMatchObject({
      includedBy: [
        { prompt: 'refund', version: 2, labels: ['latest'], through: 'tone@production' },
        { prompt: 'refund', version: 1, labels: ['production'], through: 'tone@production' },
      ],
      changes: [{ before: 'Be {{how}}.', after: 'Be very {{how}}.' }],
      problems: [],
    })
    expect(await of(2, world.vic)).toMatchObject({ problems: [expect.stringContaining('may not move the label production')] })
    expect(await refusal(of(9))).toMatchObject({ status: 404 })
    const fresh = await handlers['prompts.impact']({ name: 'tone', label: 'staging', version: 2 }, world.ann)
    expect(fresh).toMatchObject({ from: [], to: [2], changes: [], includedBy: [] })
  })
})

describe('a preview', () => {
  test('is what is sent, with its tokens and their cost', async () => {
    const variables = { how: 'kind', history: [{ role: 'user', content: 'Hello' }] }
    const preview = await handlers['prompts.preview']({ name: 'refund', label: 'latest', variables }, world.ann)
    expect(api['prompts.preview'].output.parse(preview)).toEqual({
      text: null,
      messages: [
        { role: 'system', content: 'Be kind. Be brief.' },
        { role: 'user', content: 'Hello' },
        { role: 'user', content: '' },
      ],
      missing: ['question'],
      variables: ['how', 'history', 'question'],
      model: 'support-fast',
      inputTokens: 12,
      inputCostUsd: '0.00003',
    })
    expect(counted.at(-1)).toEqual({ model: 'support-fast', request: { messages: preview.messages } })
  })

  test('takes what is not saved, and says what is wrong with it', async () => {
    const of = (text: string, engine: 'mustache' | 'liquid' = 'mustache') =>
      handlers['prompts.preview']({ content: { type: 'text', engine, text }, variables: { a: 'x' } }, world.ann)
    expect(await of('{{> tone@latest}} {{a}}')).toMatchObject({ text: 'Be very . x', missing: ['how'] })
    expect(await of('{% if a %}yes{% endif %}', 'liquid')).toMatchObject({ text: 'yes' })
    expect(await refusal(of('{{#a}}'))).toMatchObject({ status: 400 })
    expect(await refusal(of('{{> nowhere}}'))).toMatchObject({ status: 400, message: expect.stringContaining('nowhere') })
    expect(await refusal(handlers['prompts.preview']({ variables: {} }, world.ann))).toMatchObject({ status: 400 })
  })
})
