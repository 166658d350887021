-- The same by the hour, for windows of days: `minute` is the first of its hour, so that a query can read both tables alike.
-- A month of a busy project is some ten thousand rows here, and millions in the other.
CREATE TABLE IF NOT EXISTS spans_1h
(
  projectId LowCardinality(String),
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
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
  spans SimpleAggregateFunction(sum, UInt64),
  inputTokens SimpleAggregateFunction(sum, UInt64),
  outputTokens SimpleAggregateFunction(sum, UInt64),
  cost SimpleAggregateFunction(sum, Int64),
  priced SimpleAggregateFunction(sum, UInt64),
  unpriced SimpleAggregateFunction(sum, UInt64),
  generationTokens SimpleAggregateFunction(sum, UInt64),
  generationMs SimpleAggregateFunction(sum, Float64),
  duration AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float64),
  firstToken AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toMonday(minute, 'UTC')
ORDER BY (projectId, minute, kind, source, status, errorType, provider, model, requestModel, environment, service, keyId)
SETTINGS
  non_replicated_deduplication_window = 100000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS spans_1h_view TO spans_1h AS
SELECT
  projectId,
  toStartOfHour(toDateTime(startedAt, 'UTC')) AS minute,
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
GROUP BY projectId, minute, kind, source, status, errorType, provider, model, requestModel, environment, service, keyId;
