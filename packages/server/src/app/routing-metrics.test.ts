import type { AttemptRecord, CallEnd } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { formatMetrics } from '../lib/metrics.ts'
import { RoutingMetrics } from './routing-metrics.ts'

const attempt = (provider: string, failure?: AttemptRecord['failure']): AttemptRecord => ({
  provider,
  model: 'm',
  status: 200,
  ms: 1,
  startedAt: 0,
  ...(failure && { failure }),
})
const end = (status: CallEnd['status'], attempts: AttemptRecord[]): CallEnd => ({ status, attempts }) as CallEnd

test('tries are counted by what came of them, and each target that was left for another one', () => {
  const metrics = new RoutingMetrics()
  metrics.call(end('ok', [attempt('openai')]))
  metrics.call(end('ok', [attempt('openai', 'rate'), attempt('openai', 'rate'), attempt('azure')]))
  metrics.call(end('aborted', [attempt('azure')]))
  metrics.call(end('error', []))
  const text = formatMetrics(metrics.read([{ provider: 'openai', model: 'm' }]))
  expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
    'signalbox_attempts_total{provider="openai",outcome="ok"} 1',
    'signalbox_attempts_total{provider="openai",outcome="rate"} 2',
    'signalbox_attempts_total{provider="azure",outcome="ok"} 1',
    'signalbox_attempts_total{provider="azure",outcome="aborted"} 1',
    'signalbox_fallbacks_total{provider="openai"} 1',
    'signalbox_breakers_open 1',
    'signalbox_breaker_open{provider="openai",model="m"} 1',
    '',
  ])
})

test('models that clients make up do not make labels without end', () => {
  const open = Array.from({ length: 500 }, (_, at) => ({ provider: 'openai', model: `m${at}` }))
  const [, , count, each] = new RoutingMetrics().read(open)
  expect([count?.values[0]?.value, each?.values.length]).toEqual([500, 100])
})
