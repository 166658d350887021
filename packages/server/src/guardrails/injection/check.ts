import { z } from 'zod'
import { check, isUntrusted } from '../check.ts'
import { scoreInjection } from './injection.ts'
import { similarTo } from './known.ts'

const ALLOWED_FROM = 0.8

const Examples = z.array(z.string().min(1).max(20_000)).max(1_000)

export const injection = check({
  id: 'injection',
  title: 'Prompt injection and jailbreaks',
  catches:
    'Texts that tell a model to drop its instructions, to play somebody without rules, never to refuse, to give its prompt away, or that ' +
    'imitate a system message; in some thirty languages the plainest forms, sixteen of them tested; also behind look-alike letters, invisible characters and encodings.',
  misses:
    'Attacks that say nothing of the kind: a request in ordinary words inside of a document is not told from the document. Against those, ' +
    'limit what tools may do and where links may lead.',
  cost: 'cpu',
  stages: ['before', 'tool_result', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .meta({ description: 'From this score on a text is flagged. Calibrate it on texts of your own.' }),
    untrustedThreshold: z.number().min(0).max(1).optional().meta({
      description: 'The same for text of tools, documents and files; by default the threshold of users, for a score that is stricter.',
    }),
    known: Examples.default([]).meta({ description: 'Attacks that you have seen: texts that repeat one of them score higher.' }),
    allow: Examples.default([]).meta({ description: 'Texts that are no attacks: what repeats one of them nearly whole is not flagged.' }),
  }),
  prepare({ threshold, untrustedThreshold = threshold, known, allow }) {
    return {
      run({ text, origin }) {
        // Whoever wrote the system message may tell the model what to be.
        if (origin === 'system') return []
        const untrusted = isUntrusted(origin)
        const { score, findings } = scoreInjection(text, { untrusted, ...(known.length > 0 ? { known } : {}) })
        if (findings.length === 0 || score < (untrusted ? untrustedThreshold : threshold)) return []
        if (allow.length > 0 && (similarTo(text, allow)?.similarity ?? 0) >= ALLOWED_FROM) return []
        return findings.map(({ technique, ...finding }) => ({ type: technique, ...finding }))
      },
    }
  },
})
