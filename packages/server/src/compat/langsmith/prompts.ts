import { AppError, LATEST, MovableLabel, type PromptLabelName, PromptName, plainText } from '@signalbox/schema'
import { z } from 'zod'
import type { ForeignAnswer, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { hashOf } from '../../prompts/content.ts'
import { moveLabel } from '../../prompts/labels.ts'
import { listPrompts } from '../../prompts/list.ts'
import { findByHash, readVersion, resolveVersion, type StoredVersion, versionsOfPrompt } from '../../prompts/read.ts'
import { changePrompt, removePrompt } from '../../prompts/remove.ts'
import { findPrompt, getPrompt, type StoredPrompt } from '../../prompts/rows.ts'
import { describe, makePrompt, saveVersion } from '../../prompts/versions.ts'
import type { Write } from '../../prompts/writing.ts'
import type { Sql } from '../../store/ports.ts'
import { contentOf, manifestOf } from './manifests.ts'
import { tenantOf } from './sessions.ts'

export type PromptRooms = { sql: Sql; writePrompts: Write }

/** Prompts as LangSmith's clients create, commit, tag and pull them. A repository is a prompt, a commit a version, a tag a label. */
export function promptRoutes(rooms: PromptRooms): ForeignRoute[] {
  const read = (path: string, handle: (rooms: PromptRooms, request: ForeignRequest) => Promise<ForeignAnswer>): ForeignRoute[] =>
    bothWays(path).map((one) => ({ method: 'GET', path: one, access: 'prompts:read', handle: (request) => handle(rooms, request) }))
  const write = (
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    handle: (rooms: PromptRooms, request: ForeignRequest) => Promise<ForeignAnswer>,
  ): ForeignRoute[] =>
    bothWays(path).map((one) => ({ method, path: one, access: 'prompts:write', handle: (request) => handle(rooms, request) }))
  return [
    ...read('/repos', listRepos),
    ...write('POST', '/repos', createRepo),
    ...read('/repos/:owner/:name', async ({ sql }, { caller: { projectId }, params }) => ({
      body: { repo: await toRepo(sql, projectId, await getPrompt(sql, projectId, nameOf(params))) },
    })),
    ...write('PATCH', '/repos/:owner/:name', changeRepo),
    ...write('DELETE', '/repos/:owner/:name', async ({ writePrompts }, { caller, params }) => {
      await writePrompts(caller, (writing) => removePrompt(writing, nameOf(params)))
      return { body: {} }
    }),
    ...read('/repos/:owner/:name/tags', listTags),
    // Who may move the label is asked there: a key may have this right and no other.
    ...write('POST', '/repos/:owner/:name/tags', setTag).map((route): ForeignRoute => ({ ...route, access: 'prompts:read' })),
    ...read('/commits/:owner/:name', listCommits),
    ...write('POST', '/commits/:owner/:name', createCommit),
    ...read('/commits/:owner/:name/:commit', getCommit),
  ]
}

/** Their clients write some paths with a slash at the end. */
const bothWays = (path: string): string[] => [path, `${path}/`]

/** `-` is whoever asks. Any other owner is the folder of this name. */
function nameOf({ owner = '-', name = '' }: Readonly<Record<string, string>>): string {
  return owner === '-' ? name : `${owner}/${name}`
}
const splitName = (name: string): { owner: string; handle: string } => {
  const slash = name.indexOf('/')
  return slash === -1 ? { owner: '-', handle: name } : { owner: name.slice(0, slash), handle: name.slice(slash + 1) }
}

const uuidOf = (hash: string): string => hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

async function toRepo(sql: Sql, projectId: string, prompt: StoredPrompt) {
  const { owner, handle } = splitName(prompt.name)
  const [last] = await versionsOfPrompt(sql, prompt.id, { limit: 1, offset: 0 })
  return {
    id: uuidOf(prompt.id.replace(/^prompt_/, '').padEnd(32, '0')),
    repo_handle: handle,
    full_name: owner === '-' ? handle : prompt.name,
    owner: owner === '-' ? null : owner,
    tenant_id: tenantOf(projectId),
    description: prompt.description,
    readme: '',
    tags: prompt.tags,
    is_public: false,
    is_archived: prompt.archived_at !== null,
    created_at: prompt.created_at.toISOString(),
    updated_at: prompt.updated_at.toISOString(),
    original_repo_id: null,
    upstream_repo_id: null,
    original_repo_full_name: null,
    upstream_repo_full_name: null,
    num_likes: 0,
    num_downloads: 0,
    num_views: 0,
    liked_by_auth_user: false,
    num_commits: prompt.version_count,
    last_commit_hash: last?.hash ?? null,
  }
}

async function listRepos({ sql }: PromptRooms, { caller: { projectId }, query }: ForeignRequest): Promise<ForeignAnswer> {
  const { limit, offset } = pageOf(query)
  const wanted = {
    archived: query.get('is_archived') === 'true' ? ('true' as const) : ('false' as const),
    search: query.get('query')?.replaceAll('\0', '') || undefined,
    tag: query.getAll('tags')[0]?.replaceAll('\0', ''),
  }
  // Nothing here is public.
  if (query.get('is_public') === 'true') return { body: { repos: [], total: 0 } }
  let cursor: string | undefined
  let passed = 0
  const names: string[] = []
  let total = 0
  do {
    const page = await listPrompts(sql, projectId, { ...wanted, limit: 500, cursor })
    total = page.total
    for (const { name } of page.prompts) if (passed++ >= offset && names.length < limit) names.push(name)
    cursor = page.nextCursor
  } while (cursor && names.length < limit)
  const repos = []
  for (const name of names) {
    const prompt = await findPrompt(sql, projectId, name)
    if (prompt) repos.push(await toRepo(sql, projectId, prompt))
  }
  return { body: { repos, total } }
}

const Repo = z.object({
  description: plainText(2000).nullish(),
  readme: z.string().nullish(),
  tags: z.array(plainText(100).min(1)).max(100).nullish(),
  is_public: z.boolean().nullish(),
  is_archived: z.boolean().nullish(),
})
const NewRepo = Repo.extend({ repo_handle: PromptName })

function parse<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('invalid-request', `${issue?.path.join('.') || 'The body'}: ${issue?.message}.`)
}

