import { expect, it } from 'vitest'
import type { EvaluatorEnv, JudgeRequest } from '../../evaluators/evaluator.ts'
import type { Asked } from './asked.ts'
import { MODELS, modelName } from './models.ts'

const asked = (type: string, env: EvaluatorEnv): Asked => ({
  ...{ output: 'Pune is a city.', text: 'Pune is a city.', value: 'Pune is a city.', threshold: undefined, env },
  assertion: { type, provider: 'openai:chat:gpt-4o' },
  row: { output: 'Pune is a city.' },
  vars: { query: 'What is Pune?', context: 'Pune is a city in India.' },
  test: { vars: {}, assert: [], options: {} },
})

it.each(Object.keys(MODELS).filter((type) => !/^similar|^webhook|^bleu|^rouge|^meteor/.test(type)))(
  'lets the judge of the assertion decide %s, and takes what it cannot read for an error and not for a pass',
  async (type) => {
    const requests: JudgeRequest[] = []
    const complete = async (request: JudgeRequest) => {
      requests.push(request)
      return { text: 'I would rather not say.' }
    }
    const outcome = await MODELS[type]?.(asked(type, { complete, embed: async (texts) => texts.map(() => [1, 0]) }))
    expect(outcome).toMatchObject({ status: 'error' })
    expect(requests.length).toBeGreaterThan(0)
    expect(requests.every(({ model }) => model === 'openai/gpt-4o')).toBe(true)
  },
)

it.each(['bleu', 'rouge-n', 'meteor'])('scores %s on the scale of promptfoo', async (type) => {
  expect(await MODELS[type]?.(asked(type, {}))).toMatchObject({ status: 'scored', score: expect.closeTo(1, 1), pass: true })
})

it('calls models as this program does', () => {
  expect(['openai:chat:gpt-4o', 'openai:gpt-4o', 'anthropic:messages:claude-x', 'simulator/echo'].map(modelName)).toEqual([
    'openai/gpt-4o',
    'openai/gpt-4o',
    'anthropic/claude-x',
    'simulator/echo',
  ])
})
