import { readFileSync } from 'node:fs'
import type { Batch } from './read-batch.ts'

/** What goes over the wire for a batch. */
export const bytesOf = (batch: Pick<Batch, 'pieces'> | undefined): Buffer =>
  Buffer.concat(
    (batch?.pieces ?? []).map((piece) =>
      Buffer.isBuffer(piece) ? piece : readFileSync(piece.path).subarray(piece.offset, piece.offset + piece.length),
    ),
  )
