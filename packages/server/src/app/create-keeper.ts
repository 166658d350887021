import type { SnapshotProject } from '@signalbox/schema'
import { priceAnswer } from '../gateway/price-answer.ts'
import type { AdmissionEngine } from '../governance/admission.ts'
import { AdmissionKeeper } from '../governance/admission-keeper.ts'
import type { KnownUse } from '../governance/budgets-known.ts'
import type { LeaseAnswer } from '../governance/lease-words.ts'
import type { CoreLink } from '../http/core-link.ts'
import type { Log } from '../lib/log.ts'
import { own } from '../lib/own.ts'
import type { Pricing } from '../pricing/price.ts'
import type { Journal } from '../store/journal/journal.ts'
import { replayCalls } from '../store/journal/replay-calls.ts'
import type { JournalPosition } from '../store/ports.ts'

const ASK_MS = 30_000
const LEASE_MS = 5000

/** Keeps what is counted across restarts of the edge: see `AdmissionKeeper`. To be made before anything of the journal is dropped. */
export function createKeeper({
  admission,
  pricingOf,
  journal,
  core,
  log,
  file,
  edgeId,
  leases,
}: {
  admission: AdmissionEngine
  pricingOf(project: SnapshotProject): Pricing
  journal: Journal
  core: CoreLink
  log: Log
  file: string
  edgeId(): string
  /** Of one edge among several: how long it spends what it holds without the core, and what of its journal the core has. */
  leases: { lastsMs: number; acked(): JournalPosition } | undefined
}): AdmissionKeeper {
  return new AdmissionKeeper({
    engine: admission,
    file,
    journal: {
      get end() {
        return journal.end
      },
      keepFrom: (position) => journal.keepFrom(position),
      replay: (from, each) => replayCalls(journal.folder, from, each),
    },
    async ask(budgets) {
      const body = [Buffer.from(JSON.stringify({ edgeId: edgeId(), budgets }))]
      const answer = await core.call('POST', '/internal/usage', { body, timeoutMs: ASK_MS })
      return JSON.parse(answer.toString('utf8')) as KnownUse
    },
    price(project, { provider: name, model }, usage) {
      const provider = own(project.providers, name)
      return provider ? priceAnswer({ usage, route: { provider, model }, model, pricing: pricingOf(project), at: Date.now() }).cost : null
    },
    leases: leases && {
      ...leases,
      edgeId,
      async ask(report) {
        const answer = await core.call('POST', '/internal/leases', { body: [Buffer.from(JSON.stringify(report))], timeoutMs: LEASE_MS })
        return JSON.parse(answer.toString('utf8')) as LeaseAnswer
      },
    },
    warn: (error, what) => log.warn({ err: error }, what),
  })
}
