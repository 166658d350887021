import type { ClientFeatures, Feature } from './feature.ts'

const parameter = (name: string, value: unknown, mark = String(value)): Feature => ({
  what: `\`${name}\``,
  request: { [name]: value },
  mark,
})

/** OpenAI's older completions: a text in, a text out. */
export const completionsFeatures: ClientFeatures = {
  smallest: { model: 'm', prompt: 'Hello' },
  features: [
    parameter('prompt', 'Once upon a time'),
    parameter('max_tokens', 77),
    parameter('temperature', 0.3125),
    parameter('top_p', 0.3125),
    parameter('stop', ['###'], '###'),
    parameter('seed', 4711),
    parameter('presence_penalty', 0.3125),
    parameter('frequency_penalty', -0.3125),
    parameter('n', 2, '":2'),
    parameter('logprobs', 3, '":3'),
    parameter('logit_bias', { 50256: -100 }, '50256'),
    parameter('user', 'user-1'),
    parameter('suffix', 'The end', 'The end'),
    parameter('echo', true, '"echo":true'),
    parameter('best_of', 4, '":4'),
  ],
}
