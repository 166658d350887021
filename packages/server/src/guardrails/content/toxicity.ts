import { z } from 'zod'
import { check, type Found } from '../check.ts'

const Answer = z.object({
  results: z.array(z.object({ category_scores: z.record(z.string(), z.number()).default({}), flagged: z.boolean().default(false) })).min(1),
})

export const toxicity = check({
  id: 'toxicity',
  title: 'Hate, threats, self-harm and sexual content, by a model',
  catches:
    'What the model behind `url` finds. It is asked as the moderation API of OpenAI is, so that this or a classifier of your own can answer.',
  misses: 'What that model misses. Without `url` nobody looks, and the verdict says so; a list of words is no detector of hate.',
  cost: 'network',
  stages: ['before', 'during', 'after', 'log'],
  action: 'block',
  version: 1,
  params: z.strictObject({
    url: z.url().optional().meta({ description: 'An endpoint that answers as `POST /v1/moderations` does.' }),
    model: z.string().max(200).optional(),
    headers: z.record(z.string(), z.string()).default({}),
    threshold: z.number().min(0).max(1).default(0.5),
    thresholds: z
      .record(z.string(), z.number().min(0).max(1))
      .default({})
      .meta({ description: 'By category, such as {"self-harm": 0.3}.' }),
  }),
  prepare({ url, model, headers, threshold, thresholds }) {
    return {
      async run({ text }, { fetch, signal }) {
        if (url === undefined) return { notChecked: 'No model is set: say where one answers, in `url`.' }
        if (!fetch) return { notChecked: 'The network is not reached from here.' }
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ input: text, ...(model === undefined ? {} : { model }) }),
          ...(signal ? { signal } : {}),
        })
        if (!answer.ok) return { notChecked: `The model answered with status ${answer.status}.` }
        const read = Answer.safeParse(await answer.json())
        if (!read.success) return { notChecked: 'The model did not answer as a moderation API does.' }
        return Object.entries(read.data.results[0]?.category_scores ?? {})
          .filter(([category, score]) => score >= (thresholds[category] ?? threshold))
          .map(
            ([category, score]): Found => ({
              ...{ type: category.toUpperCase().replace(/[^A-Z0-9]+/g, '_'), start: 0, end: text.length },
              ...{ score: Math.min(1, score), reason: `the model finds ${category}` },
            }),
          )
      },
    }
  },
})
