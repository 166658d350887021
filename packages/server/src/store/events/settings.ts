import { totalmem } from 'node:os'

/** What one process may use of this machine: the engine shares it with the rest of the program, and with other programs. */
const GIB = 1024 ** 3
const engineBytes = Math.round(Math.min(Math.max(totalmem() / 2, GIB), 4 * GIB))
const queryBytes = Math.round(engineBytes / 2)

/**
 * The embedded engine as a whole, given as it starts. The caches are small because the page cache of the kernel already holds
 * the files, and it gives memory back when others need it.
 */
export const ENGINE_ARGS: readonly string[] = [
  `--max_server_memory_usage=${engineBytes}`,
  '--mark_cache_size=67108864',
  '--index_mark_cache_size=8388608',
  '--index_uncompressed_cache_size=0',
  '--uncompressed_cache_size=0',
  '--mmap_cache_size=0',
  '--query_cache.max_size_in_bytes=0',
  '--max_thread_pool_size=256',
]

type Settings = Record<string, string | number>

/** Every connection, on both engines: limits, and numbers as numbers. They hold from the connection on, never for one query. */
const COMMON: Settings = {
  session_timezone: 'UTC',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
  date_time_output_format: 'simple',
  log_queries: 0,
}

/** A read that takes longer than anybody waits, or more memory than there is, ends by itself: an abandoned one would run on. */
export const READ_SETTINGS: Settings = {
  ...COMMON,
  max_execution_time: 30,
  max_memory_usage: queryBytes,
  max_bytes_before_external_group_by: Math.round(queryBytes / 2),
  max_bytes_before_external_sort: Math.round(queryBytes / 2),
  max_threads: 2,
  // The files are in the page cache as a rule, and handing each read of a column to another thread costs more than the read.
  local_filesystem_read_method: 'pread',
}

/**
 * A write is one block, written before it returns, known by its token here and in what views derive from it.
 * A field that the table does not have, or a null where a text belongs, is an error and not a silent loss.
 */
export const WRITE_SETTINGS: Settings = {
  ...COMMON,
  max_execution_time: 120,
  max_memory_usage: engineBytes,
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  max_insert_threads: 1,
  max_insert_block_size: 10_000_000,
  min_insert_block_size_rows: 10_000_000,
  min_insert_block_size_bytes: 0,
  input_format_parallel_parsing: 0,
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
  max_partitions_per_insert_block: 100,
  // The words of payloads come with the first merge: half the work, and no acknowledgement waits for it.
  exclude_materialize_skip_indexes_on_insert: 'words',
}

/** Reads that are not ours, or that are large: one thread, and less memory than what people wait for. */
const ASIDE: Settings = {
  ...READ_SETTINGS,
  max_memory_usage: Math.round(queryBytes / 4),
  max_bytes_before_external_group_by: Math.round(queryBytes / 8),
  max_bytes_before_external_sort: Math.round(queryBytes / 8),
  max_threads: 1,
}
export const ASIDE_SETTINGS: Record<'sql' | 'export' | 'file', Settings> = {
  sql: {
    ...ASIDE,
    max_execution_time: 10,
    max_result_bytes: 64 * 1024 ** 2,
    result_overflow_mode: 'throw',
    max_ast_elements: 20_000,
    max_expanded_ast_elements: 100_000,
    allow_ddl: 0,
    allow_introspection_functions: 0,
    readonly: 1,
  },
  export: { ...ASIDE, max_execution_time: 60, readonly: 1 },
  // Not read-only: the embedded engine writes the file.
  file: {
    ...ASIDE,
    max_execution_time: 900,
    join_algorithm: 'grace_hash',
    max_bytes_in_join: Math.round(queryBytes / 16),
    output_format_parquet_row_group_size: 50_000,
    output_format_parquet_row_group_size_bytes: 32 * 1024 ** 2,
    engine_file_truncate_on_insert: 1,
  },
}
