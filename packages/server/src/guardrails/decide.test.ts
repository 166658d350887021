import { GuardPolicy } from '@signalbox/schema/guardrail'
import { describe, expect, it } from 'vitest'
import type { Segment } from './check.ts'
import { decide, policyOfCheck, preparePolicy } from './decide.ts'

const segment = (text: string, origin: Segment['origin'] = 'user'): Segment => ({ id: '1', origin, text })
const TICKETS = { patterns: [{ pattern: 'T-[0-9]{4}', type: 'TICKET' }] }
const policy = (rules: object[], more: object = {}) => preparePolicy(GuardPolicy.parse({ name: 'p', rules, ...more }))

describe('a decision', () => {
  it('counts places in code points and redacts the very text of them', async () => {
    const ready = await preparePolicy(policyOfCheck('regex', TICKETS, 'redact'))
    const text = '👩‍👩‍👧 e\u0301 T-1234, 𝒯 T-5678'
    const { findings, text: redacted, verdict } = await decide(ready, segment(text))
    expect(findings.map(({ start, end }) => [...text].slice(start, end).join(''))).toEqual(['T-1234', 'T-5678'])
    expect({ redacted, verdict }).toEqual({ redacted: '👩‍👩‍👧 e\u0301 <TICKET>, 𝒯 <TICKET>', verdict: 'redact' })
  })

  it('does the strictest of what its rules say, and a blocked text goes nowhere', async () => {
    const ready = await policy([
      { check: 'regex', params: TICKETS, action: 'flag' },
      { check: 'regex', params: { patterns: [{ pattern: 'stop', type: 'STOP' }] }, action: 'block' },
    ])
    expect(await decide(ready, segment('T-1234'))).toMatchObject({ verdict: 'flag', text: 'T-1234' })
    expect(await decide(ready, segment('stop T-1234'))).toMatchObject({ verdict: 'block', text: '', findings: { length: 2 } })
    expect(await decide(ready, segment('go'))).toEqual({ verdict: 'pass', findings: [], text: 'go' })
  })

  it('looks only at texts from where a rule says, and changes nothing in a dry run', async () => {
    const rules = [{ check: 'regex', params: TICKETS, action: 'redact', when: { origins: ['tool'] } }]
    const ready = await policy(rules)
    expect((await decide(ready, segment('T-1234'))).verdict).toBe('pass')
    expect((await decide(ready, segment('T-1234', 'tool'))).text).toBe('<TICKET>')
    const dry = await policy(rules, { mode: 'dry_run' })
    expect(await decide(dry, segment('T-1234', 'tool'))).toMatchObject({ verdict: 'redact', text: 'T-1234' })
    expect((await decide(await policy(rules, { mode: 'off' }), segment('T-1234', 'tool'))).verdict).toBe('pass')
  })

  it('tells that a check could not look, and blocks where the rule is closed', async () => {
    for (const [onError, verdict] of [
      ['open', 'not_checked'],
      ['closed', 'block'],
    ] as const) {
      const ready = await policy([{ check: 'regex', params: TICKETS, action: 'flag', onError }])
      const [first] = ready.checks
      if (first) first.run = () => ({ notChecked: 'nobody is there' })
      const decision = await decide(ready, segment('T-1234'))
      expect(decision).toMatchObject({ verdict, findings: [], notChecked: [{ check: 'regex', reason: 'nobody is there' }] })
    }
  })

  it('refuses parameters that are none', async () => {
    await expect(preparePolicy(policyOfCheck('regex', { patterns: [{ pattern: '(' }] }, 'flag'))).rejects.toThrow('cannot be used')
    await expect(preparePolicy(policyOfCheck('nothing', {}, 'flag'))).rejects.toThrow('There is no check "nothing"')
  })
})