/** What of a repository there is no place for. It is said in a header that the gateway uses for the same. */
const dropped = ({ readme }: z.output<typeof Repo>): Record<string, string> => (readme ? { 'x-signalbox-dropped': 'readme' } : {})

function refusePublic({ is_public: isPublic }: z.output<typeof Repo>): void {
  if (isPublic) throw new AppError('invalid-request', 'Prompts are not made public here.', { hint: 'Leave `is_public` out.' })
}

async function createRepo({ sql, writePrompts }: PromptRooms, { caller, json }: ForeignRequest): Promise<ForeignAnswer> {
  const wanted = parse(NewRepo, await json())
  refusePublic(wanted)
  const name = wanted.repo_handle
  await writePrompts(caller, async (writing) => {
    if (await findPrompt(writing.session, writing.projectId, name))
      throw new AppError('conflict', `There is a prompt ${JSON.stringify(name)} already.`, {
        hint: 'Commit to it, or choose another name.',
      })
    const prompt = await makePrompt(writing, { name, type: 'chat' })
    await describe(writing, prompt, { tags: wanted.tags ?? undefined, description: wanted.description ?? undefined })
  })
  const repo = await toRepo(sql, caller.projectId, await getPrompt(sql, caller.projectId, name))
  return { body: { repo }, headers: dropped(wanted) }
}

async function changeRepo({ sql, writePrompts }: PromptRooms, { caller, params, json }: ForeignRequest): Promise<ForeignAnswer> {
  const wanted = parse(Repo, await json())
  refusePublic(wanted)
  const name = nameOf(params)
  await writePrompts(caller, (writing) =>
    changePrompt(writing, name, {
      tags: wanted.tags ?? undefined,
      description: wanted.description ?? undefined,
      archived: wanted.is_archived ?? undefined,
    }),
  )
  const repo = await toRepo(sql, caller.projectId, await getPrompt(sql, caller.projectId, name))
  return { body: { repo }, headers: dropped(wanted) }
}

async function listCommits({ sql }: PromptRooms, { caller: { projectId }, params, query }: ForeignRequest): Promise<ForeignAnswer> {
  const prompt = await getPrompt(sql, projectId, nameOf(params))
  const { limit, offset } = pageOf(query)
  const versions = await versionsOfPrompt(sql, prompt.id, { limit: limit + 1, offset })
  const commits = versions.slice(0, limit).map(({ hash, message, createdAt }, at) => ({
    id: uuidOf(hash),
    commit_hash: hash,
    parent_commit_hash: versions[at + 1]?.hash ?? null,
    parent_id: versions[at + 1] ? uuidOf(versions[at + 1]?.hash ?? '') : null,
    description: message,
    created_at: createdAt.toISOString(),
    updated_at: createdAt.toISOString(),
    repo_id: uuidOf(prompt.id.replace(/^prompt_/, '').padEnd(32, '0')),
    num_downloads: 0,
    num_views: 0,
    full_name: prompt.name,
  }))
  return { body: { commits, total: prompt.version_count } }
}

const NewCommit = z.object({
  manifest: z.unknown(),
  parent_commit: z.string().nullish(),
  description: plainText(500).nullish(),
  example_run_ids: z.array(z.unknown()).nullish(),
})

