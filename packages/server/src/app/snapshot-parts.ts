import type { Snapshot, SnapshotKey, SnapshotProject, SnapshotPrompt, SnapshotProvider } from '@signalbox/schema'

/**
 * A snapshot in pieces, each of which can change alone. The name of a piece is `server`, `project:ID`, `provider:ID:NAME`, `model:ID:NAME`,
 * `prompt:ID:NAME` or `key:ID`. Edges are sent lines of JSON: `{"begin":VERSION,"full":true}`, then `{"set":[[name, value], …]}` and `{"drop":[name, …]}`, then
 * `{"end":VERSION}`, which puts all of it into effect at once. Without `full` only what changed is sent.
 */
export type Message = { begin: number; full: boolean } | { set: [string, unknown][] } | { drop: string[] } | { end: number }

/**
 * The order of names is kept beside them: what comes first may be chosen first. Prompts have none, and there may be thousands: a project
 * does not list them.
 */
export type ProjectPart = Omit<SnapshotProject, 'providers' | 'models' | 'prompts'> & { providers: string[]; models: string[] }
export type ServerPart = Omit<Snapshot, 'version' | 'projects' | 'keys'>
export type PartValues = {
  server: ServerPart
  project: ProjectPart
  provider: SnapshotProvider
  model: SnapshotProject['models'][string]
  prompt: SnapshotPrompt
  key: SnapshotKey
}
export type PartKind = keyof PartValues

/** All pieces of a snapshot with their names. */
export function* partsOf({ version: _, projects, keys, ...server }: Snapshot): Generator<[name: string, value: PartValues[PartKind]]> {
  yield ['server', server]
  for (const [id, { providers, models, prompts = {}, ...rest }] of Object.entries(projects)) {
    yield [`project:${id}`, { ...rest, providers: Object.keys(providers), models: Object.keys(models) }]
    for (const [name, provider] of Object.entries(providers)) yield [`provider:${id}:${name}`, provider]
    for (const [name, model] of Object.entries(models)) yield [`model:${id}:${name}`, model]
    for (const [name, prompt] of Object.entries(prompts)) yield [`prompt:${id}:${name}`, prompt]
  }
  for (const key of keys) yield [`key:${key.id}`, key]
}

/** Of a line: short enough to be read without holding anything up. */
const LINE_CHARACTERS = 32_000

/** The lines of a message. Values come as the JSON that they are sent as. */
export function* linesOf(change: {
  version: number
  full: boolean
  set: Iterable<readonly [name: string, json: string]>
  drop?: readonly string[]
}): Generator<string> {
  const { version, full, set, drop = [] } = change
  yield JSON.stringify({ begin: version, full })
  let line = ''
  for (const [name, json] of set) {
    line += `${line === '' ? '{"set":[' : ','}[${JSON.stringify(name)},${json}]`
    if (line.length < LINE_CHARACTERS) continue
    yield `${line}]}`
    line = ''
  }
  if (line !== '') yield `${line}]}`
  for (let at = 0; at < drop.length; at += 500) yield JSON.stringify({ drop: drop.slice(at, at + 500) })
  yield JSON.stringify({ end: version })
}
