import type { Evidence } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import type { Judge } from '../judges/ask.ts'

export const RAG = { kind: 'rag', scale: 'unit', higherIsBetter: true, deterministic: false, costed: true, revision: 1 } as const

export const DECOMPOSE = `You break a text down into simple statements. Each holds one fact, is a whole sentence, and can be understood alone: pronouns are replaced by what they stand for. Nothing is added and nothing left out. A text that states nothing, such as a greeting or "I don't know", has no statements.`
export const SUPPORT = `You decide for each numbered statement whether it follows from the sources alone. First give your reason, then the verdict: 1 if the statement can be directly inferred from the sources, 0 if not. What you know otherwise does not count.`

/** Statements of one call: more would be cut off by the length of an answer. */
const MOST_STATEMENTS = 200
const Statements = z.object({ statements: z.array(z.string()).max(MOST_STATEMENTS) })
const Verdicts = z.object({
  verdicts: z.array(z.object({ statement: z.int(), reason: z.string(), verdict: z.union([z.literal(0), z.literal(1)]) })),
})
export type Statement = { text: string; supported: boolean; reason: string }

export async function decompose(judge: Judge, material: Record<string, string>): Promise<string[]> {
  const system = `${DECOMPOSE} Break down what stands in <text>; the rest is there to understand it.`
  const { verdict } = await judge.ask({ name: 'statements', system, material, verdict: Statements })
  return verdict.statements.filter((statement) => statement.trim() !== '')
}

/** Whether each statement follows from the sources. A statement that the judge leaves out is an error, never supported. */
export async function supported(judge: Judge, statements: readonly string[], sources: string): Promise<Statement[]> {
  if (statements.length === 0) return []
  const material = { sources, statements: statements.map((text, at) => `${at + 1}. ${text}`).join('\n') }
  const { verdict } = await judge.ask({ name: 'verdicts', system: SUPPORT, material, verdict: Verdicts })
  return statements.map((text, at) => {
    const one = verdict.verdicts.find(({ statement }) => statement === at + 1)
    if (!one) throw new Error(`The judge said nothing of statement ${at + 1}: ${text}`)
    return { text, supported: one.verdict === 1, reason: one.reason }
  })
}

export const evidenceOf = (statements: readonly Statement[]): Evidence[] =>
  statements.map(({ text, supported, reason }) => ({ text, verdict: supported ? 'supported' : 'unsupported', reason }))

export const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length