async function createCommit({ sql, writePrompts }: PromptRooms, { caller, params, json }: ForeignRequest): Promise<ForeignAnswer> {
  const { manifest, parent_commit: parent, description } = parse(NewCommit, await json())
  const name = nameOf(params)
  const content = contentOf(manifest)
  const { version } = await writePrompts(caller, async (writing) => {
    const prompt = await getPrompt(writing.session, writing.projectId, name)
    const [last] = await versionsOfPrompt(writing.session, prompt.id, { limit: 1, offset: 0 })
    if (last?.hash === hashOf(content))
      throw new AppError('conflict', 'Nothing to commit: prompt has not changed since latest commit', { hint: '' })
    if (parent && parent !== LATEST && !(await findByHash(writing.session, prompt.id, parent)))
      throw new AppError('not-found', `The parent commit ${parent} is not known.`, { hint: 'Leave it out, or send the hash of a commit.' })
    return await saveVersion(writing, { name, content, message: description ?? '', labels: [] })
  })
  const found = await readVersion(sql, caller.projectId, name, { version })
  const commit = {
    id: uuidOf(found.hash),
    commit_hash: found.hash,
    parent_commit_hash: parent ?? null,
    description: found.message,
    created_at: found.createdAt.toISOString(),
    manifest,
  }
  return { body: { commit } }
}

async function getCommit({ sql }: PromptRooms, { caller: { projectId }, params, query }: ForeignRequest): Promise<ForeignAnswer> {
  const found = await findCommit(sql, projectId, nameOf(params), params.commit ?? LATEST)
  const withModel = query.get('include_model') === 'true'
  const { resolved } = await resolveVersion(sql, projectId, found)
  const { model } = found.content
  return {
    body: {
      commit_hash: found.hash,
      manifest: manifestOf(found.content, resolved, withModel),
      examples: [],
      ...(withModel && { model_config: model ?? null, model_provider: null }),
    },
  }
}

/** By label, by hash, or by the beginning of a hash. */
async function findCommit(sql: Sql, projectId: string, name: string, commit: string): Promise<StoredVersion> {
  const prompt = await getPrompt(sql, projectId, name)
  const label: z.infer<typeof PromptLabelName> = commit
  if (label === LATEST && prompt.version_count > 0) return await readVersion(sql, projectId, name, { label })
  if (prompt.labels.some((one) => one.label === label)) return await readVersion(sql, projectId, name, { label })
  const version = await findByHash(sql, prompt.id, commit)
  if (version !== undefined) return await readVersion(sql, projectId, name, { version })
  throw new AppError('not-found', `The prompt ${JSON.stringify(name)} has no commit or tag ${JSON.stringify(commit)}.`)
}

async function listTags({ sql }: PromptRooms, { caller: { projectId }, params }: ForeignRequest): Promise<ForeignAnswer> {
  const name = nameOf(params)
  const { labels } = await getPrompt(sql, projectId, name)
  const tags = []
  for (const { label, version, movedAt } of labels) {
    if (version === null) continue
    const { hash } = await readVersion(sql, projectId, name, { version })
    tags.push({ id: uuidOf(hash), tag_name: label, commit_id: uuidOf(hash), commit_hash: hash, created_at: movedAt, updated_at: movedAt })
  }
  return { body: tags }
}

const NewTag = z.object({ tag_name: MovableLabel, commit_id: z.string().regex(/^[0-9a-f-]{36}$/, { error: 'must be the id of a commit' }) })

async function setTag({ sql, writePrompts }: PromptRooms, { caller, params, json }: ForeignRequest): Promise<ForeignAnswer> {
  const { tag_name: label, commit_id: id } = parse(NewTag, await json())
  const name = nameOf(params)
  const hash = await writePrompts(caller, async (writing) => {
    const prompt = await getPrompt(writing.session, writing.projectId, name)
    const version = await findByHash(writing.session, prompt.id, id.replaceAll('-', ''))
    if (version === undefined) throw new AppError('not-found', `The prompt ${JSON.stringify(name)} has no commit ${id}.`)
    await moveLabel(writing, { name, label, to: { version }, why: '' })
    return (await readVersion(writing.session, writing.projectId, name, { version })).hash
  })
  const { labels } = await getPrompt(sql, caller.projectId, name)
  const at = labels.find((one) => one.label === label)?.movedAt ?? new Date().toISOString()
  return { body: { id, tag_name: label, commit_id: id, commit_hash: hash, created_at: at, updated_at: at } }
}

function pageOf(query: URLSearchParams): { limit: number; offset: number } {
  const number = (name: string, fallback: number): number => {
    const sent = query.get(name)
    if (sent === null) return fallback
    if (!/^\d{1,6}$/.test(sent)) throw new AppError('invalid-request', `\`${name}\` must be a whole number.`)
    return Number(sent)
  }
  return { limit: Math.min(Math.max(number('limit', 20), 1), 100), offset: number('offset', 0) }
}
