/** Whose request it was. `content`: whether the project's payloads may be written down at all. */
export type IngestCaller = { projectId: string; keyId: string; project: { capture: { content: boolean } } }

/**
 * Why something was not taken, in words that tell its sender what to do. `reason` is counted, so it must not hold what differs
 * from one request to the next (ids, numbers); those belong into `sample`.
 */
export type Rejection = {
  reason: string
  /** How many items; one where it is absent. */
  count?: number
  /** What was refused, or its beginning: one item of those counted. It is cut, and secrets are taken out, before it is kept. */
  sample?: string | Uint8Array
  /** A request that brings only what was refused, for when its reason is gone. */
  again?: Again
}

/** A request to an ingest endpoint. `path` without the query. */
export type Again = { method: string; path: string; contentType: string; body: string | Uint8Array }

/** What became of one request to an ingest endpoint. Items are what its protocol sends: spans, events, runs, scores. */
export type Ingested = {
  caller: IngestCaller
  /** Method and path without ids, such as `POST /v1/traces`. */
  endpoint: string
  /** The client's software and version. */
  sdk: string
  accepted: number
  rejected: readonly Rejection[]
}
