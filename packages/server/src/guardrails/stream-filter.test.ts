import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decide, policyOfCheck, preparePolicy, type ReadyPolicy } from './decide.ts'
import { findPolicy } from './policies.ts'
import { StreamFilter } from './stream-filter.ts'

const PLANTED = [
  ...['ann.lee@example.com', '4111 1111 1111 1111', 'DE89370400440532013000', '078-05-1120', '+1 415 555 2671', '192.168.10.24'],
  ...['My name is Maria Lopez', '2001:db8::ff00:42:8329', 'AKIAIOSFODNN7REALKEY', 'password=Tr0ub4dor&3x', 'born on 12 March 1984'],
]
const WORDS =
  'the order of your last invoice was sent yesterday; thanks, and please call us back. 17 items, 3.5 kg (box 4). Fuck 😀 né'.split(' ')

const text = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: fc.constantFrom(...PLANTED) }), {
    maxLength: 120,
  })
  .map((parts) => parts.join(' '))
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 })

function streamed(ready: ReadyPolicy, whole: string, sizes: readonly number[]): { text: string; filter: StreamFilter } {
  const filter = new StreamFilter(ready)
  let out = ''
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    out += filter.push(whole.slice(at, at + size))
    at += size
  }
  return { text: out + filter.end(), filter }
}

describe.each(['pii', 'secrets', 'default', 'profanity'])('a stream under %s', (name) => {
  let ready: ReadyPolicy
  beforeAll(async () => {
    ready = await preparePolicy(name === 'profanity' ? policyOfCheck('profanity', {}, 'redact') : findPolicy(name))
  })

  it('says what the whole text says, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(text, cuts, async (whole, sizes) => {
        const { text: expected, verdict, findings } = await decide(ready, { id: '1', origin: 'assistant', text: whole })
        const { text: actual, filter } = streamed(ready, whole, sizes)
        expect(actual).toBe(expected)
        expect(filter.streamed.verdict).toBe(verdict)
        expect(filter.streamed.found.length).toBe(findings.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('StreamFilter', () => {
  it('lets text go as it comes, all but as much as a match may be long', async () => {
    const filter = new StreamFilter(await preparePolicy(findPolicy('pii')))
    let out = ''
    for (let count = 0; count < 100; count++) out += filter.push('nothing to hide here. ')
    expect(out.length).toBeGreaterThan(100 * 22 - 300)
    expect(filter.end().length).toBeLessThan(300)
  })

  it('stops at what is blocked', async () => {
    const ready = await preparePolicy(policyOfCheck('profanity', {}, 'block'))
    const { text: out, filter } = streamed(ready, `${'all is well. '.repeat(40)} fuck. ${'more. '.repeat(100)}`, [7])
    expect(filter.streamed.verdict).toBe('block')
    expect(out).toMatch(/^all is well/)
    expect(out).not.toMatch(/fuck|more/)
  })

  it('holds all where a check needs the whole', async () => {
    const filter = new StreamFilter(await preparePolicy(policyOfCheck('groundedness', {}, 'flag')))
    expect(filter.whole).toBe(true)
    expect(filter.push('It takes 14 days. '.repeat(50))).toBe('')
    expect(filter.end()).toMatch(/^It takes/)
    // Nobody handed in sources.
    expect(filter.streamed.verdict).toBe('not_checked')
  })
})
