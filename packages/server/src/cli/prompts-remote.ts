import { AppError, canonicalJson, type PromptRow, type PromptVersion } from '@signalbox/schema'
import type { Client } from '@signalbox/sdk'
import type { PromptSnapshot } from '@signalbox/sdk/prompts'
import { sha256 } from '../lib/ids.ts'

/** All prompts of a project that are not archived, or those that were named. */
export async function listAll(client: Client, names: readonly string[] = []): Promise<PromptRow[]> {
  const rows: PromptRow[] = []
  let cursor: string | undefined
  do {
    const page = await client.prompts.list({ limit: 500, ...(cursor && { cursor }) })
    rows.push(...page.prompts)
    cursor = page.nextCursor
  } while (cursor)
  if (names.length === 0) return rows
  return names.map((name) => {
    const found = rows.find((row) => row.name === name)
    if (!found)
      throw new AppError('not-found', `There is no prompt ${name} on the server.`, { hint: 'List them with "signalbox prompts list".' })
    return found
  })
}

/** A few at a time: a server on a small machine answers them no faster together. */
export async function eachOf<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < all.length; at += 8) results.push(...(await Promise.all(all.slice(at, at + 8).map(work))))
  return results
}

/** A version that is there, or undefined: also where the whole prompt is not. */
export async function versionOrNone(
  client: Client,
  name: string,
  which: { version?: number; label?: string },
): Promise<PromptVersion | undefined> {
  try {
    return await client.prompts.get({ name, ...which })
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return undefined
    throw error
  }
}

/** What a content is known by, here and on the server. */
export const hashOf = (content: unknown): string => sha256(canonicalJson(content))

/** The lock file of an app: every label (or only some) of the prompts, with the versions behind them and their fragments filled in. */
export async function makeLock(client: Client, rows: readonly PromptRow[], labels: readonly string[]): Promise<PromptSnapshot> {
  const prompts: PromptSnapshot['prompts'] = {}
  const entries = await eachOf(rows, async ({ name, labels: moved, latestVersion }) => {
    const wanted = [
      ...moved.map(({ label, version, split }) => ({ label, version, split })),
      { label: 'latest', version: latestVersion, split: null },
    ]
      .filter(({ label }) => labels.length === 0 || labels.includes(label))
      .sort((a, b) => (a.label < b.label ? -1 : 1))
    const numbers = new Set(
      wanted.flatMap(({ version, split }) => (split ? split.map((share) => share.version) : version === null ? [] : [version])),
    )
    const versions = await Promise.all(
      [...numbers].sort((a, b) => a - b).map(async (version) => [version, await client.prompts.get({ name, version })] as const),
    )
    const broken = versions.find(([, { resolved }]) => resolved === null)?.[1]
    if (broken) {
      const problem = broken.fragments.find((fragment) => fragment.problem !== null)?.problem
      throw new AppError(
        'conflict',
        `The fragments of ${name} version ${broken.version} cannot be filled in${problem ? `: ${problem}` : ''}.`,
      )
    }
    return {
      name,
      labels: Object.fromEntries(
        wanted.map(({ label, version, split }) => [label, split ? { split } : { version: version ?? latestVersion }]),
      ),
      versions: Object.fromEntries(
        versions.map(([version, { hash, resolved, fragments }]) => [
          version,
          {
            hash,
            content: resolved as NonNullable<typeof resolved>,
            ...(fragments.some(({ label }) => label !== null) && { changes: true as const }),
          },
        ]),
      ),
    }
  })
  for (const { name, ...entry } of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (Object.keys(entry.labels).length > 0) prompts[name] = entry
  return { lockfileVersion: 1, prompts }
}
