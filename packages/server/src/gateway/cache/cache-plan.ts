import type { IncomingHttpHeaders } from 'node:http'
import type { ModelCache, ModelEntry, SnapshotProject } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import { oncePer } from '../../lib/once-per.ts'
import { own } from '../../lib/own.ts'
import type { Door } from '../doors.ts'
import type { Choice } from '../routing/router.ts'
import { parseBody, type WireRequest } from '../wire/request.ts'
import { type Wishes, wishesOf } from './cache-wishes.ts'
import { canBeKept, leftOut, TELLING_HEADERS } from './cached-operations.ts'
import { canonicalText } from './canonical-text.ts'
import type { Form } from './kept-answer.ts'
import { canChangeForm } from './replay.ts'

export type CacheAsked = {
  door: Door
  request: WireRequest
  choice: Choice
  project: SnapshotProject
  headers: IncomingHttpHeaders
  /** The client wants its stream as a JSON array. */
  asArray: boolean
}

/** What the cache does for one call. */
export type CachePlan = {
  config: ModelCache
  wishes: Wishes
  /** Whose answers may be given at all, as text: project, dialect, alias with its targets, purges, headers that tell. */
  scope: string
  body: Record<string, unknown>
  form: Form
}

/** Longer bodies are mostly media; reading them would cost more than it brings. */
const MOST_BODY_BYTES = 262_144

/** Undefined where the cache has nothing to do with the call. */
export function planOf({ door, request, choice, project, headers, asArray }: CacheAsked): CachePlan | undefined {
  const config = choice.entry?.cache
  if (!config || config.mode === 'off' || request.described || request.body.length > MOST_BODY_BYTES) return undefined
  const wishes = wishesOf(headers)
  if (!wishes.read && !wishes.keep) return undefined
  const body = objectOf(request)
  if (!body || !canBeKept(door, body)) return undefined
  const form: Form = !request.stream ? 'whole' : asArray ? 'array' : request.wantsUsage ? 'usage-stream' : 'stream'
  const scope = JSON.stringify([
    project.id,
    door.dialect,
    door.operation,
    request.model,
    choice.variant?.arm ?? '',
    classOf(project, choice),
    project.cache?.purged ?? 0,
    own(project.cache?.purgedModels ?? NONE, request.model) ?? 0,
    TELLING_HEADERS.some((name) => headers[name] !== undefined) ? TELLING_HEADERS.map((name) => headers[name] ?? '') : '',
    // Where one form cannot be made of another, each is a request of its own.
    canChangeForm(door.dialect) && form !== 'array' ? '' : form,
  ])
  return { config, wishes, scope, body, form }
}

const NONE: Record<string, number> = {}

/** The key of a request within its scope. */
export const keyOf = ({ scope, body }: CachePlan, { dialect }: Door): string => sha256(`${scope}\n${canonicalText(body, leftOut(dialect))}`)

/** Of one configuration: another one is another object. */
const classesOf = oncePer((_: SnapshotProject) => new Map<ModelEntry, string>())

/** The targets that answers may come from. Of rules, only those of the one that holds. */
function classOf(project: SnapshotProject, { entry, candidates }: Choice): string {
  if (!entry) return ''
  const classes = classesOf(project)
  let known = classes.get(entry)
  if (known === undefined) {
    const targets = entry.targets.map(({ provider, model }) => {
      const at = own(project.providers, provider)
      return JSON.stringify([provider, at?.kind, at?.baseUrl, model])
    })
    known = sha256([...new Set(targets)].sort().join())
    classes.set(entry, known)
  }
  if (entry.strategy !== 'rules') return known
  return `${known} ${candidates
    .map(({ provider, model }) => `${provider.name}/${model}`)
    .sort()
    .join()}`
}

function objectOf({ body }: WireRequest): Record<string, unknown> | undefined {
  try {
    const value = parseBody(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
