import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, fragmentsIn, type PromptVersion } from '@signalbox/schema'
import type { Client } from '@signalbox/sdk'
import { asSnapshot } from '@signalbox/sdk/prompts'
import { lintPrompts } from '../prompts/files/lint.ts'
import { type PromptFile, readPromptFile } from '../prompts/files/prompt-file.ts'
import { named, pathOf, readPromptFolder } from '../prompts/files/read-folder.ts'
import { readSyncState, writeSyncState } from '../prompts/files/sync-state.ts'
import { writePromptFile } from '../prompts/files/write-prompt-file.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson } from './print.ts'
import { eachOf, hashOf, listAll, makeLock, versionOrNone } from './prompts-remote.ts'

export type FolderOptions = ConnectionOptions & { dir: string }
/** Something differs on both sides: nothing was overwritten. */
export const CONFLICT = 3

/** Reads the folder; where a file is wrong, nothing is sent anywhere. */
export async function readFiles(dir: string, names: readonly string[] = []): Promise<PromptFile[]> {
  const { files, problems } = await readPromptFolder(dir)
  if (problems.length > 0)
    throw new AppError('invalid-request', problems.join('\n'), {
      hint: 'Correct the files and try again. Nothing was changed.',
      data: { problems },
    })
  return named(files, names)
}

type PushOptions = FolderOptions & { label?: string[]; message?: string }

/** `signalbox prompts push`: each file as a version. What is there already makes no new one. */
export async function pushPrompts(names: readonly string[], { dir, label = [], message = '', ...options }: PushOptions): Promise<number> {
  const files = inOrder(await readFiles(dir, names))
  const { client } = connect(options)
  const state = await readSyncState(dir)
  const pushed: { name: string; version: number; created: boolean }[] = []
  for (const file of files) {
    const { version, created, hash } = await save(client, file, { message, labels: label })
    state.prompts[file.name] = { version, hash }
    await writeSyncState(dir, state)
    pushed.push({ name: file.name, version, created })
    if (!options.json)
      console.log(
        `${created ? '+' : '='} ${file.name} ${created ? 'is now' : 'is already'} version ${version}${label.length > 0 ? `, ${label.join(', ')}` : ''}`,
      )
  }
  if (options.json) printJson({ prompts: pushed })
  return 0
}

type Save = { message?: string; labels?: string[]; expectedLatest?: number }
export async function save(client: Client, file: PromptFile, { message = '', labels = [], expectedLatest }: Save) {
  const { name, content, description, tags } = file
  return await client.prompts.create({
    name,
    content,
    message,
    labels,
    ...(description !== undefined && { description }),
    ...(tags && { tags }),
    ...(expectedLatest !== undefined && { expectedLatest }),
  })
}

/** Fragments before those that include them: the server wants them to be there. Several versions of one prompt stay in their order. */
export function inOrder<T extends Pick<PromptFile, 'name' | 'content'>>(files: readonly T[]): T[] {
  const ordered: T[] = []
  const done = new Set<string>()
  const visit = (name: string) => {
    if (done.has(name)) return
    done.add(name)
    const own = files.filter((file) => file.name === name)
    for (const { content } of own) for (const ref of fragmentsIn(content).refs) visit(ref.name)
    ordered.push(...own)
  }
  for (const { name } of files) visit(name)
  return ordered
}

type PullOptions = FolderOptions & { out?: string; label?: string[]; force?: boolean }

