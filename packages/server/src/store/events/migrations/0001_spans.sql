-- Newest first is the list, so time comes right behind the project. A trace is found through the bloom filter: its spans lie
-- close together, so it names one or two granules. Granules are small because one holds 60 columns of every row in it.
-- A span that a client sends again (same id, same start) is one row after the next merge; readers take the last received.
-- One insert may touch at most 50 partitions: a year of weeks is 52, and a writer clamps what is older.
CREATE TABLE IF NOT EXISTS spans
(
  projectId LowCardinality(String),
  traceId String CODEC(ZSTD(1)),
  spanId String CODEC(ZSTD(1)),
  parentId String CODEC(ZSTD(1)),
  externalId String CODEC(ZSTD(1)),
  entry UInt8,
  kind LowCardinality(String),
  name LowCardinality(String),
  source LowCardinality(String),
  status LowCardinality(String),
  errorType LowCardinality(String),
  statusMessage String CODEC(ZSTD(1)),
  startedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  durationMs Float64 CODEC(ZSTD(1)),
  firstTokenMs Nullable(Float64) CODEC(ZSTD(1)),
  environment LowCardinality(String),
  service LowCardinality(String),
  release LowCardinality(String),
  userId String CODEC(ZSTD(1)),
  sessionId String CODEC(ZSTD(1)),
  tags Array(String) CODEC(ZSTD(1)),
  metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  provider LowCardinality(String),
  model LowCardinality(String),
  requestModel LowCardinality(String),
  operation LowCardinality(String),
  stream UInt8,
  finishReason LowCardinality(String),
  keyId LowCardinality(String),
  attempts UInt8,
  usageInput UInt32,
  usageCacheRead UInt32,
  usageCacheWrite UInt32,
  usageCacheWrite1h UInt32,
  usageInputAudio UInt32,
  usageInputImage UInt32,
  usageOutput UInt32,
  usageReasoning UInt32,
  usageOutputAudio UInt32,
  usageSource LowCardinality(String) DEFAULT 'none',
  usageRole LowCardinality(String) DEFAULT 'leaf',
  cost Nullable(Int64) CODEC(ZSTD(1)),
  costParts Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
  priceVersion LowCardinality(String),
  inputPreview String CODEC(ZSTD(1)),
  outputPreview String CODEC(ZSTD(1)),
  inputBytes UInt32,
  outputBytes UInt32,
  scope LowCardinality(String),
  mapperVersion UInt16,
  receivedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  inputTokens UInt32 MATERIALIZED usageInput + usageCacheRead + usageCacheWrite + usageCacheWrite1h + usageInputAudio + usageInputImage,
  outputTokens UInt32 MATERIALIZED usageOutput + usageReasoning + usageOutputAudio,
  INDEX byTrace traceId TYPE bloom_filter(0.0001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(receivedAt)
PARTITION BY toMonday(startedAt, 'UTC')
ORDER BY (projectId, startedAt, traceId, spanId)
SETTINGS
  index_granularity = 2048,
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;
