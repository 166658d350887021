import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@signalbox/schema'
import { didYouMean } from '../../lib/yaml/nearest.ts'
import { EXTENSION, type PromptFile, readPromptFile } from './prompt-file.ts'

export type PromptFolder = {
  files: PromptFile[]
  /** Each with its place. */
  problems: string[]
}

/** All `*.prompt.yaml` below a folder, by name. What cannot be read is among the problems, and does not keep others from being read. */
export async function readPromptFolder(folder: string): Promise<PromptFolder> {
  const paths = await readdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'There is no such folder.' : cause.message
    throw new AppError('invalid-request', `${folder} cannot be read: ${why}`, {
      cause,
      hint: 'Name another one with --dir, or fill it with "signalbox prompts pull --dir prompts".',
    })
  })
  const files: PromptFile[] = []
  const problems: string[] = []
  const byName = new Map<string, string>()
  for (const path of paths.filter((one) => one.endsWith(EXTENSION) && !one.includes('node_modules')).sort()) {
    const shown = join(folder, path)
    try {
      const file = readPromptFile(await readFile(shown, 'utf8'), shown)
      const before = byName.get(file.name)
      if (before) problems.push(`${shown}:1:1 name ${file.name} is the name of ${before} already.`)
      else files.push(file)
      byName.set(file.name, before ?? shown)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      problems.push(...((error.data.problems as string[] | undefined) ?? [error.message]))
    }
  }
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), problems }
}

/** Where a prompt has its file: its folders are those of the name. */
export const pathOf = (folder: string, name: string): string => join(folder, ...name.split('/').map(safePart)) + EXTENSION

/** Names may hold what file systems cannot. */
const safePart = (part: string): string =>
  part === '.' || part === '..'
    ? part.replaceAll('.', '%2E')
    : part.replace(/[\\:*?"<>%]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** Those that were named, or all. Throws where a name is not among them. */
export function named(files: readonly PromptFile[], names: readonly string[]): PromptFile[] {
  if (names.length === 0) return [...files]
  return names.map((name) => {
    const found = files.find((file) => file.name === name || file.file === name)
    if (found) return found
    throw new AppError(
      'invalid-request',
      `There is no file of the prompt ${name}.${didYouMean(
        name,
        files.map((file) => file.name),
      )}`,
      {
        hint: `Files are read from the folder that --dir names, and end in ${EXTENSION}.`,
      },
    )
  })
}
