import type { SpanPatch } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { insertRows, type RefusedRow } from '../insert-rows.ts'
import { wellFormedJson } from '../storable.ts'
import type { SpansOf } from './version-store.ts'

/** A message as it was kept, with the batch that brought it. */
export type KeptPatch = SpanPatch & { token: string }

/** Writes messages down as they came. They are all in before anything that follows from them is. */
export const keepPatches = (events: Events, patches: readonly SpanPatch[], token: string): Promise<RefusedRow[]> =>
  insertRows(events, {
    table: 'patches',
    lines: patches.map(({ ofTrace, fields, ...patch }) =>
      wellFormedJson(JSON.stringify({ ...patch, ofTrace: ofTrace ? 1 : 0, fields: wellFormedJson(JSON.stringify(fields)), token })),
    ),
    token,
  })

type Row = Omit<KeptPatch, 'ofTrace' | 'fields'> & { ofTrace: number; fields: string }

/** All that was ever said of these spans, and of their traces as a whole. */
export async function readPatches(events: Events, { projectId, traceIds, spanIds }: SpansOf): Promise<KeptPatch[]> {
  const rows = await events.query<Row>(
    `SELECT projectId, traceId, spanId, at, id, source, keyId, toUnixTimestamp64Micro(p.receivedAt) AS receivedAt, ofTrace, fields, token
     FROM patches AS p
     WHERE projectId = {projectId:String} AND traceId IN {traceIds:Array(String)} AND (spanId IN {spanIds:Array(String)} OR ofTrace = 1)`,
    { projectId, traceIds, spanIds },
  )
  return rows.map(({ ofTrace, fields, ...row }) => ({ ...row, ofTrace: ofTrace === 1, fields: JSON.parse(fields) as SpanPatch['fields'] }))
}

/** Which spans of these traces were spoken of in parts. */
export async function patchedSpans(
  events: Events,
  { projectId, traceIds }: Pick<SpansOf, 'projectId' | 'traceIds'>,
): Promise<{ traceId: string; spanId: string }[]> {
  return events.query(
    'SELECT DISTINCT traceId, spanId FROM patches WHERE projectId = {projectId:String} AND traceId IN {traceIds:Array(String)}',
    { projectId, traceIds },
  )
}
