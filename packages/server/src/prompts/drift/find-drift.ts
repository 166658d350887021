import { setImmediate as turn } from 'node:timers/promises'
import type { PlainCall, RenderedCall, VersionUse } from './calls.ts'
import type { Seen } from './drift-store.ts'
import { leftFor, type Registered } from './registered.ts'
import { normal, systemTextOf } from './system-text.ts'
import { countShapes, type Shapes } from './variable-shapes.ts'

/** So long a client may still use what the label has left: its cache, a deploy that is under way. */
export const GRACE_MS = 10 * 60_000
/** Different texts that are looked for in one go. */
const MOST_TEXTS = 50
const SHOWN = 300
const TOLD_APART = 48

/** What calls with a text of their own say: those that no version makes, and those that only an old version makes. */
export async function findInPlainCalls(calls: readonly PlainCall[], registered: Registered, now: number): Promise<Seen[]> {
  const found: Seen[] = []
  const texts = new Map<string, ReturnType<Registered['texts']['match']>>()
  for (const call of calls) {
    const text = textOf(call)
    if (text === undefined) continue
    if (!texts.has(text)) {
      if (texts.size >= MOST_TEXTS) continue
      texts.set(text, registered.texts.match(text))
      await turn()
    }
    const { traceId, spanId, at, app, route } = call
    const once = { count: 1, firstAt: at, lastAt: at, traceId, spanId, app }
    const match = texts.get(text)
    if (match) {
      const stale = staleUse({ ...once, prompt: match.prompt, version: String(match.version) }, registered, now)
      if (stale) found.push(stale)
      continue
    }
    const begin = text.slice(0, TOLD_APART).replace(/\d+/g, '#')
    found.push({
      ...once,
      kind: 'unregistered',
      key: [route, app, begin].join('\n'),
      route,
      text: text.slice(0, SHOWN),
      nearest: registered.texts.nearest(text) ?? null,
    })
  }
  return added(found)
}

function textOf({ input }: PlainCall): string | undefined {
  try {
    const text = systemTextOf(JSON.parse(input))
    return text === undefined ? undefined : normal(text)
  } catch {
    return undefined
  }
}

export const findStale = (uses: readonly VersionUse[], registered: Registered, now: number): Seen[] =>
  uses.flatMap((use) => staleUse(use, registered, now) ?? [])

function staleUse(use: VersionUse, { labels }: Registered, now: number): Seen | undefined {
  const { prompt, version, app, ...seen } = use
  const left = leftFor(labels.get(prompt) ?? [], Number(version), now - GRACE_MS)
  // What was called before the label moved was not old then.
  if (!left || seen.lastAt < left.movedAt + GRACE_MS) return undefined
  const current = { label: left.label, version: left.version, since: new Date(left.movedAt).toISOString() }
  return { ...seen, kind: 'stale', key: [prompt, version, app].join('\n'), app, prompt, version, current }
}

/** What came for the variables of prompts, against what is usual; `shapesOf` gives what is known of a prompt, to be changed. */
export function findChanged(calls: readonly RenderedCall[], shapesOf: (prompt: string) => Shapes): Seen[] {
  const found: Seen[] = []
  for (const { prompt, app, at, traceId, spanId, shapes } of calls.toSorted((a, b) => a.at - b.at))
    for (const { name, change, before, now, count } of countShapes(shapesOf(prompt), shapes))
      found.push({
        kind: 'variable',
        key: [prompt, name, change].join('\n'),
        count,
        firstAt: at,
        lastAt: at,
        traceId,
        spanId,
        app,
        prompt,
        variable: { name, change, before, now },
      })
  return added(found)
}

/** The same thing once, with how often it was seen. */
function added(found: readonly Seen[]): Seen[] {
  const by = new Map<string, Seen>()
  for (const one of found) {
    const id = `${one.kind}\n${one.key}`
    const known = by.get(id)
    const [first, last] = known ? [Math.min(known.firstAt, one.firstAt), Math.max(known.lastAt, one.lastAt)] : [one.firstAt, one.lastAt]
    by.set(id, { ...one, count: one.count + (known?.count ?? 0), firstAt: first, lastAt: last })
  }
  return [...by.values()]
}
