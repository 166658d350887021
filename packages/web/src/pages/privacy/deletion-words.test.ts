import { expect, test } from 'vitest'
import { phraseOf, requestOf, subjectOf } from './deletion-words.ts'

const EMPTY = { value: '', from: '', to: '' }

test.each([
  [{ ...EMPTY, subject: 'user', value: ' asha ' } as const, { userId: 'asha' }],
  [{ ...EMPTY, subject: 'session', value: 's 1' } as const, { sessionId: 's 1' }],
  [{ ...EMPTY, subject: 'trace', value: 'abc' } as const, { traceId: 'abc' }],
  [{ ...EMPTY, subject: 'key', value: 'key_1' } as const, { keyId: 'key_1' }],
  [{ ...EMPTY, subject: 'user', value: '  ' } as const, undefined],
  [
    { ...EMPTY, subject: 'time', value: 'not asked for', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } as const,
    { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
  ],
  [{ ...EMPTY, subject: 'time', from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } as const, undefined],
  [{ ...EMPTY, subject: 'time', from: '2026-01-02T00:00:00Z' } as const, undefined],
])('of %o is asked %o', (draft, expected) => expect(requestOf(draft)).toEqual(expected))

test('what has to be typed names how much goes', () => {
  expect(phraseOf(1)).toBe('delete 1 trace')
  expect(phraseOf(1200)).toBe('delete 1,200 traces')
})

test('a receipt whose name is forgotten says so', () => {
  const at = { from: null, to: null }
  expect(subjectOf({ subject: 'user', value: 'sha256:abc', ...at })).toBe('an id that is forgotten')
  expect(subjectOf({ subject: 'user', value: 'asha', ...at })).toBe('asha')
})
