import { describe, expect, it } from 'vitest'
import { hexOfUuid, inOrder, isTooDeep, microsecondsOf, tagsOf, textsOf, wordOf } from './json-values.ts'

describe('times of other tools', () => {
  it.each([
    ['2026-11-21T14:01:04.147001Z', 1_795_269_664_147_001],
    ['2026-11-21T14:01:04.147001', 1_795_269_664_147_001],
    ['2026-11-21T14:01:04.147001+00:00', 1_795_269_664_147_001],
    ['2026-11-21T15:01:04+0100', 1_795_269_664_000_000],
    ['2026-11-21 14:01:04.1', 1_795_269_664_100_000],
    ['2026-11-21T14:01:04.123456789Z', 1_795_269_664_123_456],
    [1_795_269_664_168, 1_795_269_664_168_000],
    [1_795_269_664.5, 1_795_269_664_500_000],
  ])('%s', (sent, us) => expect(microsecondsOf(sent)).toBe(us))

  it.each(['yesterday', '', '2026-13-41T00:00:00Z', Number.NaN, Infinity, -5, 1e300, null, undefined, {}, '1999'])('%s is none', (sent) =>
    expect(microsecondsOf(sent)).toBeUndefined(),
  )
})

it('takes UUIDs with and without dashes, and nothing else', () => {
  expect(hexOfUuid('01A1FE69-1d93-7000-8000-01f56d161f58')).toBe('01a1fe691d937000800001f56d161f58')
  expect(hexOfUuid('01a1fe691d937000800001f56d161f58')).toBe('01a1fe691d937000800001f56d161f58')
  for (const not of ['', 'x', "'; drop table spans; --", '01a1fe69', null, 7]) expect(hexOfUuid(not)).toBeUndefined()
})

it('keeps what can be text, cut and well formed', () => {
  expect(wordOf('\ud800a')).toBe('\ufffda')
  expect(wordOf('x'.repeat(9000))).toHaveLength(2000)
  expect(wordOf({})).toBeUndefined()
  expect(tagsOf(['a', 'a', 1, null, {}])).toEqual(['a', '1'])
  const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "a": {"b": 1}, "n": null, "t": "x"}')
  expect(textsOf(hostile)).toEqual({ a: '{"b":1}', t: 'x' })
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

it('says the same members in the same order', () => expect(inOrder({ b: 1, a: { d: 1, c: 2 } })).toBe('{"a":{"d":1,"c":2},"b":1}'))

it('knows JSON that is nested too deep, whatever its texts say', () => {
  const nested = (levels: number) => Buffer.from('['.repeat(levels) + ']'.repeat(levels))
  expect(isTooDeep(nested(500))).toBe(false)
  expect(isTooDeep(nested(501))).toBe(true)
  expect(isTooDeep(Buffer.from(JSON.stringify({ text: `\\"${'['.repeat(9000)}` })))).toBe(false)
})
