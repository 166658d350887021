import { expect, test } from 'vitest'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import { noteTraces } from './note-traces.ts'

const caller = { projectId: 'shop', keyId: 'key_1', project: { capture: { content: true } } }
const PYTHON = { name: 'openai 1.2, opentelemetry python 1.45.2', spans: 2, rejected: 1 }
const NODE = { name: 'ai 7.0, opentelemetry nodejs 2.1.0', spans: 3, rejected: 0 }
const NOBODY = { name: '', spans: 4, rejected: 0 }
const rejected = [{ reason: 'no trace id' }]

function told(sdk: string, ...origins: (typeof PYTHON)[]): [string, number, number][] {
  const reports: Ingested[] = []
  const spans = origins.reduce((sum, one) => sum + one.spans, 0)
  const check = { spans, rejected: 1, message: 'x', origins }
  noteTraces((report) => void reports.push(report), { caller, endpoint: 'POST /v1/traces', sdk }, { check, rejected })
  expect(reports.every((report) => report.caller === caller && report.endpoint === 'POST /v1/traces')).toBe(true)
  return reports.map((report) => [report.sdk, report.accepted, report.rejected.length])
}

test.each(['OTel-OTLP-Exporter-Python/1.45.2', 'python-requests/2.34.2', 'grpc-python/1.80', 'unknown (no User-Agent header)', 'curl/8.5'])(
  '%s says only what carries the spans, so they are named by who made them',
  (sdk) => expect(told(sdk, PYTHON)).toEqual([[PYTHON.name, 2, 1]]),
)

test('behind a collector each is a sender of its own', () => {
  const collector = 'OpenTelemetry Collector Contrib/0.140.0 (linux/amd64)'
  expect(told(collector, NODE, PYTHON, NOBODY)).toEqual([
    [`${NODE.name} via ${collector}`, 3, 0],
    [`${PYTHON.name} via ${collector}`, 2, 1],
    [collector, 4, 0],
  ])
})

test('who names itself in the request keeps that name, and so does what nothing names', () => {
  expect(told('langfuse python 5.0.4', PYTHON)).toEqual([['langfuse python 5.0.4', 2, 1]])
  expect(told('my-agent/1', PYTHON)).toEqual([['my-agent/1', 2, 1]])
  expect(told('curl/8.5', NOBODY)).toEqual([['curl/8.5', 4, 1]])
  expect(told('curl/8.5')).toEqual([['curl/8.5', 0, 1]])
})

test('a name without end is cut', () => {
  const [sender] = told('curl/8.5', { ...PYTHON, name: 'x'.repeat(5000) })
  expect(sender?.[0].length).toBeLessThan(100)
})
