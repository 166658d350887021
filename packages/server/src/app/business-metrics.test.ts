import { type CallEnd, type CallStart, noUsage } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { formatMetrics } from '../lib/metrics.ts'
import { BusinessMetrics } from './business-metrics.ts'

const start = (given: Partial<CallStart> = {}) =>
  ({ projectId: 'default', keyId: 'key_1', requestModel: 'support', startedAt: 1_000_000, ...given }) as CallStart
const end = (given: Partial<CallEnd> = {}) =>
  ({
    status: 'ok',
    model: 'gpt-4o',
    endedAt: 1_700_000,
    firstTokenMs: 200,
    usage: { ...noUsage(), input: 10, cacheRead: 5, output: 7 },
    cost: 2_000_000,
    ...given,
  }) as CallEnd

const read = (text: string, line: string): number | undefined => {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `))
  return found === undefined ? undefined : Number(found.slice(line.length + 1))
}
const LABELS = 'project="default",key="key_1",route="support",model="gpt-4o"'

test('calls, errors, tokens, cost and latency of each route, model and key', () => {
  const metrics = new BusinessMetrics()
  metrics.call(start(), end())
  metrics.call(start(), end({ status: 'error', firstTokenMs: null, endedAt: 41_000_000, usage: noUsage(), cost: null }))
  metrics.call(start(), end({ cost: null, endedAt: 1_000_000 + 900_000_000 }))
  metrics.call(start({ keyId: 'key_2' }), end())
  const text = formatMetrics(metrics.read())
  expect(read(text, `signalbox_llm_calls_total{${LABELS}}`)).toBe(3)
  expect(read(text, `signalbox_llm_errors_total{${LABELS}}`)).toBe(1)
  expect(read(text, `signalbox_llm_tokens_total{${LABELS},direction="input"}`)).toBe(30)
  expect(read(text, `signalbox_llm_tokens_total{${LABELS},direction="output"}`)).toBe(14)
  expect(read(text, `signalbox_llm_cost_usd_total{${LABELS}}`)).toBe(0.002)
  expect(read(text, `signalbox_llm_unpriced_calls_total{${LABELS}}`)).toBe(1)
  expect(read(text, `signalbox_llm_duration_seconds_bucket{${LABELS},le="0.5"}`)).toBe(0)
  expect(read(text, `signalbox_llm_duration_seconds_bucket{${LABELS},le="1"}`)).toBe(1)
  expect(read(text, `signalbox_llm_duration_seconds_bucket{${LABELS},le="60"}`)).toBe(2)
  expect(read(text, `signalbox_llm_duration_seconds_bucket{${LABELS},le="+Inf"}`)).toBe(3)
  expect(read(text, `signalbox_llm_duration_seconds_count{${LABELS}}`)).toBe(3)
  expect(read(text, `signalbox_llm_duration_seconds_sum{${LABELS}}`)).toBeCloseTo(0.7 + 40 + 900)
  expect(read(text, `signalbox_llm_first_token_seconds_bucket{${LABELS},le="0.25"}`)).toBe(2)
  expect(read(text, `signalbox_llm_first_token_seconds_count{${LABELS}}`)).toBe(2)
  expect(read(text, `signalbox_llm_calls_total{${LABELS.replace('key_1', 'key_2')}}`)).toBe(1)
  expect(text).toContain('# TYPE signalbox_llm_duration_seconds histogram')
})

test('names that clients make up do not grow it, and are counted', () => {
  const metrics = new BusinessMetrics()
  for (let at = 0; at < 1000; at++) metrics.call(start({ requestModel: `made-up-${at}` }), end())
  metrics.call(start({ requestModel: 'made-up-3' }), end())
  const text = formatMetrics(metrics.read())
  expect(text.split('\n').filter((line) => line.startsWith('signalbox_llm_calls_total{'))).toHaveLength(201)
  expect(read(text, 'signalbox_llm_calls_total{project="other",key="other",route="other",model="other"}')).toBe(800)
  expect(read(text, 'signalbox_llm_other_calls_total')).toBe(800)
  expect(read(text, `signalbox_llm_calls_total{${LABELS.replace('support', 'made-up-3')}}`)).toBe(2)
})
