-- Judgements: few beside spans, and corrected after the fact, so they are kept by their id and not by time. The same id again
-- takes the place of what was said; of those of a trace the index finds the few granules.
CREATE TABLE IF NOT EXISTS scores
(
  projectId LowCardinality(String),
  id String CODEC(ZSTD(1)),
  traceId String,
  spanId String,
  sessionId String CODEC(ZSTD(1)),
  runId String CODEC(ZSTD(1)),
  name LowCardinality(String),
  type LowCardinality(String),
  value Nullable(Float64) CODEC(ZSTD(1)),
  text String CODEC(ZSTD(1)),
  comment String CODEC(ZSTD(1)),
  source LowCardinality(String),
  authorId String CODEC(ZSTD(1)),
  environment LowCardinality(String),
  metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  at DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  receivedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  INDEX byTrace traceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX bySession sessionId TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(receivedAt)
ORDER BY (projectId, id)
SETTINGS
  index_granularity = 1024,
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;
