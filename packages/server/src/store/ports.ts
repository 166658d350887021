import type { FrameKind } from '@signalbox/schema'

/** Rows that are small, change and relate: keys, projects, sessions, ledger. PGlite or Postgres; one dialect. */
export interface Sql extends AsyncDisposable {
  query<T = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<T[]>
  /** Several statements at once, without parameters: migrations. */
  exec(text: string): Promise<void>
  /** Commits when `work` returns, rolls back when it throws. */
  transaction<T>(work: (sql: SqlSession) => Promise<T>): Promise<T>
  readonly engine: string
}
/** What runs inside a transaction. */
export type SqlSession = Pick<Sql, 'query' | 'exec'>

/**
 * Append-only wide rows: spans, payloads, rollups. chDB or ClickHouse; one dialect, one client.
 * Times go in and out as the columns say: `DateTime64(6)` is written as integer microseconds.
 */
export interface Events extends AsyncDisposable {
  /** Parameters are ClickHouse's own: `{name:Type}` in the text, values beside it. 64-bit integers come back as numbers. */
  query<T = Record<string, unknown>>(text: string, params?: Record<string, unknown>): Promise<T[]>
  command(text: string, params?: Record<string, unknown>): Promise<void>
  /**
   * Inserts rows, each one a JSON line, as one block. When it returns, the rows survive `kill -9`.
   * A block with the same token is inserted once, however often it is sent, in the table and in all that follows from it.
   * A block with a bad row is refused whole: the error carries ClickHouse's number in `code` and the line (1-based) in `row`.
   * When the store itself is at fault it is `AppError('unavailable')`, and the same block may go in later.
   */
  insert(table: string, lines: readonly string[], token: string): Promise<void>
  /**
   * From now on every `query` sees of a table only the rows for which its condition holds: how what was deleted is gone before
   * it is off the disk. Takes the place of what was hidden before; `{}` shows everything, and costs nothing.
   */
  hide(conditions: Readonly<Record<string, string>>): Promise<void>
  /**
   * A read that must not hold up others, on a connection of its own with narrow limits: `sql` of users and the slices of an `export`
   * are read-only to the engine. The whole answer is in memory, as bytes of a format of the engine.
   */
  aside(
    purpose: 'sql' | 'export' | 'file',
    text: string,
    options: { params?: Record<string, unknown>; format: 'JSONCompact' | 'JSONEachRow' | 'CSV' },
  ): Promise<Uint8Array>
  /** Likewise, into a Parquet file, a row group at a time. */
  asideToFile(path: string, text: string, params?: Record<string, unknown>): Promise<void>
  readonly engine: string
}

/** Short-lived shared state: cache entries, counters, leases. Memory or Redis. */
export interface KeyValue extends AsyncDisposable {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttlSeconds: number): Promise<void>
  delete(key: string): Promise<void>
  /** Adds and returns the sum. The time to live starts with the first addition and is not extended by later ones. */
  increment(key: string, by: number, ttlSeconds: number): Promise<number>
  /** Takes a lease: true for one asker until it expires. */
  acquire(key: string, owner: string, ttlSeconds: number): Promise<boolean>
  readonly engine: string
}

/** Files: media, large payloads, exports. A folder or S3. */
export interface Blobs extends AsyncDisposable {
  put(key: string, body: Uint8Array): Promise<void>
  get(key: string): Promise<Uint8Array | undefined>
  delete(key: string): Promise<void>
  readonly engine: string
}

export type JournalPosition = { segment: number; offset: number }
/** Where the edge writes what it owes the core. `append` calls back after a write that survives `kill -9`. */
export interface CallJournal {
  append(
    frame: { kind: FrameKind; id: string; ref?: JournalPosition | undefined; header: string; body: readonly Uint8Array[] },
    done: (error: Error | null, position: JournalPosition) => void,
  ): void
  /** Resolves after an `fdatasync`: what an ingest acknowledgement stands on. */
  appendDurable(frame: { kind: FrameKind; id: string; header: string; body: readonly Uint8Array[] }): Promise<JournalPosition>
}

export type Stores = { sql: Sql; events: Events; keyValue: KeyValue; blobs: Blobs }
