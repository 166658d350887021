import { createHash } from 'node:crypto'
import { AppError, canonicalJson, DEFAULT_LABEL, LATEST, type PromptContent } from '@signalbox/schema'
import { readContent } from '../../prompts/content.ts'
import { createResolver } from '../../prompts/fragments.ts'
import { getPrompt, targetOf } from '../../prompts/rows.ts'
import type { SqlSession } from '../../store/ports.ts'

export type UsedPrompt = {
  name: string
  version: number
  /** Hash of what it says with its fragments filled in. */
  content: string
  /** Names that stand in its templates: where an item is one text, that is what it may be put in. */
  variables: string[]
  /** The model that it names itself. */
  route: string | null
  tests: PromptContent['tests']
}

/** The version of a prompt that is meant, as it is now. */
export async function resolvePrompt(
  session: SqlSession,
  projectId: string,
  wanted: { name: string; version?: number | undefined; label?: string | undefined },
): Promise<UsedPrompt> {
  const prompt = await getPrompt(session, projectId, wanted.name)
  const version = wanted.version ?? (await versionAt(prompt, wanted.label ?? DEFAULT_LABEL))
  const [row] = await session.query<{ content: string }>('select content from prompt_versions where prompt_id = $1 and version = $2', [
    prompt.id,
    version,
  ])
  if (!row)
    throw new AppError('not-found', `The prompt ${JSON.stringify(prompt.name)} has no version ${version}.`, {
      hint: 'List them with GET /api/v1/prompts/{name}/versions.',
    })
  const { resolved, problems } = await createResolver(session, projectId)(prompt.name, version, readContent(row.content))
  if (!resolved)
    throw new AppError('conflict', `Version ${version} of ${JSON.stringify(prompt.name)} cannot be used: ${problems[0]}`, {
      hint: 'Mend the fragment, or choose another version.',
    })
  const { tests, ...rest } = resolved
  return {
    name: prompt.name,
    version,
    content: createHash('sha256').update(canonicalJson(rest)).digest('hex').slice(0, 16),
    variables: namesIn(rest),
    route: resolved.model?.route ?? null,
    tests,
  }
}

async function versionAt(prompt: Awaited<ReturnType<typeof getPrompt>>, label: string): Promise<number> {
  if (label === LATEST) return prompt.latest_version
  const found = prompt.labels.find((one) => one.label === label)
  if (!found)
    throw new AppError('not-found', `The prompt ${JSON.stringify(prompt.name)} has no label ${label}.`, {
      hint: `It has ${[...prompt.labels.map((one) => one.label), LATEST].join(', ')}. Or name a version.`,
    })
  const target = targetOf(found)
  if ('split' in target)
    throw new AppError(
      'invalid-request',
      `The label ${label} of ${JSON.stringify(prompt.name)} is a split: it points to several versions.`,
      {
        hint: 'Name a version, or make each of them a variant.',
      },
    )
  return target.version
}

const NAME = /\{\{\s*(?:[#^&/]\s*)?([\w$-]+)/g

/** Words of the template languages that are no variables. */
const WORDS = new Set(['if', 'else', 'end', 'endif', 'for', 'endfor', 'each', 'unless'])
function namesIn(content: Omit<PromptContent, 'tests'>): string[] {
  const text = JSON.stringify([content.text ?? '', content.messages ?? []])
  return [...new Set([...text.matchAll(NAME)].flatMap(([, name = '']) => (WORDS.has(name) ? [] : [name])))]
}
