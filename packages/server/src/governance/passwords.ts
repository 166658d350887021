import { hash, verify } from '@node-rs/argon2'
import { newSecret } from '../lib/ids.ts'

/** argon2id with the parameters that OWASP recommends, which are the defaults: 19 MiB, 2 passes, 1 thread. */
export const hashPassword = (password: string): Promise<string> => hash(password)

let nobody: Promise<string> | undefined

/** Checks a password. Takes as long when there is none to compare with, so that time does not tell who has an account. */
export async function checkPassword(password: string, expected: string | null | undefined): Promise<boolean> {
  nobody ??= hash(newSecret())
  const unknown = await nobody
  const fits = await verify(expected ?? unknown, password)
  return fits && typeof expected === 'string'
}
