import { createClient } from '@signalbox/sdk'
import { TERMS } from './golden-prompt.ts'
import { CASES, sourceOf } from './grounded-answers.ts'

type Server = { url: string; key: string }
type Client = ReturnType<typeof createClient>

export const GOLDEN = { dataset: 'golden/definitions', experiment: 'golden prompt' }
export const GROUNDED = { dataset: 'support/grounded-answers', experiment: 'grounded answers' }

/**
 * Two checks of what an application answers, each before and after a change that sounded good: a golden prompt must mention what it always
 * mentioned, and an answer must keep to its sources. The answers are those of an application and are sent as such; what they are worth is
 * worked out by the server. What the project has already stays as it is.
 */
export async function makeWorkedCases({ url, key }: Server): Promise<void> {
  const client = createClient({ baseUrl: url, apiKey: key })
  const known = new Set((await client.datasets.list({ limit: 500 })).datasets.map(({ name }) => name))
  if (!known.has(GOLDEN.dataset)) await goldenPrompt(client)
  if (!known.has(GROUNDED.dataset)) await groundedAnswers(client)
}

async function goldenPrompt(client: Client): Promise<void> {
  const name = GOLDEN.dataset
  await client.datasets.create({ name, description: 'What explanations must mention, in whatever words.' })
  await client.datasets.write({
    name,
    items: TERMS.map(({ id, question, words }) => ({
      id,
      input: { question },
      expected: words.join(', '),
      split: 'test' as const,
      tags: id === 'kubernetes' ? ['critical'] : [],
    })),
  })
  const { id } = await client.experiments.create({
    name: GOLDEN.experiment,
    description: '“Explain it so that a child understands” must not lose what an explanation is there for.',
    dataset: { name, split: 'test' },
    task: { function: true },
    variants: [{ id: 'for engineers' }, { id: 'for everybody' }],
    evaluators: ['keywords'],
    gate: { vs: 'for engineers' },
  })
  await client.experiments.send({
    id,
    rows: TERMS.flatMap(({ id: itemId, full, simple }) => [
      { itemId, variant: 'for engineers', output: full, latencyMs: 900 },
      { itemId, variant: 'for everybody', output: simple, latencyMs: 700 },
    ]),
    finish: true,
  })
}

async function groundedAnswers(client: Client): Promise<void> {
  const name = GROUNDED.dataset
  await client.datasets.create({ name, description: 'Questions with the article of the knowledge base that answers them.' })
  await client.datasets.write({
    name,
    items: CASES.map((one) => ({ id: one.id, input: { question: one.question }, context: [sourceOf(one)], split: 'test' as const })),
  })
  const { id } = await client.experiments.create({
    name: GROUNDED.experiment,
    description: 'A version that wants to please promises what no article says.',
    dataset: { name, split: 'test' },
    task: { function: true },
    variants: [{ id: 'keeps to the article' }, { id: 'wants to please' }],
    evaluators: [{ id: 'groundedness', params: { threshold: 0.9 } }],
    gate: { vs: 'keeps to the article', rules: [{ metric: 'groundedness', rule: 'min', value: 0.9 }] },
  })
  await client.experiments.send({
    id,
    rows: CASES.flatMap(({ id: itemId, from, invented }) => [
      { itemId, variant: 'keeps to the article', output: from, latencyMs: 1100 },
      { itemId, variant: 'wants to please', output: invented, latencyMs: 1000 },
    ]),
    finish: true,
  })
}
