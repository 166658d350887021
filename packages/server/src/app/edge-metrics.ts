import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { CallEnd } from '@signalbox/schema'
import type { Metric } from '../lib/metrics.ts'
import type { Journal } from '../store/journal/journal.ts'
import type { Shipper } from '../store/journal/shipper.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'

/** Counts of one edge since it started. */
export class EdgeMetrics {
  readonly #calls = new Map<string, { provider: string; status: string; count: number }>()
  readonly #delay = monitorEventLoopDelay({ resolution: 10 })
  #config = { version: 0, applySeconds: 0 }
  #spans = 0
  #rejected = 0

  constructor() {
    this.#delay.enable()
  }

  /** A new configuration is in effect, so long after its first piece came. */
  configured(version: number, applyMs: number): void {
    this.#config = { version, applySeconds: applyMs / 1000 }
  }

  call({ provider, status }: CallEnd): void {
    const key = `${provider}\n${status}`
    const entry = this.#calls.get(key)
    if (entry) entry.count++
    else this.#calls.set(key, { provider, status, count: 1 })
  }

  ingested({ accepted, rejected }: Ingested): void {
    this.#spans += accepted
    for (const { count = 1 } of rejected) this.#rejected += count
  }

  read(journal: Journal, shipper: Shipper): Metric[] {
    const counter = (name: string, help: string, value: number): Metric => ({
      name: `signalbox_${name}`,
      help,
      type: 'counter',
      values: [{ value }],
    })
    const gauge = (name: string, help: string, value: number): Metric => ({
      name: `signalbox_${name}`,
      help,
      type: 'gauge',
      values: [{ value }],
    })
    // The timer that measures it fires every 10 ms anyway.
    const stalled = Math.max(0, this.#delay.max / 1e9 - 0.01)
    this.#delay.reset()
    return [
      {
        name: 'signalbox_calls_total',
        help: 'Calls through the gateway that ended.',
        type: 'counter',
        values: [...this.#calls.values()].map(({ provider, status, count }) => ({ labels: { provider, status }, value: count })),
      },
      counter('ingested_spans_total', 'Spans acknowledged by ingest endpoints.', this.#spans),
      counter('ingest_rejected_spans_total', 'Spans that were malformed.', this.#rejected),
      gauge('journal_pending_bytes', 'Bytes in the journal that the core does not have yet.', journal.pendingBytes),
      gauge('journal_full', '1 while the disk of the journal is full.', journal.full ? 1 : 0),
      counter('journal_records_total', 'Records written.', journal.counters.records),
      counter('journal_bytes_total', 'Bytes written.', journal.counters.bytes),
      counter('journal_syncs_total', 'fdatasync calls.', journal.counters.syncs),
      counter('journal_refused_total', 'Records that the journal could not take.', journal.counters.refused),
      counter('journal_damaged_bytes_total', 'Bytes of torn or damaged records, found at start.', journal.counters.damagedBytes),
      counter('journal_interrupted_calls_total', 'Calls whose process died, found at start.', journal.counters.interrupted),
      counter('batches_shipped_total', 'Batches that the core has acknowledged.', shipper.counters.batches),
      counter('batches_failed_total', 'Attempts to ship a batch that failed.', shipper.counters.failures),
      gauge('edge_config_version', 'The configuration that this edge goes by.', this.#config.version),
      gauge('edge_config_apply_seconds', 'From the first piece of the last change until it was in effect.', this.#config.applySeconds),
      gauge('edge_stall_max_seconds', 'The longest that anything held up calls since the last reading.', stalled),
      gauge('edge_resident_bytes', 'Resident memory of the edge.', process.memoryUsage.rss()),
    ]
  }
}
