import { expect, test } from 'vitest'
import { readFilterText } from './filter-text.ts'

const ID = '01a1fe69-1d93-7000-8000-01f56d161f58'

test.each([
  ['eq(name, "x")', [{ field: 'name', op: 'eq', value: 'x' }]],
  [
    `and(eq(run_type, "llm"), gt(latency, 2.5))`,
    [
      { field: 'kind', op: 'eq', value: 'llm' },
      { field: 'durationMs', op: 'gt', value: 2500 },
    ],
  ],
  [
    'and(eq(status, "success"), and(has(tags, "a"), neq(name, \'b"c\')))',
    [
      { field: 'status', op: 'eq', value: 'ok' },
      { field: 'tags', op: 'eq', value: 'a' },
      { field: 'name', op: 'ne', value: 'b"c' },
    ],
  ],
  [`in(trace_id, ["${ID}"])`, [{ field: 'traceId', op: 'in', value: [ID.replaceAll('-', '')] }]],
  ['eq(is_root, true)', [{ field: 'parentId', op: 'eq', value: '' }]],
  ['eq(is_root, false)', [{ field: 'parentId', op: 'ne', value: '' }]],
  ['neq(error, null)', [{ field: 'statusMessage', op: 'exists', value: true }]],
  ['and(eq(metadata_key, "plan"), eq(metadata_value, "pro"))', [{ field: 'metadata.plan', op: 'eq', value: 'pro' }]],
  [
    'and(eq(feedback_key, "good"), gte(feedback_score, 0.5), eq(name, "x"))',
    [
      { field: 'score.good', op: 'gte', value: 0.5 },
      { field: 'name', op: 'eq', value: 'x' },
    ],
  ],
  ['gte(start_time, "2026-01-01T00:00:00Z")', [{ field: 'startedAt', op: 'gte', value: '2026-01-01T00:00:00.000Z' }]],
  [`eq(name, "'; drop table spans; --")`, [{ field: 'name', op: 'eq', value: "'; drop table spans; --" }]],
])('%s', (text, filters) => expect(readFilterText(text)).toEqual(filters))

test.each([
  'or(eq(name, "x"), eq(name, "y"))',
  'eq(nothing, 1)',
  'eq(constructor, 1)',
  'search("x")',
  'eq(name',
  'eq(name, "x"))',
  'eq(name, "x',
  'name',
  '',
  'eq(trace_id, "x")',
  'gt(start_time, "soon")',
  `${'and('.repeat(10_000)}`,
])('%s is refused', (text) => expect(() => readFilterText(text)).toThrow(expect.objectContaining({ status: 400 })))
