/**
 * By what the minutes and the hours (0003_rollups.sql, 0004_hours.sql) keep their sums apart: what can be grouped and filtered by without
 * reading spans. The migrations list them once more, since a released one is never edited; a test holds the two together.
 */
export const ROLLUP_DIMENSIONS = [
  'kind',
  'source',
  'status',
  'errorType',
  'provider',
  'model',
  'requestModel',
  'environment',
  'service',
  'keyId',
] as const
