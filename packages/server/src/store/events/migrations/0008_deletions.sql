-- The spans that a deletion names, from its request on. While it is under way, reads leave them out (Events.hide); afterwards they
-- tell late parts of the same traces. `part` goes up when more are found. Kept for as long as an edge may hold back what it was sent.
CREATE TABLE IF NOT EXISTS deleted_spans
(
  projectId LowCardinality(String),
  deletionId LowCardinality(String),
  part UInt16,
  traceId String,
  spanId String,
  sessionId String CODEC(ZSTD(1)),
  requestedAt DateTime64(6) CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toMonday(requestedAt, 'UTC')
ORDER BY (deletionId, traceId, spanId)
SETTINGS
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;
