import { AppError } from '@signalbox/schema'
import type { Placed } from './placed.ts'

/** Beyond it a file of a few bytes could be rows without end. */
const MOST_ROWS = 100_000

/** The rows of a Parquet file in base64. The reader is loaded when there is one. */
export async function readParquet(base64: string): Promise<Placed[]> {
  const bytes = Buffer.from(base64.trim(), 'base64')
  if (bytes.subarray(0, 4).toString('latin1') !== 'PAR1')
    throw new AppError('invalid-request', 'The file is no Parquet.', { hint: 'Send its bytes in base64.' })
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet')
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  try {
    const metadata = parquetMetadata(file)
    if (metadata.num_rows > MOST_ROWS)
      throw new AppError('payload-too-large', `The file has ${metadata.num_rows} rows; ${MOST_ROWS} can be read at once.`, {
        hint: 'Divide it.',
      })
    const rows = await parquetReadObjects({ file, metadata })
    return rows.map((row, at) => ({ row: plain(row) as Record<string, unknown>, place: `Row ${at + 1}` }))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('invalid-request', `The Parquet file cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: 'Uncompressed files and those with Snappy can be read.',
    })
  }
}

/** Values as JSON has them: texts that are JSON lists and objects are read, as in CSV. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
