import type { SpanPatch, SpanRow } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import type { CallToSpanRooms } from '../call-to-span.ts'
import { AGGREGATES } from '../ingest/otlp/kinds.ts'
import { asRepeated, type Roles } from '../roles/settle-roles.ts'
import { entriesOf } from './entries.ts'
import { fold, foldFields } from './fold.ts'
import { inOrder } from './in-order.ts'
import { type KeptPatch, patchedSpans, readPatches } from './patch-store.ts'
import { inheritable, type OfTrace, toRow } from './to-row.ts'
import { countedVersions, otherStandings } from './version-store.ts'
import { keyOf, type Version, versionOf } from './versions.ts'
import type { NewVersion } from './write-versions.ts'

export type SpanRef = { traceId: string; spanId: string }
export type Merging = {
  projectId: string
  spans: readonly SpanRef[]
  /** Begins the tokens of the messages that are new: by them it is known whether what a trace says has changed. */
  token: string
  silentSince?: number
}
export type MergeRooms = {
  events: Events
  price: CallToSpanRooms['price']
  /** Who counts, of spans that repeat what others used. */
  roles?: Roles
}

/** A trace at a time is read with all that is said of it, and so many spans together. */
const SPANS_AT_ONCE = 3000

/**
 * The spans named, as all messages about them together make them, and beside them those of their traces that change with them:
 * spans that inherit what a trace now says, and the one that a trace was shown at so far.
 */
export async function mergeSpans(rooms: MergeRooms, { spans, ...merging }: Merging): Promise<NewVersion[]> {
  const made: NewVersion[] = []
  for (const part of partsOf(spans)) made.push(...(await mergePart(rooms, { ...merging, spans: part })))
  return made
}

async function mergePart({ events, price, roles }: MergeRooms, { projectId, spans, token, silentSince }: Merging): Promise<NewVersion[]> {
  const traceIds = [...new Set(spans.map(({ traceId }) => traceId))].sort()
  const known = new Map<string, KeptPatch[]>()
  const counted = new Map<string, Version[]>()
  const of = (spanIds: readonly string[]) => ({ projectId, traceIds, spanIds })

  async function learn(refs: readonly SpanRef[]): Promise<string[]> {
    const wanted = new Set(refs.map((ref) => keyOf({ projectId, ...ref })))
    const spanIds = [...new Set(refs.map(({ spanId }) => spanId))]
    const [patches, versions] = await Promise.all([readPatches(events, of(spanIds)), countedVersions(events, of(spanIds))])
    for (const [key, patchesOfSpan] of Map.groupBy(patches, keyOf)) if (wanted.has(key)) known.set(key, patchesOfSpan)
    for (const [key, version] of versions) if (wanted.has(key)) counted.set(key, version)
    for (const [traceId, ofTrace] of Map.groupBy(
      patches.filter((patch) => patch.ofTrace),
      (patch) => patch.traceId,
    ))
      traces.set(traceId, ofTrace)
    return [...wanted].filter((key) => known.has(key))
  }

  const traces = new Map<string, KeptPatch[]>()
  await learn(spans)
  // What a trace says holds for spans that came before, too.
  const changed = [...traces].filter(([, patches]) => saysOtherThan(patches, token)).map(([traceId]) => traceId)
  if (changed.length > 0) {
    const others = (await patchedSpans(events, { projectId, traceIds: changed })).filter((ref) => !known.has(keyOf({ projectId, ...ref })))
    for (const part of partsOf(others)) await learn(part)
  }

  const contexts = new Map([...traces].map(([traceId, patches]) => [traceId, contextOf(patches)]))
  const rowOf = (key: string) => made(known.get(key) ?? [])
  function made([first, ...others]: readonly SpanPatch[]) {
    if (!first) return []
    const span = fold([first, ...others])
    const row = toRow({
      span,
      trace: contexts.get(span.traceId),
      price: (call) => price({ projectId, ...call }),
      ...(silentSince !== undefined && { silentSince }),
    })
    return [{ row, root: row.span.parentId === '' || span.ofTrace }]
  }
  let rows = [...known.keys()].flatMap(rowOf)

  // Where a trace is shown follows from all its spans.
  const others = await otherStandings(events, of([...new Set(rows.map(({ row }) => row.span.spanId))]))
  const outdated: SpanRef[] = []
  const entries = new Set<string>()
  for (const traceId of traceIds) {
    const own = rows.filter(({ row }) => row.span.traceId === traceId)
    const beside = others.filter((other) => other.traceId === traceId)
    const shownAt = entriesOf([
      ...own.map(({ row: { span }, root }) => ({ spanId: span.spanId, startedAt: span.startedAt, root, entry: false })),
      ...beside.map(({ spanId, startedAt, root, entry }) => ({ spanId, startedAt, root: root === 1, entry: entry === 1 })),
    ])
    for (const spanId of shownAt) entries.add(keyOf({ projectId, traceId, spanId }))
    for (const { spanId, entry } of beside) if ((entry === 1) !== shownAt.has(spanId)) outdated.push({ traceId, spanId })
  }
  if (outdated.length > 0) rows = [...rows, ...(await learn(outdated)).flatMap(rowOf)]

  roles?.settle(rows.map(({ row }) => row))
  return rows.map(({ row, root }) => {
    const key = keyOf(row.span)
    if (isKnownToRepeat(row.span, counted.get(key))) asRepeated(row.span)
    row.span.entry = entries.has(key) ? 1 : 0
    return { row, version: versionOf(row.span, { root }), counted: counted.get(key) ?? [] }
  })
}

/** What stands below a span does not go away; but who was told of it may have been started again since. */
const isKnownToRepeat = (span: SpanRow, counted: readonly Version[] = []): boolean =>
  !AGGREGATES.has(span.kind) && counted.some((one) => one.usageRole === 'aggregate' && one.kind === span.kind)

const contextOf = (patches: readonly KeptPatch[]): OfTrace => {
  const messages = inOrder(patches)
  return {
    fields: foldFields(messages),
    lastReceivedAt: messages.reduce((last, { receivedAt }) => Math.max(last, receivedAt), 0),
    messages: messages.length,
  }
}

/** Whether the new messages change what the spans of a trace inherit. */
function saysOtherThan(patches: readonly KeptPatch[], token: string): boolean {
  const before = patches.filter((patch) => !patch.token.startsWith(token))
  return before.length < patches.length && inheritable(foldFields(inOrder(before))) !== inheritable(foldFields(inOrder(patches)))
}

/** In the order of their traces, so that spans of one trace are together; the same spans always make the same parts. */
function partsOf(spans: readonly SpanRef[]): SpanRef[][] {
  const parts: SpanRef[][] = []
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId)
  for (const traceId of [...byTrace.keys()].sort()) {
    const ofTrace = byTrace.get(traceId) ?? []
    const last = parts.at(-1)
    if (last && last.length + ofTrace.length <= SPANS_AT_ONCE) last.push(...ofTrace)
    else parts.push([...ofTrace])
  }
  return parts
}
