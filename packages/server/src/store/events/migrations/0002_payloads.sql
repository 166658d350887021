-- Read one at a time and by id, so the id is the key; what one trace repeats lies side by side and compresses well.
-- Granules hold few rows because a row is large.
CREATE TABLE IF NOT EXISTS payloads
(
  projectId LowCardinality(String),
  traceId String,
  spanId String,
  startedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  input String CODEC(ZSTD(1)),
  output String CODEC(ZSTD(1)),
  attributes String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toMonday(startedAt, 'UTC')
ORDER BY (projectId, traceId, spanId)
SETTINGS
  index_granularity = 256,
  vertical_merge_algorithm_min_columns_to_activate = 1,
  vertical_merge_algorithm_min_rows_to_activate = 1,
  -- Text is most of what is written: past this size, writing it once more costs more than looking into one part more.
  max_bytes_to_merge_at_max_space_in_pool = 536870912,
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;
