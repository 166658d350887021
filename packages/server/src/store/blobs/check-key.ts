import { AppError } from '@signalbox/schema'

const PART = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,199}$/

/** A key is parts of letters, digits and `._=-` with `/` between, at most 900 characters; no part starts with a dot. */
export function checkKey(key: string): string {
  if (key.length <= 900 && key.split('/').every((part) => PART.test(part))) return key
  throw new AppError('invalid-request', `"${key.slice(0, 100)}" is not a name that a file can have here.`, {
    hint: 'Use letters, digits and ._=- in parts of at most 200 characters with / between, none starting with a dot.',
  })
}
