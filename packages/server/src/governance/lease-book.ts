import type { Budget } from '@signalbox/schema'
import type { JournalPosition } from '../store/ports.ts'
import { type Lender, type LenderAsked, type Meters, PeriodMeter } from './admission-meters.ts'
import type { LeaseAnswer, LeaseReport } from './lease-words.ts'

/** A hard budget of a day or a month, and what it is counted in. */
export type Leased = { identity: string; projectId: string; budget: Budget; limit: number; meters: Meters }
/** What of a subject's use may not be in the ledger yet. */
export type Unsettled = { identity: string; subject: string; amount: number }
export type BookOptions = {
  edgeId(): string
  /** How long what it holds may be spent without an answer. */
  lastsMs: number
  /** Milliseconds since 1970, as budgets count; and those of a clock that nobody sets. */
  now(): number
  clock(): number
  journal: {
    /** Every call that is counted ended before it. */
    end(): JournalPosition
    /** Before it, all is in the ledger. */
    acked(): JournalPosition
    /** What ended since `acked`. */
    unsettled(): Unsettled[]
  }
}

/** A subject without a lease may spend so much of its amount at once, or make one call. */
const FIRST_SLICE = 1 / 100
/** A slice holds so many calls at least. */
const CALLS = 4
/** So much of a large call is remembered with each one after it. */
const FADE = 0.9
const QUIET_MS = 5000
const NEED_MS = 5000
const REPORT_EVERY_MS = 1000
/** More is asked for at this part of a slice. */
const LOW = 1 / 2

type Mark = { position: JournalPosition; spent: number }
type Lease = {
  leased: Leased
  subject: string
  meter: PeriodMeter
  period: number
  /** The last one is what is pending beyond; `spent` of the meter when the journal ended there. */
  marks: Mark[]
  /** The largest call of late. */
  call: number
  /** Since the last report. */
  refused: number
  needs: number
  needsAt: number
  usedAt: number
  seen: number
  isIdle: boolean
  settled: number
}
type Sent = { report: LeaseReport; at: number; leases: { lease: Lease; spent: number; reserved: number }[] }

/**
 * What this edge holds of budgets that several edges share. A meter counts up to its cap; what is beyond comes from the core, in one
 * report of everything at a time. Knows no timer and no network.
 */
export class LeaseBook implements Lender {
  readonly #options: BookOptions
  readonly #leases = new Map<PeriodMeter, Lease>()
  #budgets = new Map<string, Leased>()
  #mode: 'all' | 'slices' | 'none' = 'slices'
  #seq = 0
  #asked = Number.NEGATIVE_INFINITY
  #answered: number
  #isWoken = true
  #sent: Sent | undefined
  edges = 1
  isSole = false
  othersAt: string | null = null
  /** It knows all that was used, and so may hold everything. */
  isReady = false

  constructor(options: BookOptions) {
    this.#options = options
    this.#answered = options.clock()
  }

  /** It may spend all that is left, as if it were the only one. */
  get isExact(): boolean {
    return this.#mode === 'all'
  }

