import type { SpanWithPayload } from '@signalbox/schema'
import type { Events } from '../store/ports.ts'
import { blocksOf } from './blocks-of.ts'
import { insertRows, type RefusedRow } from './insert-rows.ts'
import { wellFormedJson } from './storable.ts'

/** Rows of this many spans are inserted into both tables at once; fewer go payloads first, so that a span that can be seen can also be opened. */
const MANY = 500

/** Inserts spans and their payloads, each block under a token of its own. */
export async function insertSpans(
  events: Events,
  { rows, token }: { rows: readonly SpanWithPayload[]; token: string },
): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = []
  for (const [index, block] of blocksOf(rows).entries()) {
    const insertPayloads = () =>
      insertRows(events, {
        table: 'payloads',
        lines: block.map(({ payload }) => wellFormedJson(JSON.stringify(payload))),
        token: `${token}:payloads:${index}`,
      })
    const insertRowsOfSpans = () =>
      insertRows(events, {
        table: 'spans',
        lines: block.map(({ span }) => wellFormedJson(JSON.stringify(span))),
        token: `${token}:spans:${index}`,
      })
    if (block.length >= MANY) refused.push(...(await bothOver([insertPayloads(), insertRowsOfSpans()])).flat())
    else refused.push(...(await insertPayloads()), ...(await insertRowsOfSpans()))
  }
  return refused
}

/** Like `Promise.all`, but not over before each of them is. */
async function bothOver<T>(running: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(running)
  return Promise.all(running)
}
