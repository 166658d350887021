import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { GuardOperator } from '@signalbox/schema/guardrail'

/** What operators with a secret need. Who hands it in decides whose it is: values of two projects never get the same placeholder. */
export type OperatorKeys = { key: Buffer }

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const TAIL = 12

/** What stands in the place of a value. `undefined` leaves it as it is. */
export function operate(operator: GuardOperator, type: string, value: string, keys: OperatorKeys | undefined): string | undefined {
  switch (operator.kind) {
    case 'keep':
      return undefined
    case 'replace':
      return operator.with ?? `<${type}>`
    case 'mask':
      return masked(value, operator.with, operator.keepEnd)
    case 'hash':
      return keys ? `<${type}:${hmac(keys, 'hash', type, value).toString('hex').slice(0, 32)}>` : `<${type}>`
    case 'encrypt':
      return keys ? `<${type}:${encrypted(keys, type, value)}>` : `<${type}>`
    case 'pseudonym':
      return keys ? pseudonym(keys, type, value) : `<${type}>`
  }
}

/** Letters and digits become the sign, but for so many at the end; what divides them stays, so that a number still looks like one. */
function masked(value: string, sign: string, keepEnd: number): string {
  const letters = [...value]
  let left = letters.filter((one) => /[\p{L}\p{N}]/u.test(one)).length - keepEnd
  return letters.map((one) => (/[\p{L}\p{N}]/u.test(one) && left-- > 0 ? sign : one)).join('')
}

/** `PII_EMAIL_ADDRESS_7f3k2q…`: the same for the same value and key, in every turn, and readable for a model. */
export function pseudonym(keys: OperatorKeys, type: string, value: string): string {
  const bytes = hmac(keys, 'pseudonym', type, normalised(value))
  let tail = ''
  for (let at = 0; at < TAIL; at++) tail += ALPHABET[(bytes[at] as number) & 31]
  return `PII_${type}_${tail}`
}

/** How two ways to write a value are known to be one. */
const normalised = (value: string): string => value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

function hmac({ key }: OperatorKeys, purpose: string, type: string, value: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\0${type}\0`).update(value).digest()
}

/** The keys of encryption and of placeholders are not the same one. */
const cipherKey = ({ key }: OperatorKeys): Buffer => createHmac('sha256', key).update('encrypt').digest()

function encrypted(keys: OperatorKeys, type: string, value: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', cipherKey(keys), iv).setAAD(Buffer.from(type))
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** Reads values that `encrypt` hid. What was sealed with another key, or was changed, stays as it is and is counted. */
export function decrypt(keys: OperatorKeys, text: string): { text: string; restored: number; unknown: number } {
  let [restored, unknown] = [0, 0]
  const read = text.replace(/<([A-Z][A-Z0-9_]{0,63}):([\w-]{38,65536})>/g, (whole, type: string, sealed: string) => {
    const value = opened(keys, type, Buffer.from(sealed, 'base64url'))
    if (value === undefined) unknown++
    else restored++
    return value ?? whole
  })
  return { text: read, restored, unknown }
}

function opened(keys: OperatorKeys, type: string, bytes: Buffer): string | undefined {
  try {
    const cipher = createDecipheriv('aes-256-gcm', cipherKey(keys), bytes.subarray(0, 12)).setAAD(Buffer.from(type))
    cipher.setAuthTag(bytes.subarray(-16))
    return cipher.update(bytes.subarray(12, -16), undefined, 'utf8') + cipher.final('utf8')
  } catch {
    return undefined
  }
}

const PLACEHOLDER = /\bPII_[A-Z][A-Z0-9_]{0,63}_[a-z2-7]{12}(?![a-z0-9])/gi

/**
 * Puts values back where their placeholders stand. `values` is what one principal was shown: nothing else is ever restored.
 * Models change the case of what they repeat, so that is not looked at.
 */
export function restore(text: string, values: ReadonlyMap<string, string>): { text: string; restored: number; unknown: number } {
  let [restored, unknown] = [0, 0]
  const known = new Map([...values].map(([placeholder, value]) => [placeholder.toLowerCase(), value]))
  const read = text.replace(PLACEHOLDER, (whole) => {
    const value = known.get(whole.toLowerCase())
    if (value === undefined) unknown++
    else restored++
    return value ?? whole
  })
  return { text: read, restored, unknown }
}
