import { Condition } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { factsOf } from './asked.case.ts'
import { compileRule } from './rules.ts'

const image = { type: 'image_url', image_url: { url: 'https://x.test/a.png' } }
const facts = factsOf(
  {
    messages: [{ role: 'user', content: [image, { type: 'text', text: 'x'.repeat(4000) }] }],
    max_tokens: 100,
    stream: true,
    tools: [{}, {}],
  },
  {
    headers: {
      'x-plan': 'gold',
      'x-signalbox-user': 'ann',
      'x-signalbox-session': 's1',
      'x-signalbox-environment': 'production',
      'x-signalbox-tags': 'beta, Billing',
      'x-signalbox-metadata': '{"tier":"3","team":"red"}',
    },
    caller: { keyId: 'key_1', keyName: 'checkout', teamId: 'team_1' },
  },
)

test.each<[holds: boolean, field: string, op: Condition['op'], value?: Condition['value']]>([
  [true, 'metadata.team', 'eq', 'red'],
  [false, 'metadata.team', 'eq', 'blue'],
  [true, 'metadata.tier', 'eq', 3],
  [true, 'metadata.tier', 'gte', 3],
  [false, 'metadata.tier', 'gt', 3],
  [false, 'metadata.team', 'gt', 3],
  [false, 'metadata.none', 'eq', 'red'],
  [true, 'metadata.none', 'ne', 'red'],
  [false, 'metadata.none', 'exists'],
  [true, 'metadata.none', 'exists', false],
  [true, 'metadata.team', 'exists'],
  [false, 'metadata.constructor', 'exists'],
  [true, 'metadata.team', 'in', ['blue', 'red']],
  [false, 'metadata.team', 'in', ['blue']],
  [true, 'metadata.team', 'contains', 'RE'],
  [true, 'header.x-plan', 'eq', 'gold'],
  [false, 'header.x-none', 'exists'],
  [true, 'inputTokens', 'gt', 1000],
  [false, 'inputTokens', 'gt', 5000],
  [true, 'maxTokens', 'lte', 100],
  [true, 'tools', 'eq', 2],
  [true, 'modality', 'eq', 'image'],
  [false, 'modality', 'eq', 'audio'],
  [true, 'modality', 'in', ['audio', 'image']],
  [true, 'modality', 'ne', 'audio'],
  [true, 'stream', 'eq', true],
  [false, 'stream', 'eq', false],
  [true, 'user', 'eq', 'ann'],
  [true, 'session', 'eq', 's1'],
  [true, 'environment', 'in', ['production', 'staging']],
  [true, 'tags', 'eq', 'beta'],
  [true, 'tags', 'contains', 'bill'],
  [false, 'tags', 'eq', 'billing'],
  [true, 'key', 'eq', 'checkout'],
  [true, 'key', 'eq', 'key_1'],
  [true, 'team', 'eq', 'team_1'],
  [true, 'budgetLeft', 'gt', 0.5],
  [true, 'hour', 'eq', 12],
  [true, 'hour', 'lt', 13],
])('%s: %s %s %s', (holds, field, op, value) => {
  const condition = Condition.parse({ field, op, ...(value !== undefined && { value }) })
  expect(compileRule({ if: [condition] })(facts)).toBe(holds)
})

test('all conditions have to hold', () => {
  const red = Condition.parse({ field: 'metadata.team', op: 'eq', value: 'red' })
  const blue = Condition.parse({ field: 'metadata.team', op: 'eq', value: 'blue' })
  expect(compileRule({ if: [red, red] })(facts)).toBe(true)
  expect(compileRule({ if: [red, blue] })(facts)).toBe(false)
})
