import { Budget } from '@signalbox/schema'
import { z } from 'zod'

/** What an edge says of one subject of a budget. Amounts in nano-USD, requests or tokens. */
const Holding = z.object({
  subject: z.string(),
  /** What it used in the period and may not be in the ledger yet. */
  pending: z.number(),
  /** Set aside for calls under way. */
  reserved: z.number(),
  /** What it may spend beyond that. */
  held: z.number(),
  /** What it would like to hold at least, a few calls' worth; 0: nothing, since nobody calls. */
  wants: z.number(),
  /** What was asked of it at once of late. */
  demand: z.number(),
  /** What a call was refused for a moment ago; 0: none was. */
  needs: z.number(),
})
export type Holding = z.infer<typeof Holding>

const Lent = z.object({ identity: z.string(), projectId: z.string(), budget: Budget, limit: z.number(), period: z.int() })

/** All that an edge holds, and what it would like: it takes the place of what the edge said before. */
export const LeaseReport = z.object({
  edgeId: z.string().min(1),
  /** Grows with each report of an edge. */
  seq: z.int(),
  /** How long it spends what it holds without an answer. */
  lastsMs: z.number().positive(),
  /** It may spend all that is left of everything. */
  holdsAll: z.boolean(),
  /** It knows all counts, and could. */
  wantsAll: z.boolean(),
  /** Its last words. */
  leaves: z.boolean(),
  /** Where its journal ended: once it has arrived so far, all that was pending is in the ledger. */
  position: z.object({ segment: z.int(), offset: z.int() }),
  budgets: z.array(Lent.extend({ holdings: z.array(Holding) })),
})
export type LeaseReport = z.infer<typeof LeaseReport>

/**
 * What it may spend from now on. `used`: by all edges, at most; `settled`: by the ledger, so at least; `free`: beyond what was set aside
 * when it asked.
 */
export type Loan = { subject: string; used: number; settled: number; free: number }
export type LeaseAnswer = {
  /** That were heard of a moment ago, this one included. */
  edges: number
  /** No other edge can hold anything. */
  isSole: boolean
  holdsAll: boolean
  /** When something of another edge's journal came last. */
  othersAt: string | null
  budgets: { identity: string; loans: Loan[] }[]
}
