import { AppError, type PromptContent, readPromptRef, type SnapshotProject, shareOf } from '@signalbox/schema'
import { own } from '../../lib/own.ts'

export type FoundVersion = { name: string; label?: string; version: number; hash: string; content: PromptContent }

/**
 * The version that a reference means, from what the edge has. `sticky`: who asks, so that a split label gives the same one again.
 * Throws `not-found` with what there is.
 */
export function findVersion(project: SnapshotProject, ref: string, { sticky, param }: { sticky: string; param: string }): FoundVersion {
  const asked = readPromptRef(ref)
  const { name } = asked
  const missing = (message: string, hint: string) => new AppError('not-found', message, { hint, data: { param } })
  const prompt = project.prompts && own(project.prompts, name)
  if (!prompt) throw missing(`There is no prompt ${JSON.stringify(name)} in this project.`, nearest(project, name))
  const at = (version: number) => {
    const found = own(prompt.versions, String(version))
    return found && { name, version, hash: found.hash, content: found.content }
  }
  const labels = Object.keys(prompt.labels).join(', ')
  if ('version' in asked) {
    const found = at(asked.version)
    if (!found)
      throw missing(
        `Version ${asked.version} of the prompt ${JSON.stringify(name)} is not at hand here.`,
        `At hand are ${Object.keys(prompt.versions).join(', ')}. Another one is fetched from the core when it is first asked for: ask again, or for ${labels}.`,
      )
    return found
  }
  const { label } = asked
  const target = own(prompt.labels, label)
  if (!target) throw missing(`The prompt ${JSON.stringify(name)} has no label ${JSON.stringify(label)}.`, `It has ${labels}.`)
  const version = 'version' in target ? target.version : shareOf(target.split, { name, label }, sticky || undefined)
  const found = at(version)
  if (!found)
    throw missing(`The label ${label} of the prompt ${JSON.stringify(name)} points to a version that is gone.`, `It has ${labels}.`)
  return { ...found, label }
}

/** A version that is asked for by its number and is not in the snapshot, of a prompt that is. */
export function unknownVersion({ prompts }: SnapshotProject, ref: string): { name: string; version: number } | undefined {
  const asked = readPromptRef(ref)
  if (!('version' in asked)) return undefined
  const prompt = prompts && own(prompts, asked.name)
  return prompt && !own(prompt.versions, String(asked.version)) ? asked : undefined
}

function nearest({ prompts = {} }: SnapshotProject, name: string): string {
  const names = Object.keys(prompts)
  if (names.length === 0) return 'It has none yet: save one on the Prompts page or with POST /api/v1/prompts.'
  const last = name.split('/').at(-1)?.toLowerCase() ?? ''
  const alike = names.filter((one) => one.toLowerCase().includes(last) || last.includes(one.split('/').at(-1)?.toLowerCase() ?? '-'))
  return `There ${names.length === 1 ? 'is' : 'are'} ${(alike.length > 0 ? alike : names).slice(0, 5).join(', ')}${names.length > 5 ? ', …' : '.'}`
}
