-- What clients said of spans in parts, message by message: see tracing/merge. Read by span, so ids come first; kept by the week in
-- which it came, because the times in it are the client's. A message that comes twice stays twice: whoever folds them tells.
CREATE TABLE IF NOT EXISTS patches
(
  projectId LowCardinality(String),
  traceId String,
  spanId String,
  at Int64 CODEC(ZSTD(1)),
  id String CODEC(ZSTD(1)),
  source LowCardinality(String),
  keyId LowCardinality(String),
  receivedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  ofTrace UInt8,
  fields String CODEC(ZSTD(1)),
  token String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toMonday(receivedAt, 'UTC')
ORDER BY (projectId, traceId, spanId)
SETTINGS
  index_granularity = 256,
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;

-- How spans that change after their first row are counted: `sign` 1 for a version that counts from here on, -1 for one that no
-- longer does. Their sum is what the rollups hold of such a span, and each row is there for as long as the span is.
CREATE TABLE IF NOT EXISTS span_versions
(
  projectId LowCardinality(String),
  traceId String,
  spanId String,
  token String CODEC(ZSTD(1)),
  sign Int8,
  fresh UInt8,
  root UInt8,
  entry UInt8,
  startedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  receivedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  loggedAt DateTime64(6) CODEC(Delta(8), ZSTD(1)),
  kind LowCardinality(String),
  source LowCardinality(String),
  status LowCardinality(String),
  errorType LowCardinality(String),
  provider LowCardinality(String),
  model LowCardinality(String),
  requestModel LowCardinality(String),
  environment LowCardinality(String),
  service LowCardinality(String),
  keyId LowCardinality(String),
  usageRole LowCardinality(String),
  inputTokens UInt64,
  outputTokens UInt64,
  cost Nullable(Int64) CODEC(ZSTD(1)),
  durationMs Float64 CODEC(ZSTD(1)),
  firstTokenMs Nullable(Float64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toMonday(loggedAt, 'UTC')
ORDER BY (projectId, traceId, spanId)
SETTINGS
  index_granularity = 1024,
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;

-- A row with `versioned` is counted through `span_versions`, not as it comes in: the view of the minutes leaves it out. It is made
-- anew because with a changed query (MODIFY QUERY) it forgets at the next start which blocks it has seen.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS versioned UInt8;

-- Whether a window has any is asked before each read that has to tell versions apart.
ALTER TABLE spans ADD INDEX IF NOT EXISTS byVersion versioned TYPE minmax GRANULARITY 1;

DROP TABLE IF EXISTS spans_1m_view;

CREATE MATERIALIZED VIEW IF NOT EXISTS spans_1m_view TO spans_1m AS
SELECT
  projectId,
  toStartOfMinute(toDateTime(startedAt, 'UTC')) AS minute,
  kind, source, status, errorType, provider, model, requestModel, environment, service, keyId,
  count() AS spans,
  sumIf(s.inputTokens, usageRole = 'leaf') AS inputTokens,
  sumIf(s.outputTokens, usageRole = 'leaf') AS outputTokens,
  sumIf(ifNull(s.cost, 0), usageRole = 'leaf') AS cost,
  countIf(usageRole = 'leaf' AND isNotNull(s.cost)) AS priced,
  countIf(usageRole = 'leaf' AND isNull(s.cost) AND s.inputTokens + s.outputTokens > 0) AS unpriced,
  sumIf(s.outputTokens, usageRole = 'leaf' AND durationMs - ifNull(firstTokenMs, 0) > 0) AS generationTokens,
  sumIf(durationMs - ifNull(firstTokenMs, 0), usageRole = 'leaf' AND s.outputTokens > 0 AND durationMs - ifNull(firstTokenMs, 0) > 0) AS generationMs,
  quantilesTDigestState(0.5, 0.95, 0.99)(durationMs) AS duration,
  quantilesTDigestStateIf(0.5, 0.95, 0.99)(ifNull(firstTokenMs, 0), isNotNull(firstTokenMs)) AS firstToken
FROM spans AS s
WHERE versioned = 0
GROUP BY projectId, minute, kind, source, status, errorType, provider, model, requestModel, environment, service, keyId;

-- The sums wrap around below zero, and back with what they are added to. Nothing can be taken out of a digest: one holds each
-- value that was ever new. A span that is still running counts for nothing.
CREATE MATERIALIZED VIEW IF NOT EXISTS span_versions_view TO spans_1m AS
SELECT
  projectId,
  toStartOfMinute(toDateTime(startedAt, 'UTC')) AS minute,
  kind, source, status, errorType, provider, model, requestModel, environment, service, keyId,
  toUInt64(sum(toInt64(sign))) AS spans,
  toUInt64(sumIf(sign * toInt64(v.inputTokens), usageRole = 'leaf')) AS inputTokens,
  toUInt64(sumIf(sign * toInt64(v.outputTokens), usageRole = 'leaf')) AS outputTokens,
  sumIf(sign * ifNull(v.cost, 0), usageRole = 'leaf') AS cost,
  toUInt64(sumIf(toInt64(sign), usageRole = 'leaf' AND isNotNull(v.cost))) AS priced,
  toUInt64(sumIf(toInt64(sign), usageRole = 'leaf' AND isNull(v.cost) AND v.inputTokens + v.outputTokens > 0)) AS unpriced,
  toUInt64(sumIf(sign * toInt64(v.outputTokens), usageRole = 'leaf' AND durationMs - ifNull(firstTokenMs, 0) > 0)) AS generationTokens,
  sumIf(sign * (durationMs - ifNull(firstTokenMs, 0)), usageRole = 'leaf' AND v.outputTokens > 0 AND durationMs - ifNull(firstTokenMs, 0) > 0) AS generationMs,
  quantilesTDigestStateIf(0.5, 0.95, 0.99)(durationMs, fresh = 1) AS duration,
  quantilesTDigestStateIf(0.5, 0.95, 0.99)(ifNull(firstTokenMs, 0), fresh = 1 AND isNotNull(firstTokenMs)) AS firstToken
FROM span_versions AS v
WHERE status != 'running'
GROUP BY projectId, minute, kind, source, status, errorType, provider, model, requestModel, environment, service, keyId;
