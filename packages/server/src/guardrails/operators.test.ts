import { describe, expect, it } from 'vitest'
import { decrypt, operate, pseudonym, restore } from './operators.ts'

const keys = { key: Buffer.alloc(32, 7) }
const others = { key: Buffer.alloc(32, 8) }
const MAIL = 'Asha.Rao@example.com'

describe('operators', () => {
  it('replace, mask and keep', () => {
    expect(operate({ kind: 'replace' }, 'EMAIL_ADDRESS', MAIL, undefined)).toBe('<EMAIL_ADDRESS>')
    expect(operate({ kind: 'replace', with: '[gone]' }, 'EMAIL_ADDRESS', MAIL, undefined)).toBe('[gone]')
    expect(operate({ kind: 'mask', with: '*', keepEnd: 4 }, 'CREDIT_CARD', '4012-8888-8888-1881', undefined)).toBe('****-****-****-1881')
    expect(operate({ kind: 'keep' }, 'EMAIL_ADDRESS', MAIL, undefined)).toBeUndefined()
  })

  it('hash is the same for the same key, and another for another one; without a key nothing is told', () => {
    const one = operate({ kind: 'hash' }, 'EMAIL_ADDRESS', MAIL, keys)
    expect(one).toBe(operate({ kind: 'hash' }, 'EMAIL_ADDRESS', MAIL, keys))
    expect(one).not.toBe(operate({ kind: 'hash' }, 'EMAIL_ADDRESS', MAIL, others))
    expect(operate({ kind: 'hash' }, 'EMAIL_ADDRESS', MAIL, undefined)).toBe('<EMAIL_ADDRESS>')
  })

  it('encrypt can be read with its key only, and not when it was changed', () => {
    const sealed = operate({ kind: 'encrypt' }, 'EMAIL_ADDRESS', MAIL, keys) ?? ''
    expect(decrypt(keys, `to ${sealed}!`)).toEqual({ text: `to ${MAIL}!`, restored: 1, unknown: 0 })
    expect(decrypt(others, sealed)).toEqual({ text: sealed, restored: 0, unknown: 1 })
    const moved = sealed.replace('EMAIL_ADDRESS', 'PERSON')
    expect(decrypt(keys, moved)).toEqual({ text: moved, restored: 0, unknown: 1 })
  })

  it('a pseudonym is stable, and only what this principal was shown is put back', () => {
    const placeholder = pseudonym(keys, 'EMAIL_ADDRESS', MAIL)
    expect(placeholder).toMatch(/^PII_EMAIL_ADDRESS_[a-z2-7]{12}$/)
    expect(pseudonym(keys, 'EMAIL_ADDRESS', ' asha.rao@EXAMPLE.com')).toBe(placeholder)
    const foreign = pseudonym(others, 'EMAIL_ADDRESS', MAIL)
    const text = `${placeholder.toUpperCase()} and ${foreign}.`
    expect(restore(text, new Map([[placeholder, MAIL]]))).toEqual({ text: `${MAIL} and ${foreign}.`, restored: 1, unknown: 1 })
  })
})
