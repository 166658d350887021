import { z } from 'zod'
import { check } from '../check.ts'
import { detectLanguage, LANGUAGES } from './detect-language.ts'

export const language = check({
  id: 'language',
  title: 'Texts in another language than agreed',
  catches: `Texts whose script or small words are those of another language. Told apart: ${LANGUAGES.join(', ')}.`,
  misses: 'Texts of a few words, mixed texts, and neighbours that share their small words, such as Danish and Norwegian.',
  cost: 'cpu',
  stages: ['before', 'after', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({
    allowed: z
      .array(z.enum(LANGUAGES as [string, ...string[]]))
      .min(1)
      .default(['en'])
      .meta({ description: 'Codes of ISO 639-1.' }),
    minConfidence: z.number().min(0).max(1).default(0.6),
  }),
  prepare({ allowed, minConfidence }) {
    return {
      run({ text }) {
        const detected = detectLanguage(text)
        if (!detected || detected.confidence < minConfidence || allowed.includes(detected.language)) return []
        const { language, confidence } = detected
        return [{ type: 'LANGUAGE', start: 0, end: text.length, score: confidence, reason: `is written in ${language}` }]
      },
    }
  },
})
