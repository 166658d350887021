import { expect, it } from 'vitest'
import { ruleSentence } from './rule-words.ts'

it('says in plain words what a gate lets through', () => {
  expect(ruleSentence({ metric: 'pass', rule: 'noninferior', amount: '0.03' }, 'v1')).toContain('worse than that of v1 by 3 points or more')
  expect(ruleSentence({ metric: 'pass', rule: 'noninferior', amount: '' }, '')).toContain('that of the pinned baseline by 2 points')
  expect(ruleSentence({ metric: 'bleu', rule: 'noninferior', amount: '1.5' }, 'v1')).toContain('bleu being worse than that of v1 by 1.5')
  expect(ruleSentence({ metric: 'bleu', rule: 'min', amount: '30' }, '')).toBe('Passes where bleu is at least 30 on average.')
  expect(ruleSentence({ metric: 'pass', rule: 'better', amount: '' }, 'v1')).toContain('better than that of v1')
})
