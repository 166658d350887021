import { z } from 'zod'
import { readResult } from '../code/read-result.ts'
import { evaluator } from '../evaluator.ts'
import { failed, notApplicable } from '../outcome.ts'

/** A question in SQL over the spans of the row's trace. Who hands `query` in keeps it to reading, to the project and to its limits. */
export const sql = evaluator({
  id: 'sql',
  title: 'SQL over the spans of the trace',
  kind: 'trajectory',
  scale: 'raw',
  higherIsBetter: true,
  needs: [],
  deterministic: true,
  costed: false,
  revision: 1,
  params: z.strictObject({
    query: z.string().min(1).max(20_000).meta({
      description: 'A SELECT of one row with a column score (and pass, reason); {traceId:String} is the trace of the row.',
    }),
  }),
  prepare: ({ query: text }) => ({
    async evaluate({ metadata, traceId }, { query }) {
      if (!query) return failed('SQL over spans is only there where a server is: it has the spans.')
      const trace = traceId ?? metadata?.traceId
      if (typeof trace !== 'string' || trace === '') return notApplicable('The row has no traceId.')
      const [first] = await query(text, { traceId: trace })
      if (!first) return notApplicable('The query answered no row.')
      const { score, pass, reason, ...sub } = first
      const value = typeof score === 'string' && score.trim() !== '' ? Number(score) : score
      const passed = pass === undefined || pass === null ? undefined : Boolean(Number(pass))
      return readResult({
        ...(value === undefined ? {} : { score: value }),
        ...(passed === undefined ? {} : { pass: passed }),
        ...(typeof reason === 'string' ? { reason } : {}),
        sub,
      })
    },
  }),
})
