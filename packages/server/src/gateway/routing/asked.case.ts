import type { IncomingHttpHeaders } from 'node:http'
import type { ModelEntry, SnapshotProject, SnapshotProvider, Split } from '@signalbox/schema'
import { annotationsOf } from '../annotations.ts'
import { decodeRequest } from '../wire/request.ts'
import { RequestFacts } from './facts.ts'
import type { Asked } from './router.ts'

/** A provider of a project as a snapshot has it. */
export const provider = (name: string, more: Partial<SnapshotProvider> = {}): SnapshotProvider => ({
  name,
  kind: name,
  baseUrl: `http://${name}.test/v1`,
  apiKey: 'key',
  headers: {},
  from: 'file',
  problem: null,
  ...more,
})

/** A project with these aliases, and every provider that they name. */
export function projectWith(
  models: Record<string, Partial<ModelEntry> & Pick<ModelEntry, 'targets'>>,
  { splits = [], providers = [] }: { splits?: Split[]; providers?: SnapshotProvider[] } = {},
): SnapshotProject {
  const targets = Object.values(models).flatMap((entry) => [...entry.targets, ...(entry.rules ?? []).flatMap((rule) => rule.targets)])
  const named = [...new Set(targets.map((target) => target.provider))].map((name) => provider(name))
  return {
    id: 'default',
    providers: Object.fromEntries([...named, ...providers].map((one) => [one.name, one])),
    models: Object.fromEntries(Object.entries(models).map(([name, entry]) => [name, { strategy: 'fallback', ...entry }])),
    budgets: [],
    currency: { code: 'USD', perUsd: 1 },
    splits,
    prices: [],
    capture: { content: true, maxBytes: 1 << 20 },
  }
}

/** A call as the router sees it; the body is a chat, or a text that somebody asks. */
export function askedOf(
  body: object | string,
  {
    project = projectWith({}),
    headers = {},
    caller = {},
  }: { project?: SnapshotProject; headers?: IncomingHttpHeaders; caller?: Partial<Asked['caller']> } = {},
): Asked {
  const sent = typeof body === 'string' ? { messages: [{ role: 'user', content: body }] } : body
  const request = decodeRequest(Buffer.from(JSON.stringify({ model: 'support', ...sent })), {})
  return {
    caller: { projectId: project.id, permissions: ['*'], keyId: 'key_1', project, ...caller },
    project,
    request,
    headers,
    annotations: annotationsOf(headers),
  }
}

/** Its facts, with all of the budget left at noon of 2026-11-21. */
export const factsOf = (...asked: Parameters<typeof askedOf>): RequestFacts =>
  new RequestFacts(askedOf(...asked), { budgetLeft: () => 1, now: () => Date.UTC(2026, 10, 21, 12) })
