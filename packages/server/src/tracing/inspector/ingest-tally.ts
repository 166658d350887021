import type { IngestReport } from '@signalbox/schema'
import type { Again, Ingested } from './ingested.ts'
import { sampleText } from './sample-text.ts'

/** What one report may hold, however inventive clients are with their names and mistakes. The rest is counted as others. */
const MOST_SENDERS = 200
const MOST_REASONS = 30
const MOST_SAMPLES = 20
const MOST_SAMPLES_OF_REASON = 2
const REASON_CHARACTERS = 500
/** Of a payload that can be sent again, and of all in one report. */
const MOST_BYTES = 256 * 1024
const MOST_BYTES_OF_REPORT = 1024 * 1024
const OTHERS = '(others)'

type Sender = IngestReport['senders'][number]

/**
 * What became of requests to the ingest endpoints of this edge since the last report. A report goes through the journal every two
 * seconds, like everything an edge has to tell: so it arrives once, in order, also after a core was away or an edge was restarted.
 * The end of a process by `kill -9` loses the counts of the last two seconds, never what they count.
 */
export class IngestTally {
  #senders = new Map<string, Sender>()
  #samples: IngestReport['samples'] = []
  /** Of bodies that are kept whole. */
  #bytes = 0

  note({ caller, endpoint, sdk, accepted, rejected }: Ingested): void {
    const sender = this.#sender({ projectId: caller.projectId, keyId: caller.keyId, endpoint, sdk })
    sender.requests++
    sender.accepted += accepted
    for (const { reason, count = 1, sample, again } of rejected) {
      sender.rejected += count
      const counted = countedReason(reason)
      const known = sender.reasons.find((one) => one.reason === counted)
      if (known) known.count += count
      else if (sender.reasons.length < MOST_REASONS) sender.reasons.push({ reason: counted, count })
      else addTo(sender, count)
      if (this.#wants(sender, counted)) {
        const shown = sample === undefined || !caller.project.capture.content ? null : sampleText(sample)
        const { projectId, keyId } = caller
        const message = reason.slice(0, 2 * REASON_CHARACTERS).toWellFormed()
        this.#samples.push({
          projectId,
          keyId,
          endpoint: sender.endpoint,
          sdk: sender.sdk,
          reason: counted,
          message,
          at: Date.now(),
          body: shown,
          ...(again && caller.project.capture.content && this.#whole(again)),
        })
      }
    }
  }

  /** What there is to tell, and begins anew; undefined where nothing came. */
  take(): IngestReport | undefined {
    if (this.#senders.size === 0) return undefined
    const report: IngestReport = { v: 1, at: Date.now(), senders: [...this.#senders.values()], samples: this.#samples }
    this.#senders = new Map()
    this.#samples = []
    this.#bytes = 0
    return report
  }

  #sender(names: { projectId: string; keyId: string; endpoint: string; sdk: string }): Sender {
    const named = this.#senders.size < MOST_SENDERS ? names : { ...names, endpoint: OTHERS, sdk: OTHERS }
    const key = JSON.stringify([named.projectId, named.keyId, named.endpoint, named.sdk])
    const full = JSON.stringify([names.projectId, names.keyId, names.endpoint, names.sdk])
    const known = this.#senders.get(full) ?? this.#senders.get(key)
    if (known) return known
    const sender: Sender = { ...named, requests: 0, accepted: 0, rejected: 0, reasons: [] }
    this.#senders.set(key, sender)
    return sender
  }

  /** Kept whole where it is not too large, and not too much of it in one report. */
  #whole({ body, ...request }: Again): Pick<IngestReport['samples'][number], 'again'> {
    const bytes = Buffer.from(body as string)
    if (bytes.length > MOST_BYTES || this.#bytes + bytes.length > MOST_BYTES_OF_REPORT) return {}
    this.#bytes += bytes.length
    return { again: { ...request, body: bytes.toString('base64') } }
  }

  #wants({ projectId }: Sender, reason: string): boolean {
    if (this.#samples.length >= MOST_SAMPLES) return false
    return this.#samples.filter((one) => one.projectId === projectId && one.reason === reason).length < MOST_SAMPLES_OF_REASON
  }
}

function addTo(sender: Sender, count: number): void {
  const others = sender.reasons.find(({ reason }) => reason === OTHERS)
  if (others) others.count += count
  else sender.reasons.push({ reason: OTHERS, count })
}

/** The same mistake in another place is the same reason: places and long numbers are taken out. */
export const countedReason = (reason: string): string =>
  reason
    .replace(/\b(byte|position|line|column|number|index) \d+/gi, '$1 …')
    .replace(/ of \d+\b/g, ' of …')
    .replace(/\d{4,}/g, '…')
    .slice(0, REASON_CHARACTERS)
    .toWellFormed()
