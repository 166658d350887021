import { AppError, type PromptChange, type PromptVersion } from '@signalbox/schema'
import { changesBetween } from '../prompts/diff.ts'
import { connect } from './connection.ts'
import { lineDiff } from './line-diff.ts'
import { printJson } from './print.ts'
import { numberOf } from './prompts.ts'
import { type FolderOptions, readFiles } from './prompts-files.ts'
import { eachOf, versionOrNone } from './prompts-remote.ts'

type DiffOptions = FolderOptions & { from?: string; to?: string; label?: string }
type Diff = { name: string; before: string; after: string; changes: PromptChange[] }

/** `signalbox prompts diff`: files against the server, or with --from and --to two versions. 0 where nothing differs, 1 where something does. */
export async function diffPrompts(names: readonly string[], options: DiffOptions): Promise<number> {
  const diffs =
    options.from !== undefined || options.to !== undefined ? [await twoVersions(names, options)] : await filesAndServer(names, options)
  const different = diffs.filter(({ changes }) => changes.length > 0)
  if (options.json) printJson({ same: different.length === 0, prompts: diffs })
  else if (different.length === 0) console.log('Nothing differs.')
  else for (const diff of different) printDiff(diff)
  return different.length === 0 ? 0 : 1
}

async function twoVersions(names: readonly string[], { from, to, ...options }: DiffOptions): Promise<Diff> {
  const [name] = names
  if (names.length !== 1 || name === undefined || from === undefined || to === undefined)
    throw new AppError('invalid-request', 'Two versions are compared of one prompt.', { hint: 'prompts diff NAME --from 6 --to 7' })
  const {
    from: before,
    to: after,
    changes,
  } = await connect(options).client.prompts.diff({ name, from: numberOf(from, '--from'), to: numberOf(to, '--to') })
  return { name, before: describe(before), after: describe(after), changes }
}

async function filesAndServer(names: readonly string[], { dir, label = 'latest', ...options }: DiffOptions): Promise<Diff[]> {
  const files = await readFiles(dir, names)
  const { client } = connect(options)
  return await eachOf(files, async ({ name, file, content }): Promise<Diff> => {
    const there = await versionOrNone(client, name, { label })
    if (!there) return { name, before: `nothing at ${label}`, after: file, changes: [{ path: '', kind: 'added', after: content as never }] }
    return { name, before: describe(there), after: file, changes: changesBetween(there.content, content) }
  })
}

const describe = ({ version, labels }: PromptVersion): string => `version ${version}${labels.length > 0 ? ` (${labels.join(', ')})` : ''}`

function printDiff({ name, before, after, changes }: Diff): void {
  console.log(`${name}: ${before} → ${after}`)
  for (const { path, kind, before: old, after: next } of changes) {
    if (path === '') console.log('  + the whole prompt')
    else if (
      typeof old === 'string' &&
      typeof next === 'string' &&
      (old.includes('\n') || next.includes('\n') || old.length + next.length > 100)
    ) {
      console.log(`  ${path}`)
      for (const line of lineDiff(old, next)) console.log(`    ${line}`)
    } else if (kind === 'changed') console.log(`  ${path}: ${JSON.stringify(old)} → ${JSON.stringify(next)}`)
    else console.log(`  ${path}: ${kind} ${JSON.stringify(kind === 'added' ? next : old)}`)
  }
}