  /** The budgets that are in effect. */
  follow(budgets: Iterable<Leased>): void {
    const before = this.#budgets
    const now = this.#options.now()
    this.#budgets = new Map()
    let isMore = false
    for (const leased of budgets) {
      this.#budgets.set(leased.identity, leased)
      if (before.get(leased.identity)?.meters === leased.meters) continue
      isMore = true
      leased.meters.lender = this
      if (!this.isExact) for (const meter of metersOf(leased)) meter.close()
    }
    for (const [identity, leased] of before) {
      if (this.#budgets.get(identity)?.meters === leased.meters) continue
      leased.meters.lender = undefined
      for (const meter of metersOf(leased)) meter.lend(now, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
    }
    for (const [meter, lease] of this.#leases) {
      const leased = this.#budgets.get(lease.leased.identity)
      if (leased?.meters === lease.leased.meters) lease.leased = leased
      else this.#leases.delete(meter)
    }
    if (isMore && !this.isExact) this.#remember()
    this.#isWoken = true
  }

  fits({ identity, subject, meter, limit, after, amount }: LenderAsked): boolean {
    if (this.#mode === 'all') return after <= limit
    const leased = this.#budgets.get(identity)
    if (this.#mode === 'none' || !leased) return false
    const [at, now] = [this.#options.clock(), this.#options.now()]
    const lease = this.#leaseOf(meter) ?? this.#begin(leased, subject, meter)
    const left = limit - after + amount
    if (lease.isIdle) {
      lease.isIdle = false
      // At once and without the core: the stated bound.
      meter.lend(now, amount > left ? 0 : Math.max(amount, Math.min(limit * FIRST_SLICE, left)), 0)
    }
    lease.usedAt = at
    lease.call = Math.max(lease.call * FADE, amount)
    // What is used is known a moment later, and then it may be less.
    if (amount > left) return false
    this.#isWoken = true
    if (after <= meter.cap) return true
    lease.refused += amount
    lease.needs = Math.max(lease.needs, amount)
    lease.needsAt = at
    return false
  }

  reasonOf(meter: PeriodMeter): { settled: number; reason: string } | undefined {
    if (this.#mode === 'all') return undefined
    if (this.#mode === 'none') {
      const seconds = Math.round((this.#options.clock() - this.#answered) / 1000)
      return { settled: meter.used(this.#options.now()), reason: `the core, which lends what is left, has not answered for ${seconds} s` }
    }
    return { settled: this.#leaseOf(meter)?.settled ?? 0, reason: 'other edges, or calls under way, may use the rest' }
  }

  /** All that it holds; undefined where it is too early. */
  report({ leaves = false } = {}): LeaseReport | undefined {
    this.#check()
    const at = this.#options.clock()
    if (!leaves && !this.#isWoken && at - this.#asked < REPORT_EVERY_MS) return undefined
    this.#asked = at
    this.#isWoken = false
    const { edgeId, lastsMs, now } = this.#options
    this.#seq = Math.max(this.#seq + 1, now())
    this.#sent = undefined
    if (leaves && this.#mode === 'all') this.#close('slices')
    const report: LeaseReport = {
      edgeId: edgeId(),
      seq: this.#seq,
      lastsMs,
      holdsAll: this.#mode === 'all',
      wantsAll: this.isReady,
      leaves,
      position: this.#options.journal.end(),
      budgets: [],
    }
    const leases: Sent['leases'] = []
    if (this.#mode !== 'all') this.#tell(report, leases)
    this.#sent = { report, at, leases }
    return report
  }

  /** What the core answered to the last report. */
  take(answer: LeaseAnswer): void {
    const sent = this.#sent
    if (!sent) return
    this.#sent = undefined
    this.#answered = sent.at
    this.isSole = answer.isSole
    this.isReady &&= answer.isSole
    this.edges = answer.edges
    this.othersAt = answer.othersAt
    if (answer.holdsAll) return this.#open()
    if (this.#mode === 'all') return this.#close('slices')
    this.#mode = 'slices'
    const now = this.#options.now()
    let at = 0
    for (const [index, { loans }] of answer.budgets.entries()) {
      const told = sent.report.budgets[index]?.holdings ?? []
      for (let i = 0; i < told.length; i++) {
        const [entry, loan, holding] = [sent.leases[at++], loans[i], told[i]]
        if (!entry || !loan || !holding || this.#leaseOf(entry.lease.meter) !== entry.lease) continue
        const { lease, spent, reserved } = entry
        const { meter } = lease
        meter.restore(now, lease.period, loan.used + meter.spent - spent)
        const room = loan.used + reserved + loan.free - meter.taken(now)
        meter.lend(now, room, room - loan.free * (1 - LOW))
        lease.settled = loan.settled
        // Others wait for what was taken back.
        if (loan.free < holding.held) this.#isWoken = true
        if (loan.free >= lease.needs) lease.needs = 0
      }
    }
  }

  /** Without an answer for too long, others may have what it held. */
  #check(): void {
    if (this.#mode !== 'none' && this.#options.clock() - this.#answered >= this.#options.lastsMs) this.#close('none')
  }

  #tell(report: LeaseReport, leases: Sent['leases']): void {
    const [at, now] = [this.#options.clock(), this.#options.now()]
    const { position } = report
    const settledTo = this.#options.journal.acked()
    const byBudget = new Map<string, LeaseReport['budgets'][number]>()
    for (const lease of [...this.#leases.values()].sort(byIdentity)) {
      const { meter, leased, subject } = lease
      const used = meter.used(now)
      const reserved = meter.taken(now) - used
      if (meter.period !== lease.period) {
        this.#leases.delete(meter)
        continue
      }
      const pending = pendingOf(lease, settledTo)
      if (meter.spent !== lease.marks.at(-1)?.spent) lease.marks.push({ position, spent: meter.spent })
      if (lease.seen !== meter.spent || reserved > 0) lease.usedAt = at
      lease.seen = meter.spent
      if (at - lease.needsAt >= NEED_MS) lease.needs = 0
      lease.isIdle ||= at - lease.usedAt >= QUIET_MS
      if (lease.isIdle) {
        meter.lend(now, 0, 0)
        if (pending === 0) {
          meter.close()
          this.#leases.delete(meter)
          continue
        }
      }
      const { identity, projectId, budget, limit } = leased
      const told = byBudget.get(identity) ?? { identity, projectId, budget, limit, period: lease.period, holdings: [] }
      byBudget.set(identity, told)
      told.holdings.push({
        subject,
        pending,
        reserved,
        held: Math.max(0, meter.cap - used - reserved),
        wants: lease.isIdle ? 0 : CALLS * lease.call,
        demand: reserved + lease.refused,
        needs: lease.isIdle ? 0 : lease.needs,
      })
      lease.refused = 0
      leases.push({ lease, spent: meter.spent, reserved })
    }
    report.budgets.push(...byBudget.values())
  }

  #leaseOf(meter: PeriodMeter): Lease | undefined {
    const found = this.#leases.get(meter)
    return found?.period === meter.period ? found : undefined
  }

  #begin(leased: Leased, subject: string, meter: PeriodMeter, pending = 0): Lease {
    const lease: Lease = {
      leased,
      subject,
      meter,
      period: meter.period,
      marks: [{ position: this.#options.journal.acked(), spent: meter.spent - pending }],
      call: 0,
      refused: 0,
      needs: 0,
      needsAt: Number.NEGATIVE_INFINITY,
      usedAt: this.#options.clock(),
      seen: meter.spent,
      isIdle: true,
      settled: 0,
    }
    this.#leases.set(meter, lease)
    return lease
  }

  #open(): void {
    if (this.#mode === 'all') return
    this.#mode = 'all'
    this.#leases.clear()
    const now = this.#options.now()
    for (const leased of this.#budgets.values())
      for (const meter of metersOf(leased)) meter.lend(now, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  }

  /** From now on nothing may be spent but what is lent. */
  #close(mode: 'slices' | 'none'): void {
    const wasAll = this.#mode === 'all'
    this.#mode = mode
    this.isReady = false
    for (const leased of this.#budgets.values()) for (const meter of metersOf(leased)) meter.close()
    if (wasAll) this.#remember()
    for (const lease of this.#leases.values()) lease.isIdle = true
    this.#isWoken = true
  }

  /** What the core has to be told of: what is under way, and what its ledger may not have. */
  #remember(): void {
    const now = this.#options.now()
    for (const { identity, subject, amount } of this.#options.journal.unsettled()) {
      const leased = this.#budgets.get(identity)
      const meter = leased?.meters.of(subject, now)
      if (leased && meter instanceof PeriodMeter && !this.#leaseOf(meter)) this.#begin(leased, subject, meter, amount)
    }
    for (const leased of this.#budgets.values())
      for (const [subject, meter] of leased.meters.entries())
        if (meter instanceof PeriodMeter && meter.taken(now) > meter.used(now) && !this.#leaseOf(meter)) this.#begin(leased, subject, meter)
  }
}

/** Marks that the ledger has passed are forgotten, but for the last of them. */
function pendingOf({ marks, meter }: Lease, acked: JournalPosition): number {
  while (marks[1] && !isAfter(marks[1].position, acked)) marks.shift()
  return Math.max(0, meter.spent - (marks[0]?.spent ?? 0))
}

const isAfter = (a: JournalPosition, b: JournalPosition): boolean =>
  a.segment > b.segment || (a.segment === b.segment && a.offset > b.offset)
const byIdentity = (a: Lease, b: Lease): number =>
  a.leased.identity < b.leased.identity ? -1 : a.leased.identity > b.leased.identity ? 1 : 0
const metersOf = ({ meters }: Leased): PeriodMeter[] =>
  [...meters.entries()].flatMap(([, meter]) => (meter instanceof PeriodMeter ? [meter] : []))
