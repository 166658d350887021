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

-- From the minutes, not from the spans: of a block of thousands of rows some tens are left by then.
CREATE MATERIALIZED VIEW IF NOT EXISTS spans_1h_view TO spans_1h AS
SELECT
  projectId,
  toStartOfHour(m.minute) AS minute,
  kind, source, status, errorType, provider, model, requestModel, environment, service, keyId,
  sum(m.spans) AS spans,
  sum(m.inputTokens) AS inputTokens,
  sum(m.outputTokens) AS outputTokens,
  sum(m.cost) AS cost,
  sum(m.priced) AS priced,
  sum(m.unpriced) AS unpriced,
  sum(m.generationTokens) AS generationTokens,
  sum(m.generationMs) AS generationMs,
  quantilesTDigestMergeState(0.5, 0.95, 0.99)(m.duration) AS duration,
  quantilesTDigestMergeState(0.5, 0.95, 0.99)(m.firstToken) AS firstToken
FROM spans_1m AS m
GROUP BY projectId, minute, kind, source, status, errorType, provider, model, requestModel, environment, service, keyId;
