import { PayloadRow, ScoreRow, SpanRow } from '@signalbox/schema'

/** The tables that hold rows of the schema, and the shape of a row of each. Rollups follow from them by a view. */
export const TABLES = { spans: SpanRow, payloads: PayloadRow, scores: ScoreRow } as const
export type TableName = keyof typeof TABLES

/** `fallback` is what the schema puts where a writer gives nothing; null where that is the zero of the type anyway. */
export type Column = { name: string; type: string; fallback: string | null; codec: string | null }

/** The columns of a table as the schema gives them: `meta.column` is the type, the codec follows from it. */
export function columnsOf(table: TableName): Column[] {
  return Object.entries(TABLES[table].shape).map(([name, field]) => {
    const type = field.meta()?.column
    if (typeof type !== 'string') throw new Error(`${table}.${name} has no column type: give it meta({ column: '…' }) in the schema`)
    const absent = field.safeParse(undefined)
    const fallback = absent.success && typeof absent.data === 'string' && absent.data !== '' ? absent.data : null
    return { name, type, fallback, codec: IDS.has(name) ? null : (CODECS[type] ?? null) }
  })
}

/** Searched through by the million: quicker to read as LZ4, and random digits are hardly smaller otherwise. */
const IDS = new Set(['traceId', 'spanId', 'parentId'])

/**
 * Times rise within a part, so their differences are small; free text gains from ZSTD.
 * What is not named is short or mostly the default value, where the default LZ4 is as small and quicker to write.
 */
const CODECS: Record<string, string> = {
  'DateTime64(6)': 'Delta(8), ZSTD(1)',
  String: 'ZSTD(1)',
  'Array(String)': 'ZSTD(1)',
  'Map(LowCardinality(String), String)': 'ZSTD(1)',
  'Map(LowCardinality(String), Int64)': 'ZSTD(1)',
  Float64: 'ZSTD(1)',
  'Nullable(Float64)': 'ZSTD(1)',
  'Nullable(Int64)': 'ZSTD(1)',
}
