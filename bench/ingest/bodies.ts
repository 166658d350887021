import { type BodySpan, type OtlpBody, otlpBody } from '../lib/otlp-body.ts'
import { english } from '../store/english.ts'
import { type Random, random } from '../store/random.ts'

/** Of each span, all attributes together. */
const TEXT_BYTES = 2000
const SPANS_PER_TRACE = 10
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'llama-3.3-70b']

/** Different bodies of so many spans each, ready to send; together they hold `texts` spans of varied English. */
export function makeBodies(spansPerBody: number, texts: number): OtlpBody[] {
  const chance = random(11)
  return Array.from({ length: Math.ceil(texts / spansPerBody) }, () => {
    const traces: BodySpan[][] = []
    for (let rest = spansPerBody; rest > 0; rest -= SPANS_PER_TRACE) traces.push(traceOf(Math.min(rest, SPANS_PER_TRACE), chance))
    return otlpBody('bench', traces)
  })
}

function traceOf(spans: number, chance: Random): BodySpan[] {
  const user = `user-${chance.below(5000)}`
  return Array.from({ length: spans }, (_, index) => {
    const generation = index % 3 === 1 || spans === 1
    const question = english(TEXT_BYTES * 0.6 + chance.below(200), chance)
    const answer = english(TEXT_BYTES * 0.3 + chance.below(200), chance)
    const model = MODELS[chance.below(MODELS.length)] ?? 'gpt-4o'
    return {
      name: generation ? `chat ${model}` : `step ${chance.below(12)}`,
      parent: index === 0 ? -1 : 0,
      startMs: -900 + index * 80,
      durationMs: 20 + chance.below(60),
      attributes: {
        'user.id': user,
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: answer }], finish_reason: 'stop' },
        ]),
        ...(generation && {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': model,
          'gen_ai.usage.input_tokens': Math.round(question.length / 4),
          'gen_ai.usage.output_tokens': Math.round(answer.length / 4),
        }),
      },
    }
  })
}
