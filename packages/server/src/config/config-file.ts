import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { AppError, type EffectiveConfig } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'
import { type DescribedFile, describeFile } from './describe-file.ts'
import { type LoadedConfig, NO_FILE, parseConfig, readConfigText } from './load.ts'

export type ConfigFileDeps = {
  file: string
  variables: Record<string, string | undefined>
  /** Puts a configuration into effect. Where it throws, the one before is put into effect again. */
  adopt(config: LoadedConfig): Promise<void>
  /** The file was changed to something that is not used. */
  refused(error: unknown): void
}
type Problem = NonNullable<EffectiveConfig['file']['problem']>
type InEffect = { text: string | undefined; version: string; config: LoadedConfig; described: DescribedFile }
const EVERY_MS = 1000

/**
 * `signalbox.yaml` of the server: read, watched and replaced. What is wrong never takes the place of what is in effect.
 * Throws where the first reading finds a problem.
 */
export async function openConfigFile({ file, variables, adopt, refused }: ConfigFileDeps) {
  const name = basename(file)
  const parse = (text: string | undefined): InEffect => ({
    text,
    version: text === undefined ? '' : versionOf(text),
    config: parseConfig(text ?? NO_FILE, { name, variables }),
    described: describeFile(text ?? NO_FILE),
  })
  // Of before the reading: what comes after it is seen as a change.
  let stamp = await stampOf(file)
  let watching: NodeJS.Timeout | undefined
  let current = parse(await readConfigText({ file, variables }))
  let problem: Problem | null = null
  let last: Promise<unknown> = Promise.resolve()
  /** One at a time: what is read must not overtake what is written. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.catch(() => {}).then(work)
    last = next
    return next
  }
  const use = async (next: InEffect) => {
    const before = current
    current = next
    try {
      await adopt(next.config)
    } catch (error) {
      current = before
      await adopt(before.config).catch(refused)
      throw error
    }
  }
  const reread = async (): Promise<void> => {
    try {
      stamp = await stampOf(file)
      const text = await readConfigText({ file, variables })
      if (text !== current.text) await use(parse(text))
      problem = null
    } catch (error) {
      problem = { at: new Date().toISOString(), problems: problemsOf(error) }
      refused(error)
    }
  }

  return {
    name,
    config: (): LoadedConfig => current.config,
    described: (): DescribedFile => current.described,
    version: (): string => current.version,
    /** Why what stands in the file now is not used; null when it is. */
    problem: (): Problem | null => problem,
    /** Reads it again now, as a change of the file does. */
    reread: (): Promise<void> => inTurn(reread),
    watch(): void {
      watching = setInterval(
        () =>
          void inTurn(async () => {
            if ((await stampOf(file)) !== stamp) await reread()
          }),
        EVERY_MS,
      )
    },
    close: (): void => clearInterval(watching),

    /**
     * Replaces the file and puts it into effect; what was there is kept beside it as `.previous`. Throws `invalid-request` with every problem,
     * `conflict` where the file is another one than expected or cannot be written; then nothing changed.
     */
    apply: (text: string, { expectedVersion, allow }: { expectedVersion?: string | undefined; allow(config: LoadedConfig): void }) =>
      inTurn(async (): Promise<{ fileVersion: string; warnings: string[] }> => {
        const there = await readConfigText({ file, variables: {} })
        const version = there === undefined ? '' : versionOf(there)
        if (expectedVersion !== undefined && expectedVersion !== version) throw changedMeanwhile({ name, version, problem })
        const next = parse(text)
        allow(next.config)
        const before = current
        const replacement = await prepare(file, text)
        try {
          await use(next)
          await replacement.commit(there)
        } catch (error) {
          await replacement.discard()
          if (current !== before) await use(before).catch(refused)
          throw error
        }
        problem = null
        return { fileVersion: next.version, warnings: next.config.warnings }
      }),
  }
}
export type ConfigFileRoom = Awaited<ReturnType<typeof openConfigFile>>

const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`,
    () => '',
  )

const versionOf = (text: string): string => sha256(text).slice(0, 16)

function changedMeanwhile({ name, version, problem }: { name: string; version: string; problem: Problem | null }): AppError {
  const why = problem ? ` What stands there now is not used: ${problem.problems.join(' ')}` : ''
  return new AppError('conflict', `${name} of the server was changed meanwhile.${why}`, {
    hint: 'Look at what changed with "signalbox config diff", then apply again, or with --force.',
    data: { fileVersion: version },
  })
}

const problemsOf = (error: unknown): string[] => {
  const problems = error instanceof AppError ? error.data.problems : undefined
  return Array.isArray(problems) ? problems.map(String) : [error instanceof Error ? error.message : String(error)]
}

/** Writes the new text beside the file, whole and synced, so that taking its place is one step that a crash cannot halve. */
async function prepare(file: string, text: string) {
  // A link is kept, and what it leads to is replaced.
  const target = await realpath(file).catch(() => file)
  const fresh = `${target}.new`
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  )
  const writing = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (cause) {
      await rm(fresh, { force: true }).catch(() => {})
      const { code } = cause as NodeJS.ErrnoException
      throw new AppError('conflict', `${target} cannot be replaced (${code ?? cause}).`, {
        cause,
        hint: 'Give the user of the server the right to write its folder, or change the file where it is kept.',
      })
    }
  }
  await writing(async () => {
    await rm(fresh, { force: true })
    await writeFile(fresh, text, { mode, flush: true })
  })
  return {
    discard: () => rm(fresh, { force: true }),
    commit: (before: string | undefined) =>
      writing(async () => {
        if (before !== undefined) {
          await writeFile(`${target}.previous.new`, before, { mode, flush: true })
          await rename(`${target}.previous.new`, `${target}.previous`)
        }
        await rename(fresh, target)
        const folder = await open(dirname(target), 'r')
        await folder.sync().finally(() => folder.close())
      }),
  }
}
