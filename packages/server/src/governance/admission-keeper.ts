import { readFileSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import {
  type Budget,
  type CallEnd,
  type CallStart,
  isRefusal,
  type SharedBudget,
  type SnapshotKey,
  type SnapshotProject,
  type Usage,
} from '@signalbox/schema'
import { shortName } from '../lib/short-name.ts'
import type { JournalPosition } from '../store/ports.ts'
import { type AdmissionEngine, useOf } from './admission.ts'
import { inputTokensOf, type Used, usedBy } from './admission-estimate.ts'
import { type Meters, PeriodMeter, periodAt, WindowMeter } from './admission-meters.ts'
import type { Rule } from './admission-rules.ts'
import type { KnownUse } from './budgets-known.ts'
import type { EdgeUse } from './budgets-usage.ts'
import type { Admitted } from './directory.ts'
import { LeaseBook, type Leased, type Unsettled } from './lease-book.ts'
import { LeaseRunner } from './lease-runner.ts'
import type { LeaseAnswer, LeaseReport } from './lease-words.ts'

const SAVE_EVERY_MS = 1000
/** Saving takes at most this part of the time. */
const SAVE_SHARE = 1 / 50
const TIDY_EVERY_MS = 30_000
/** Of budgets that only warn, one of several edges learns this often what the others used, as long as asking takes at most this part of the time. */
const SYNC_EVERY_MS = 2000
const SYNC_SHARE = 1 / 20
/** Of what the core is told with each heartbeat. */
const MOST_TOLD = 300

type Asked = { identity: string; projectId: string; budget: Budget }

/** The configuration that is in effect. */
export type Followed = {
  projects(): Iterable<{ id: string; budgets: readonly Budget[]; sharedBudgets?: readonly SharedBudget[] | undefined }>
  projectOf(id: string): SnapshotProject | undefined
  keyById(id: string): SnapshotKey | undefined
}

export type KeeperOptions = {
  engine: AdmissionEngine
  file: string
  journal: {
    /** Where the next record will stand. */
    readonly end: JournalPosition
    /** What stands from here on must not be dropped. */
    keepFrom(position: JournalPosition | undefined): void
    /** Every call that ended at `from` or after it. */
    replay(from: JournalPosition, each: (start: CallStart, end: CallEnd) => void): void
  }
  /** What the core's ledger knows of budgets that are new here. */
  ask(budgets: Asked[]): Promise<KnownUse>
  /** Nano-USD of tokens at the target that a call ended at. */
  price(project: SnapshotProject, end: Pick<CallEnd, 'provider' | 'model'>, usage: Usage): number | null
  /** Of one edge among several, which share what is left through the core; without it this one is alone, and counts exactly. */
  leases?: LeaseOptions | undefined
  warn(error: unknown, what: string): void
}
export type LeaseOptions = {
  edgeId(): string
  /** How long it spends what it holds without an answer. */
  lastsMs: number
  /** Before it, everything of the journal is in the ledger. */
  acked(): JournalPosition
  ask(report: LeaseReport): Promise<LeaseAnswer>
}

/** `position`: every call that ended before it is counted, none that ended after it. */
type Saved = {
  v: 1
  position: JournalPosition
  savedAt: number
  budgets: { identity: string; period?: number; used?: [subject: string, used: number][]; slots?: [string, [number, number][]][] }[]
}

/**
 * Makes counts survive the process: they are written to a file with the position in the journal that they cover, and what ended after
 * it is counted again from the journal. A budget that was never counted here begins with what the core's ledger knows, and with what of
 * the journal is not in that yet. One of several edges spends what the core lends it (`LeaseBook`), all that is left where the others are
 * gone; of budgets that only warn, it learns again and again what all of them used.
 */
export class AdmissionKeeper {
  readonly #options: KeeperOptions
  #saved: Saved | undefined
  #followed: Followed | undefined
  /** Budgets of days and months whose counts are right, and those that the core has yet to be asked about. */
  readonly #known = new Set<string>()
  readonly #unknown = new Map<string, Asked>()
  #present: ReadonlyMap<string, Asked> = new Map()
  readonly #book: LeaseBook | undefined
  readonly #leases: LeaseRunner | undefined
  #othersAt: string | null = null
  #nextSync = 0
  #written: JournalPosition | undefined
  #saving: Promise<void> = Promise.resolve()
  #asking = false
  #nextSave = 0
  #nextTidy = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#saved = this.#read()
    // Before anybody may drop what has arrived at the core.
    if (this.#saved) options.journal.keepFrom(this.#saved.position)
    const { leases, journal, engine } = options
    if (!leases) return
    this.#book = new LeaseBook({
      ...leases,
      now: engine.now,
      clock: () => performance.now(),
      journal: { end: () => journal.end, acked: leases.acked, unsettled: () => this.#unsettled(leases.acked()) },
    })
    this.#leases = new LeaseRunner({
      book: this.#book,
      ask: leases.ask,
      isNeeded: () => engine.meters.size > 0,
      onAnswer: () => this.#answered(),
      warn: (error) => options.warn(error, 'the core did not answer what may be spent; this edge spends what it holds'),
    })
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), SAVE_EVERY_MS)
    this.#timer.unref()
    this.#leases?.start()
  }

  /** Counts by a new configuration. With the first one, what an earlier process counted comes back. */
  follow(followed: Followed): void {
    const isFirst = this.#followed === undefined
    this.#followed = followed
    const present = this.#identities(followed)
    this.#present = present
    const { engine } = this.#options
    // One that is gone is not counted any more: should it come back, the ledger is asked again.
    for (const identity of [...engine.meters.keys()]) {
      if (present.has(identity)) continue
      engine.meters.delete(identity)
      this.#known.delete(identity)
    }
    for (const identity of [...this.#unknown.keys()]) if (!present.has(identity)) this.#unknown.delete(identity)
    if (isFirst) this.#restore(present)
    for (const [identity, asked] of present) {
      // While it was away, others may have spent.
      if (this.#known.has(identity) && !(isFirst && this.#book)) continue
      if (isOfPeriod(asked.budget)) this.#unknown.set(identity, asked)
      else this.#known.add(identity)
    }
    this.#book?.follow(this.#leased(followed))
    this.#divide()
    void this.#askCore()
  }

  /** What is under way and in the last minute, for the core to show. */
  told(): EdgeUse[] {
    const { engine } = this.#options
    const at = engine.now()
    const told: EdgeUse[] = []
    for (const [identity, meters] of engine.meters) {
      for (const [subject, meter] of meters.entries()) {
        const [taken, used] = [meter.taken(at), meter.used(at)]
        if (taken === 0 || (meter instanceof PeriodMeter && taken === used)) continue
        if (told.push({ identity, subject, taken, used }) >= MOST_TOLD) return told
      }
    }
    return told
  }

  /** Writes the last counts. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#leases?.stop()
    await this.#saving
    this.#nextSave = 0
    this.#save()
    await this.#saving
  }

  #tick(): void {
    const now = performance.now()
    if (now >= this.#nextTidy) {
      this.#nextTidy = now + TIDY_EVERY_MS
      this.#options.engine.tidy()
    }
    void this.#askCore()
    this.#save()
  }

  #identities(followed: Followed): Map<string, Asked> {
    const present = new Map<string, Asked>()
    for (const { id, budgets, sharedBudgets } of followed.projects()) {
      const project = budgets.length === 0 && sharedBudgets === undefined ? undefined : followed.projectOf(id)
      if (!project) continue
      for (const { identity, budget } of this.#options.engine.rulesOf(project).all)
        if (!present.has(identity)) present.set(identity, { identity, projectId: project.id, budget })
    }
    return present
  }

  #restore(present: ReadonlyMap<string, unknown>): void {
    const saved = this.#saved
    this.#saved = undefined
    if (!saved) return
    const { engine, journal } = this.#options
    const at = engine.now()
    const restored = new Set<string>()
    for (const { identity, period, used = [], slots = [] } of saved.budgets) {
      const meters = present.has(identity) ? engine.meters.get(identity) : undefined
      if (!meters) continue
      restored.add(identity)
      this.#known.add(identity)
      for (const [subject, amount] of used) {
        const meter = meters.of(subject, at)
        if (meter instanceof PeriodMeter && period !== undefined) meter.restore(at, period, amount)
      }
      for (const [subject, amounts] of slots) {
        const meter = meters.of(subject, at)
        if (meter instanceof WindowMeter) meter.restore(amounts)
      }
    }
    journal.replay(saved.position, (start, end) => this.#count(start, end, { only: restored, windowsFrom: saved.savedAt }))
  }

  /** Counts a call from its record. */
  #count(start: CallStart, end: CallEnd, { only, windowsFrom }: { only: ReadonlySet<string>; windowsFrom: number }): void {
    const at = start.startedAt / 1000
    const now = this.#options.engine.now()
    this.#eachUse(start, end, ({ rule, subject, amount }) => {
      if (!only.has(rule.identity)) return
      const meter = rule.meters.of(subject, now)
      if (meter instanceof PeriodMeter) meter.addAt(at, amount)
      else if (meter instanceof WindowMeter && at >= windowsFrom) meter.addAt(at, amount)
    })
  }

  /** What calls of this period used whose records may not have arrived. */
  #unsettled(from: JournalPosition): Unsettled[] {
    const { engine, journal } = this.#options
    const found = new Map<string, Unsettled>()
    journal.replay(from, (start, end) =>
      this.#eachUse(start, end, ({ rule: { identity, budget }, subject, amount }) => {
        const { per = 'month' } = budget
        if (!isOfPeriod(budget) || per === 'minute' || periodAt(per, start.startedAt / 1000) !== periodAt(per, engine.now())) return
        const known = found.get(`${identity} ${subject}`)
        if (known) known.amount += amount
        else found.set(`${identity} ${subject}`, { identity, subject, amount })
      }),
    )
    return [...found.values()]
  }

  /** What a call used of each budget that counts it. */
  #eachUse(start: CallStart, end: CallEnd, each: (use: { rule: Rule; subject: string; amount: number }) => void): void {
    const project = this.#followed?.projectOf(start.projectId)
    if (!project || isRefusal(end.errorType)) return
    const { engine, price } = this.#options
    let used: Used | undefined
    for (const { rule, subject: fixed } of engine.rulesOf(project).of(this.#callerOf(start, project))) {
      const subject = fixed ?? shortName(start.userId)
      if (subject === '' || (rule.matches && !rule.matches(start.requestModel))) continue
      used ??= usedBy(end, {
        inputTokens: inputTokensOf({
          isText: start.dialect !== 'openai-endpoint' || start.kind === 'embedding',
          bytes: start.requestType === undefined ? start.requestBytes : 0,
        }),
        maxOutputTokens: start.dialect === 'openai-endpoint' ? 0 : start.setAside?.maxOutputTokens,
        price: (usage) => price(project, end, usage),
        reserved: start.setAside && { ...start.setAside, isUnpriced: false },
      })
      each({ rule, subject, amount: useOf(rule, used, 1) })
    }
  }

  /** As the directory would say it; of a key that is gone, what the record says. */
  #callerOf(start: CallStart, project: SnapshotProject): Admitted {
    const key = this.#followed?.keyById(start.keyId)
    return {
      projectId: start.projectId,
      permissions: [],
      keyId: start.keyId,
      project,
      keyName: key?.name,
      accountId: key ? key.accountId : start.accountId,
      teamId: key ? key.teamId : start.teamId,
    }
  }

  /** Hard budgets of days and months. */
  #leased(followed: Followed): Leased[] {
    const found = new Map<string, Leased>()
    for (const { projectId } of this.#present.values()) {
      const project = followed.projectOf(projectId)
      if (!project) continue
      for (const { isStrict, identity, budget, limit, meters } of this.#options.engine.rulesOf(project).all)
        if (isStrict) found.set(identity, { identity, projectId, budget, limit, meters })
    }
    return [...found.values()]
  }

  /** Limits of a minute, and of calls at once, are divided among the edges. */
  #divide(): void {
    const parts = Math.max(1, this.#book?.edges ?? 1)
    for (const [identity, { budget }] of this.#present) {
      const meters = isOfPeriod(budget) ? undefined : this.#options.engine.meters.get(identity)
      if (meters) meters.parts = parts
    }
  }

  /** The core has answered what may be spent. Before everything may be, everything has to be known. */
  #answered(): void {
    const book = this.#book
    if (!book) return
    this.#divide()
    const isNews = book.othersAt !== this.#othersAt
    this.#othersAt = book.othersAt
    if (!book.isSole || (book.isReady && !isNews) || this.#asking) return
    for (const [identity, asked] of this.#present) if (isOfPeriod(asked.budget)) this.#unknown.set(identity, asked)
    if (this.#unknown.size === 0) book.isReady = true
    void this.#askCore()
  }

  async #askCore(): Promise<void> {
    const began = performance.now()
    const book = this.#book
    const isShared = book !== undefined && !book.isExact && book.edges > 1 && began >= this.#nextSync
    if (this.#asking || (this.#unknown.size === 0 && !isShared)) return
    this.#asking = true
    const isSole = book?.isSole
    const asked = new Map(this.#unknown)
    if (isShared) for (const one of this.#present.values()) if (isOnlyWarning(one)) asked.set(one.identity, one)
    try {
      if (asked.size > 0) this.#learn(await this.#options.ask([...asked.values()]))
      if (book?.isSole && isSole && this.#unknown.size === 0) book.isReady = true
    } catch (error) {
      this.#options.warn(error, 'the core could not be asked what was used of budgets; what this edge counts goes on')
    } finally {
      this.#asking = false
      const now = performance.now()
      if (isShared) this.#nextSync = now + Math.max(SYNC_EVERY_MS, (now - began) / SYNC_SHARE)
    }
  }

  /** In one turn of the event loop, so that no call ends in between. */
  #learn({ position, budgets }: KnownUse): void {
    const { engine, journal } = this.#options
    const at = engine.now()
    const learned = new Set<string>()
    for (const { identity, period, used } of budgets) {
      const meters: Meters | undefined = engine.meters.get(identity)
      if (!meters) continue
      learned.add(identity)
      this.#unknown.delete(identity)
      this.#known.add(identity)
      for (const [, meter] of meters.entries()) if (meter instanceof PeriodMeter) meter.restore(at, meter.period, 0)
      for (const [subject, amount] of used) {
        const meter = meters.of(subject, at)
        if (meter instanceof PeriodMeter) meter.restore(at, period, amount)
      }
    }
    if (learned.size === 0) return
    const from = position ?? { segment: 0, offset: 0 }
    journal.replay(from, (start, end) => this.#count(start, end, { only: learned, windowsFrom: Number.POSITIVE_INFINITY }))
  }

  #save(): void {
    // Until the first configuration has come, the file is all there is.
    if (!this.#followed) return
    const { journal, engine, file, warn } = this.#options
    if (engine.meters.size === 0) {
      if (this.#written !== undefined || this.#saved !== undefined) rmSync(file, { force: true })
      this.#written = undefined
      journal.keepFrom(undefined)
      return
    }
    const began = performance.now()
    const position = journal.end
    if (began < this.#nextSave || (this.#written && isSame(this.#written, position))) return
    // A budget that the core has not told about yet is not right, and so not kept: after a restart it is asked again.
    const text = JSON.stringify(this.#dump(position))
    this.#nextSave = began + Math.max(SAVE_EVERY_MS / 2, (performance.now() - began) / SAVE_SHARE)
    this.#saving = this.#saving
      .then(() => write(file, text))
      .then(() => {
        this.#written = position
        journal.keepFrom(position)
      })
      .catch((error: unknown) => warn(error, 'the counts of budgets could not be written; the journal is kept instead'))
  }

  #dump(position: JournalPosition): Saved {
    const { engine } = this.#options
    const at = engine.now()
    const budgets: Saved['budgets'] = []
    for (const [identity, meters] of engine.meters) {
      if (!this.#known.has(identity)) continue
      const used: [string, number][] = []
      const slots: [string, [number, number][]][] = []
      let period: number | undefined
      for (const [subject, meter] of meters.entries()) {
        if (meter instanceof PeriodMeter) {
          const amount = meter.used(at)
          ;({ period } = meter)
          if (amount !== 0) used.push([subject, amount])
        } else if (meter instanceof WindowMeter && meter.taken(at) > 0) slots.push([subject, meter.slots(at)])
      }
      budgets.push({
        identity,
        ...(period !== undefined && { period }),
        ...(used.length > 0 && { used }),
        ...(slots.length > 0 && { slots }),
      })
    }
    return { v: 1, position, savedAt: at, budgets }
  }

  /** What an earlier process left; nothing where the journal is another one. */
  #read(): Saved | undefined {
    const { file, journal, warn } = this.#options
    try {
      const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved
      const { position } = saved
      if (saved.v !== 1 || position.segment > journal.end.segment) return undefined
      return saved
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warn(error, 'the counts of budgets could not be read; the core is asked')
      return undefined
    }
  }
}

const isOfPeriod = ({ measure, per }: Rule['budget']): boolean => measure !== 'concurrent' && per !== 'minute'
const isOnlyWarning = ({ budget }: Asked): boolean => isOfPeriod(budget) && budget.action === 'warn'
const isSame = (a: JournalPosition, b: JournalPosition): boolean => a.segment === b.segment && a.offset === b.offset

/** Written beside, synced, renamed: there is always a whole one. */
async function write(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}
