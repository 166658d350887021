import { AppError, DEFAULT_LABEL, LATEST } from '@signalbox/schema'
import type { ForeignAnswer, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { moveLabel } from '../../prompts/labels.ts'
import { readVersion, resolveVersion, type StoredVersion } from '../../prompts/read.ts'
import { removePrompt, removeVersionWithLabels } from '../../prompts/remove.ts'
import { labelsOf } from '../../prompts/rows.ts'
import { summaries } from '../../prompts/summaries.ts'
import { saveVersion } from '../../prompts/versions.ts'
import type { Write } from '../../prompts/writing.ts'
import type { Sql } from '../../store/ports.ts'
import { paged, pageOf, text, time, wholeNumber } from './paging.ts'
import { LabelParameter, NewLabels, parse, toLangfuse, toNewVersion } from './prompt-shapes.ts'

export type PromptRooms = { sql: Sql; writePrompts: Write }

/** Prompts as Langfuse's clients create, fetch, label and delete them, and as older ones fetch the one that is active. */
export function promptRoutes(rooms: PromptRooms): ForeignRoute[] {
  const create = (request: ForeignRequest) => createPrompt(rooms, request)
  return [
    { method: 'GET', path: '/v2/prompts', access: 'prompts:read', handle: (request) => listPrompts(rooms, request) },
    { method: 'POST', path: '/v2/prompts', access: 'prompts:write', handle: create },
    {
      method: 'GET',
      path: '/v2/prompts/:name',
      access: 'prompts:read',
      handle: (request) => getPrompt(rooms, request, request.params.name ?? ''),
    },
    { method: 'DELETE', path: '/v2/prompts/:name', access: 'prompts:write', handle: (request) => deletePrompt(rooms, request) },
    // Who may move the label is asked there: a key may have this right and no other.
    {
      method: 'PATCH',
      path: '/v2/prompts/:name/versions/:version',
      access: 'prompts:read',
      handle: (request) => addLabels(rooms, request),
    },
    {
      method: 'GET',
      path: '/prompts',
      access: 'prompts:read',
      handle: (request) => getPrompt(rooms, request, text(request.query, 'name') ?? missing('name')),
    },
    { method: 'POST', path: '/prompts', access: 'prompts:write', handle: create },
  ]
}

type Which = { version?: number; label?: string }
function whichOf(query: URLSearchParams): Which {
  const label = text(query, 'label')
  const version = text(query, 'version') === undefined ? undefined : wholeNumber(query, 'version', 1)
  if (label !== undefined && version !== undefined)
    throw new AppError('invalid-request', 'Cannot specify both version and label', { hint: '' })
  return version !== undefined ? { version } : label !== undefined ? { label: parse(LabelParameter, label) } : {}
}

async function getPrompt({ sql }: PromptRooms, { caller: { projectId }, query }: ForeignRequest, name: string): Promise<ForeignAnswer> {
  const found = await find(sql, projectId, name, whichOf(query))
  if (query.get('resolve') === 'false') return { body: toLangfuse(projectId, found, null) }
  return { body: await resolved(sql, projectId, found) }
}

async function resolved(sql: Sql, projectId: string, found: StoredVersion) {
  const resolution = await resolveVersion(sql, projectId, found)
  if (resolution.resolved) return toLangfuse(projectId, found, resolution)
  throw new AppError('conflict', `The dependencies of '${found.prompt.name}' cannot be resolved: ${resolution.problems.join(' ')}`, {
    hint: 'Ask with resolve=false for what was written.',
  })
}

/** In the words that their clients look for. */
async function find(sql: Sql, projectId: string, name: string, which: Which): Promise<StoredVersion> {
  try {
    return await readVersion(sql, projectId, name, which)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error
    const what = which.version !== undefined ? `version ${which.version}` : `label '${which.label ?? DEFAULT_LABEL}'`
    throw new AppError('not-found', `Prompt not found: '${name}' with ${what}`, { hint: '' })
  }
}

async function listPrompts({ sql }: PromptRooms, { caller: { projectId }, query }: ForeignRequest): Promise<ForeignAnswer> {
  if (!query.has('limit')) query.set('limit', '10')
  const page = pageOf(query)
  const { items, total } = await summaries(sql, projectId, {
    name: text(query, 'name'),
    label: text(query, 'label'),
    tag: text(query, 'tag'),
    version: query.has('version') ? wholeNumber(query, 'version', 1) : undefined,
    updatedFrom: time(query, 'fromUpdatedAt'),
    updatedTo: time(query, 'toUpdatedAt'),
    limit: page.limit,
    offset: (page.page - 1) * page.limit,
  })
  const data = items.map(({ config, updatedAt, ...item }) => ({
    ...item,
    lastUpdatedAt: updatedAt.toISOString(),
    lastConfig: config ?? {},
  }))
  return { body: paged(page, data, total) }
}

async function createPrompt({ sql, writePrompts: write }: PromptRooms, { caller, json }: ForeignRequest): Promise<ForeignAnswer> {
  const wanted = toNewVersion(await json())
  const { version } = await write(caller, (writing) => saveVersion(writing, wanted))
  const found = await find(sql, caller.projectId, wanted.name, { version })
  return { status: 201, body: toLangfuse(caller.projectId, found, null) }
}

async function addLabels({ sql, writePrompts: write }: PromptRooms, { caller, params, json }: ForeignRequest): Promise<ForeignAnswer> {
  const name = params.name ?? ''
  const version = wholeNumber(new URLSearchParams({ version: params.version ?? '' }), 'version', 0) || missing('version')
  const { newLabels } = parse(NewLabels, await json())
  await find(sql, caller.projectId, name, { version })
  await write(caller, async (writing) => {
    for (const label of new Set(newLabels)) if (label !== LATEST) await moveLabel(writing, { name, label, to: { version }, why: '' })
  })
  return { body: toLangfuse(caller.projectId, await find(sql, caller.projectId, name, { version }), null) }
}

async function deletePrompt({ sql, writePrompts: write }: PromptRooms, { caller, params, query }: ForeignRequest): Promise<ForeignAnswer> {
  const name = params.name ?? ''
  const which = whichOf(query)
  const all = which.version === undefined && which.label === undefined
  const { version, prompt } = await find(sql, caller.projectId, name, all ? { label: LATEST } : which)
  await write(caller, (writing) =>
    all ? removePrompt(writing, name) : removeVersionWithLabels(writing, name, version, labelsOf(prompt, version)),
  )
  return { status: 204 }
}

function missing(name: string): never {
  throw new AppError('invalid-request', `\`${name}\` is missing.`, { hint: '' })
}
