import type { ScoreRow, SpanPatch, SpanRow, SpanWithPayload } from '@signalbox/schema'
import { newId } from '../lib/ids.ts'
import type { Events, Sql } from '../store/ports.ts'
import { clampTimes } from './clamp-times.ts'
import { type BatchFrame, type DecodeRooms, decodeBatch, type Refused } from './decode-batch.ts'
import type { Deletions } from './deletion/deletions.ts'
import { groupsOf } from './groups-of.ts'
import { insertRows, type RefusedRow } from './insert-rows.ts'
import { insertSpans } from './insert-spans.ts'
import { forgetIngest, noteIngest } from './inspector/note-ingest.ts'
import { addToLedger, type Owner } from './ledger.ts'
import { applyPatches } from './merge/apply-patches.ts'
import type { Roles } from './roles/settle-roles.ts'
import { forgetBodies, rememberBodies, skipRepeated } from './skip-repeated.ts'
import { storableJson, storableText, wellFormedJson } from './storable.ts'

export type ApplyRooms = DecodeRooms & {
  sql: Sql
  events: Events
  /** Marks the first known span of traces whose root is missing. */
  markEntries(rows: SpanWithPayload[]): void
  /** Tells spans that repeat what others used from those that count. */
  roles?: Roles
  /** Leaves out what was deleted while it was on its way. */
  withoutDeleted?: Deletions['withoutDeleted']
  /** Called after a batch is in for good. */
  onApplied(rows: readonly SpanRow[]): void
}
export type AppliedBatch = { spans: number; refused: number; repeated: boolean }

/**
 * Takes in a batch of an edge, once in effect however often it comes. Events go first, each block under a token made
 * of the batch id and its frames; then, in one transaction, the batch id, the ledger and what was refused. A batch whose id is
 * known is not touched again; one that stopped half-way finds its blocks already there.
 */
export async function applyBatch(
  batch: { id: string; edgeId: string; frames: readonly BatchFrame[] },
  rooms: ApplyRooms,
): Promise<AppliedBatch> {
  const { sql } = rooms
  const known = await sql.query('select 1 from applied_batches where batch_id = $1', [batch.id])
  if (known.length > 0) return { spans: 0, refused: 0, repeated: true }
  const starts = new Map<string, BatchFrame>()
  const taken: Taken = { rows: [], merged: [], refused: [], refusedRows: [], hashes: [] }
  const owners = new Map<SpanRow, Owner>()
  let inserting: Promise<Inserted> = Promise.resolve({ refused: [], merged: [] })
  try {
    // While the threads of the store insert one group, this one decodes the next.
    let from = 0
    for (const group of groupsOf(batch.frames)) {
      // It names the frames: to a program that divides otherwise, it can never stand for other ones.
      const token = `${batch.id}:${from}-${from + group.length}`
      from += group.length
      const { frames, hashes } = await skipRepeated(sql, group, taken.hashes)
      const { rows, patches, scores, refused } = await decodeBatch(frames, rooms, starts)
      clampTimes(rows)
      rooms.markEntries(rows)
      rooms.roles?.settle(rows)
      taken.rows.push(...rows.map(({ span }) => span))
      for (const { span, owner } of rows) if (owner) owners.set(span, owner)
      taken.refused.push(...refused)
      taken.hashes.push(...hashes)
      note(taken, await inserting)
      // What it cost was spent all the same: only what is stored leaves out what somebody has asked to delete.
      const stored = (await rooms.withoutDeleted?.({ rows, patches, scores })) ?? { rows, patches, scores }
      inserting = insertGroup(rooms, { ...stored, token })
      // It is awaited a turn later; until then its failure is nobody's.
      inserting.catch(() => {})
    }
    note(taken, await inserting)
  } catch (error) {
    // A second try must not run beside what is left of this one: the store tells blocks apart only once they are in.
    await inserting.catch(() => {})
    throw error
  }
  const lost = taken.refusedRows.map(({ table, line, reason }) => ({
    target: table,
    reason,
    row: JSON.parse(line) as { projectId: string },
  }))
  await sql.transaction(async (tx) => {
    await tx.query('insert into applied_batches (batch_id, edge_id, records, spans) values ($1, $2, $3, $4)', [
      batch.id,
      batch.edgeId,
      batch.frames.length,
      taken.rows.length + taken.merged.length,
    ])
    await rememberBodies(tx, taken.hashes)
    await noteIngest(tx, batch.frames)
    await addToLedger(tx, taken.rows, (row) => owners.get(row))
    for (const { target, reason, row } of lost) await deadLetter(tx, { projectId: row.projectId, batchId: batch.id, target, reason, row })
    for (const one of taken.refused) await deadLetter(tx, { ...one, batchId: batch.id, target: 'journal' })
  })
  rooms.onApplied([...taken.rows, ...taken.merged])
  return { spans: taken.rows.length + taken.merged.length, refused: lost.length + taken.refused.length, repeated: false }
}

type Taken = { rows: SpanRow[]; merged: SpanRow[]; refused: Refused[]; refusedRows: RefusedRow[]; hashes: string[] }

function note(taken: Taken, { refused, merged }: Inserted): void {
  taken.refusedRows.push(...refused)
  taken.merged.push(...merged)
}

/** What stands for itself goes in as it is; what is a part of something is put together with the other parts. */
async function insertGroup(rooms: ApplyRooms, { rows, patches, scores, token }: Group): Promise<Inserted> {
  const refused = await insertSpans(rooms.events, { rows, token })
  if (scores.length > 0)
    refused.push(
      ...(await insertRows(rooms.events, {
        table: 'scores',
        lines: scores.map((score) => wellFormedJson(JSON.stringify(score))),
        token: `${token}:scores`,
      })),
    )
  const applied = patches.length === 0 ? { rows: [], refused: [] } : await applyPatches(rooms, { patches, token, now: Date.now() * 1000 })
  refused.push(...applied.refused)
  if (rooms.roles) refused.push(...(await rooms.roles.correct(token)))
  return { refused, merged: applied.rows.map(({ span }) => span) }
}

type Group = { rows: readonly SpanWithPayload[]; patches: readonly SpanPatch[]; scores: readonly ScoreRow[]; token: string }
/** What the store refused, and the spans that were put together. */
type Inserted = { refused: RefusedRow[]; merged: SpanRow[] }

type Letter = Refused & { batchId: string; target: string }

async function deadLetter(sql: Pick<Sql, 'query'>, { projectId, batchId, target, reason, row }: Letter): Promise<void> {
  await sql.query('insert into dead_letters (id, project_id, batch_id, target, reason, row) values ($1, $2, $3, $4, $5, $6::text::jsonb)', [
    newId('dead'),
    projectId,
    batchId,
    target,
    storableText(reason.slice(0, 2000)),
    storableJson(JSON.stringify(row)),
  ])
}

/** Forgets batch ids that no edge can send again, since an edge repeats only its last one, and bodies that no client will. */
export async function pruneAppliedBatches(sql: Sql): Promise<void> {
  await forgetBodies(sql)
  await forgetIngest(sql)
  await sql.query(`delete from applied_batches where applied_at < now() - interval '30 days'`)
}
