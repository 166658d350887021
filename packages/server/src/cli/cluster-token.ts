import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = (data: string) => join(data, 'cluster.token')

/** The secret between edge, core and the command line: the given one, else a new one for this boot. It is written down for the command line. */
export function writeClusterToken(data: string, given: string | null): string {
  const token = given ?? randomBytes(24).toString('base64url')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(file(data), `${token}\n`, { mode: 0o600 })
  return token
}

/** The secret of the program that runs on this data folder, or of the last one that did. */
export function readClusterToken(data: string): string | undefined {
  try {
    return readFileSync(file(data), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
