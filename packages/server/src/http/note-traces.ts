import { shortName } from '../lib/short-name.ts'
import type { OtlpCheck } from '../tracing/ingest/otlp/check-otlp.ts'
import type { IngestCaller, Ingested, Rejection } from '../tracing/inspector/ingested.ts'

/** What carries spans and says nothing of what made them: clients of HTTP, exporters, and collectors between them and here. */
const CARRIERS =
  /^(unknown|otel[- ]otlp|opentelemetry collector|otelcol|alloy|grafana|vector|fluent|telegraf|node|undici|axios|got\b|python-requests|python-urllib|python-httpx|aiohttp|okhttp|java|apache-httpclient|go-http-client|reqwest|hyper|ruby|faraday|guzzle|curl|wget|postman|grpc|tonic|mozilla)/i
const COLLECTORS = /^(opentelemetry collector|otelcol|alloy|grafana|vector|fluent|telegraf)/i

/**
 * Tells the inspector of spans that were taken: by whose they are where the request itself names only what carried them, since an exporter
 * or a collector sends those of many. Each of them is a sender with its own numbers.
 */
export function noteTraces(
  ingested: (report: Ingested) => void,
  { caller, endpoint, sdk }: { caller: IngestCaller; endpoint: string; sdk: string },
  { check, rejected }: { check: OtlpCheck; rejected: readonly Rejection[] },
): void {
  const origins = CARRIERS.test(sdk) ? check.origins : []
  if (origins.every(({ name }) => name === '')) return ingested({ caller, endpoint, sdk, accepted: check.spans, rejected })
  const via = COLLECTORS.test(sdk) ? ` via ${sdk}` : ''
  // Which of the reasons is whose is not known where several have some: they stand with who has most.
  const worst = origins.reduce((most, origin) => (origin.rejected > most.rejected ? origin : most))
  for (const origin of origins) {
    const name = origin.name === '' ? sdk : shortName(`${origin.name}${via}`)
    ingested({ caller, endpoint, sdk: name, accepted: origin.spans, rejected: origin === worst ? rejected : [] })
  }
}
