import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/** Rows as JSON lines, compressed: one entry of a backup. Quick rather than small, because a backup must not slow the program down. */
export const packLines = (lines: readonly string[]): Promise<Buffer> => compress(`${lines.join('\n')}\n`, { level: 1 })

export async function unpackLines(page: Uint8Array): Promise<string[]> {
  const text = (await expand(page)).toString('utf8')
  return text.split('\n').filter((line) => line !== '')
}

/** `sql/keys/000001.ndjson.gz`. */
export const pageName = (kind: 'sql' | 'events', table: string, page: number): string =>
  `${kind}/${table}/${String(page).padStart(6, '0')}.ndjson.gz`

/** The opposite of `pageName`; undefined for another entry. */
export function readPageName(name: string): { kind: 'sql' | 'events'; table: string } | undefined {
  const match = /^(sql|events)\/([^/]+)\/\d+\.ndjson\.gz$/.exec(name)
  return match?.[1] && match[2] ? { kind: match[1] as 'sql' | 'events', table: match[2] } : undefined
}