/** `signalbox prompts pull`: files to work on, or with --out the lock file of an app. */
export async function pullPrompts(
  names: readonly string[],
  { dir, out, label = [], force = false, ...options }: PullOptions,
): Promise<number> {
  const { client } = connect(options)
  const rows = await listAll(client, names)
  if (out !== undefined) {
    const lock = await makeLock(client, rows, label)
    await mkdir(dirname(out), { recursive: true })
    await writeFile(out, `${JSON.stringify(lock, null, 2)}\n`)
    const count = Object.keys(lock.prompts).length
    if (options.json) printJson({ file: out, prompts: Object.keys(lock.prompts) })
    else console.log(`${out} holds ${count} ${count === 1 ? 'prompt' : 'prompts'}.`)
    return 0
  }
  if (label.length > 1)
    throw new AppError('invalid-request', 'A file holds one version: give one --label.', { hint: 'A lock file (--out) can hold several.' })
  await mkdir(dir, { recursive: true })
  const files = new Map((await readFiles(dir)).map((file) => [file.name, file]))
  const state = await readSyncState(dir)
  const found = (await eachOf(rows, ({ name }) => versionOrNone(client, name, { label: label[0] ?? 'latest' }))).filter(
    (one) => one !== undefined,
  )
  const changed = found.filter(({ prompt, hash }) => {
    const file = files.get(prompt.name)
    const own = file && hashOf(file.content)
    return own !== undefined && own !== hash && own !== state.prompts[prompt.name]?.hash
  })
  if (changed.length > 0 && !force)
    return conflict(
      changed.map(({ prompt }) => prompt.name),
      'changed here since it was pulled; --force overwrites it, "prompts sync" brings both together',
      options,
    )
  for (const version of found) {
    await writeVersion(dir, version, files.get(version.prompt.name)?.file)
    state.prompts[version.prompt.name] = { version: version.version, hash: version.hash }
  }
  await writeSyncState(dir, state)
  if (options.json) printJson({ prompts: found.map(({ prompt, version }) => ({ name: prompt.name, version })) })
  else for (const { prompt, version } of found) console.log(`${pathOf(dir, prompt.name)}: version ${version}`)
  return 0
}

export async function writeVersion(dir: string, { prompt, content }: PromptVersion, file = pathOf(dir, prompt.name)): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, writePromptFile({ name: prompt.name, description: prompt.description, tags: prompt.tags, content }))
}

export function conflict(names: readonly string[], why: string, { json }: { json?: boolean }): number {
  if (json) printJson({ conflicts: names.map((name) => ({ name, why })) })
  else for (const name of names) console.error(`! ${name}: ${why}`)
  return CONFLICT
}

/** `signalbox prompts check`: needs no server. 1 where something is wrong. */
export async function checkPrompts(
  paths: readonly string[],
  { dir, lock, json }: { dir: string; lock?: string; json?: boolean },
): Promise<number> {
  const { files, problems } = paths.length > 0 ? await readEach(paths) : await readPromptFolder(dir)
  const elsewhere = new Set(lock === undefined ? [] : Object.keys((await readLockFile(lock)).prompts))
  const found = [...problems.map((message) => ({ severity: 'error' as const, message })), ...(await lintPrompts(files, elsewhere))]
  const errors = found.filter(({ severity }) => severity === 'error').length
  if (json) printJson({ ok: errors === 0, prompts: files.map(({ name, file }) => ({ name, file })), problems: found })
  else {
    for (const { severity, message } of found) console.log(`${severity}: ${message}`)
    console.log(
      `${files.length} ${files.length === 1 ? 'prompt' : 'prompts'}, ${errors} ${errors === 1 ? 'error' : 'errors'}, ${found.length - errors} warnings.`,
    )
  }
  return errors === 0 ? 0 : 1
}

async function readEach(paths: readonly string[]): Promise<{ files: PromptFile[]; problems: string[] }> {
  const files: PromptFile[] = []
  const problems: string[] = []
  for (const path of paths) {
    try {
      files.push(readPromptFile(await readText(path), path))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      problems.push(...((error.data.problems as string[] | undefined) ?? [error.message]))
    }
  }
  return { files, problems }
}

export const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: Error) => {
    throw new AppError('invalid-request', `${path} cannot be read: ${cause.message}`, { cause, hint: 'Name a file.' })
  })

async function readLockFile(path: string) {
  const text = await readText(path)
  try {
    return asSnapshot(JSON.parse(text), path)
  } catch (cause) {
    throw new AppError('invalid-request', cause instanceof Error ? cause.message : String(cause), {
      cause,
      hint: 'Write it anew with "signalbox prompts pull --out".',
    })
  }
}
