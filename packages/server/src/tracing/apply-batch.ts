import type { SpanRow, SpanWithPayload } from '@signalbox/schema'
import { newId } from '../lib/ids.ts'
import type { Events, Sql } from '../store/ports.ts'
import { blocksOf } from './blocks-of.ts'
import { clampTimes } from './clamp-times.ts'
import { type BatchFrame, type DecodeRooms, decodeBatch, type Refused } from './decode-batch.ts'
import { insertRows, type RefusedRow } from './insert-rows.ts'
import { addToLedger } from './ledger.ts'
import { forgetBodies, rememberBodies, skipRepeated } from './skip-repeated.ts'

export type ApplyRooms = DecodeRooms & {
  sql: Sql
  events: Events
  /** Marks the first known span of traces whose root is missing. */
  markEntries(rows: SpanWithPayload[]): void
  /** Called after a batch is in for good. */
  onApplied(rows: readonly SpanRow[]): void
}
export type AppliedBatch = { spans: number; refused: number; repeated: boolean }

/**
 * Takes in a batch of an edge, once in effect however often it comes. Events go first, each block under a token made
 * of the batch id; then, in one transaction, the batch id, the ledger and what was refused. A batch whose id is
 * known is not touched again; one that stopped half-way finds its blocks already there.
 */
export async function applyBatch(
  batch: { id: string; edgeId: string; frames: readonly BatchFrame[] },
  rooms: ApplyRooms,
): Promise<AppliedBatch> {
  const { sql, events } = rooms
  const known = await sql.query('select 1 from applied_batches where batch_id = $1', [batch.id])
  if (known.length > 0) return { spans: 0, refused: 0, repeated: true }
  const { frames, hashes } = await skipRepeated(sql, batch.frames)
  const { rows, refused } = await decodeBatch(frames, rooms)
  clampTimes(rows)
  rooms.markEntries(rows)
  const refusedRows: RefusedRow[] = []
  for (const [index, block] of blocksOf(rows).entries()) {
    const spans = { table: 'spans', lines: block.map(({ span }) => JSON.stringify(span)), token: `${batch.id}:spans:${index}` }
    const payloads = {
      table: 'payloads',
      lines: block.map(({ payload }) => JSON.stringify(payload)),
      token: `${batch.id}:payloads:${index}`,
    }
    // Payloads first: a span that can be seen can also be opened.
    refusedRows.push(...(await insertRows(events, payloads)), ...(await insertRows(events, spans)))
  }
  const lost = refusedRows.map(({ table, line, reason }) => ({
    target: table,
    reason,
    row: JSON.parse(line) as { projectId: string },
  }))
  await sql.transaction(async (tx) => {
    await tx.query('insert into applied_batches (batch_id, edge_id, records, spans) values ($1, $2, $3, $4)', [
      batch.id,
      batch.edgeId,
      batch.frames.length,
      rows.length,
    ])
    await rememberBodies(tx, hashes)
    await addToLedger(
      tx,
      rows.map(({ span }) => span),
    )
    for (const { target, reason, row } of lost) await deadLetter(tx, { projectId: row.projectId, batchId: batch.id, target, reason, row })
    for (const one of refused) await deadLetter(tx, { ...one, batchId: batch.id, target: 'journal' })
  })
  rooms.onApplied(rows.map(({ span }) => span))
  return { spans: rows.length, refused: lost.length + refused.length, repeated: false }
}

type Letter = Refused & { batchId: string; target: string }

async function deadLetter(sql: Pick<Sql, 'query'>, { projectId, batchId, target, reason, row }: Letter): Promise<void> {
  await sql.query('insert into dead_letters (id, project_id, batch_id, target, reason, row) values ($1, $2, $3, $4, $5, $6::text::jsonb)', [
    newId('dead'),
    projectId,
    batchId,
    target,
    reason.slice(0, 2000),
    JSON.stringify(row),
  ])
}

/** Forgets batch ids that no edge can send again, since an edge repeats only its last one, and bodies that no client will. */
export async function pruneAppliedBatches(sql: Sql): Promise<void> {
  await forgetBodies(sql)
  await sql.query(`delete from applied_batches where applied_at < now() - interval '30 days'`)
}
