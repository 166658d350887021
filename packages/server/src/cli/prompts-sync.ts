import { rm } from 'node:fs/promises'
import { changesBetween } from '../prompts/diff.ts'
import { planSync, type SyncAction } from '../prompts/files/plan-sync.ts'
import type { PromptFile } from '../prompts/files/prompt-file.ts'
import { readSyncState, writeSyncState } from '../prompts/files/sync-state.ts'
import { connect } from './connection.ts'
import { printJson } from './print.ts'
import { CONFLICT, type FolderOptions, inOrder, readFiles, save, writeVersion } from './prompts-files.ts'
import { eachOf, hashOf, listAll } from './prompts-remote.ts'

type SyncOptions = FolderOptions & { strategy: 'ours' | 'theirs' | 'fail'; dryRun?: boolean; prune?: boolean; message?: string }
type There = { version: number; hash: string }
type Step = { name: string; action: SyncAction | 'skipped'; file: PromptFile | undefined; there: There | undefined; note: string }

/**
 * `signalbox prompts sync`: files and the newest versions on the server, brought together by what they were when they last agreed. Where
 * both sides changed, `ours` are the files and `theirs` is the server; `fail` changes nothing at all, says what differs and returns 3.
 */
export async function syncPrompts({
  dir,
  strategy,
  dryRun = false,
  prune = false,
  message = '',
  ...options
}: SyncOptions): Promise<number> {
  const files = new Map((await readFiles(dir)).map((file) => [file.name, file]))
  const { client } = connect(options)
  const state = await readSyncState(dir)
  const rows = await listAll(client)
  const there = new Map<string, There>()
  await eachOf(rows, async ({ name, latestVersion }) => {
    const known = state.prompts[name]
    // A version never changes: what it was when both agreed is what it is.
    const hash = known?.version === latestVersion ? known.hash : (await client.prompts.get({ name, version: latestVersion })).hash
    there.set(name, { version: latestVersion, hash })
  })
  const names = [...new Set([...files.keys(), ...there.keys(), ...Object.keys(state.prompts)])].sort()
  const steps = names.map((name): Step => {
    const file = files.get(name)
    const found = planSync({ base: state.prompts[name]?.hash, here: file && hashOf(file.content), there: there.get(name)?.hash })
    return { name, file, there: there.get(name), ...decided(found, { strategy, prune, file, isThere: there.has(name) }) }
  })
  const conflicts = steps.filter(({ action }) => action === 'conflict')
  if (conflicts.length > 0) await eachOf(conflicts, explainConflict)
  const isRefused = conflicts.length > 0 || dryRun
  if (!isRefused) await apply()
  report(steps, { json: options.json === true, isDone: !isRefused })
  return conflicts.length > 0 ? CONFLICT : 0

  async function explainConflict(step: Step): Promise<void> {
    if (!step.file) step.note = 'deleted here, changed on the server'
    else if (!step.there) step.note = 'changed here, gone from the server'
    else {
      const { content } = await client.prompts.get({ name: step.name, version: step.there.version })
      const paths = changesBetween(content, step.file.content).map(({ path }) => path)
      step.note = `changed here and on the server (version ${step.there.version}): ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`
    }
  }

  async function apply(): Promise<void> {
    const pushes = inOrder(steps.flatMap(({ name, action, file, there: at }) => (action === 'push' && file ? [{ ...file, name, at }] : [])))
    for (const file of pushes) {
      // Whoever saved one since we looked is not passed over.
      const { version, hash } = await save(client, file, { message, expectedLatest: file.at?.version ?? 0 })
      state.prompts[file.name] = { version, hash }
      await writeSyncState(dir, state)
    }
    for (const { name, action, file, there: at } of steps) {
      if (action === 'pull' && at) await writeVersion(dir, await client.prompts.get({ name, version: at.version }), file?.file)
      if ((action === 'pull' || action === 'same') && at) state.prompts[name] = at
      if (action === 'gone-here') await client.prompts.change({ name, archived: true })
      if (action === 'gone-there' && file) await rm(file.file)
      if (action === 'gone-here' || action === 'gone-there' || action === 'forget') delete state.prompts[name]
    }
    await writeSyncState(dir, state)
  }
}

type Deciding = { strategy: SyncOptions['strategy']; prune: boolean; file: PromptFile | undefined; isThere: boolean }

function decided(action: SyncAction, { strategy, prune, file, isThere }: Deciding): Pick<Step, 'action' | 'note'> {
  if (action === 'gone-here')
    return prune
      ? { action, note: 'deleted here: archived' }
      : { action: 'skipped', note: 'deleted here; --prune archives it on the server' }
  if (action === 'gone-there')
    return prune
      ? { action, note: 'gone from the server: deleted' }
      : { action: 'skipped', note: 'gone from the server; --prune deletes the file' }
  if (action !== 'conflict' || strategy === 'fail') return { action, note: '' }
  // Whoever wins by not having it any more needs --prune to say so.
  if (strategy === 'ours')
    return file
      ? { action: 'push', note: 'conflict: the file' }
      : prune
        ? { action: 'gone-here', note: 'conflict: deleted here' }
        : { action: 'skipped', note: 'conflict: deleted here; --prune archives it on the server' }
  return isThere
    ? { action: 'pull', note: 'conflict: the server' }
    : prune
      ? { action: 'gone-there', note: 'conflict: gone from the server' }
      : { action: 'skipped', note: 'conflict: gone from the server; --prune deletes the file' }
}

const MARKS: Partial<Record<Step['action'], string>> = {
  push: '↑',
  pull: '↓',
  conflict: '!',
  'gone-here': '-',
  'gone-there': '-',
  skipped: '?',
}

function report(steps: readonly Step[], { json, isDone }: { json: boolean; isDone: boolean }): void {
  const shown = steps.filter(({ action }) => MARKS[action])
  if (json) return printJson({ done: isDone, prompts: steps.map(({ name, action, note }) => ({ name, action, ...(note && { note }) })) })
  for (const { name, action, note } of shown) console.log(`${MARKS[action]} ${name}${note ? `: ${note}` : ''}`)
  const count = (wanted: Step['action']) => steps.filter(({ action }) => action === wanted).length
  if (count('conflict') > 0)
    console.log(`${count('conflict')} in conflict, nothing was changed. --strategy ours takes the files, --strategy theirs the server.`)
  else
    console.log(
      `${count('push')} sent, ${count('pull')} fetched, ${count('none') + count('same')} the same.${isDone ? '' : ' Nothing was changed.'}`,
    )
}
