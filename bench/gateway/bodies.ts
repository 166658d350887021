import { english } from '../store/english.ts'
import { random } from '../store/random.ts'

/** A request of about 1.2 KB: what an app with a system prompt and one question sends. */
export function requestBody(model: string, stream: boolean): Buffer {
  const chance = random(7)
  return Buffer.from(
    JSON.stringify({
      model,
      messages: [
        { role: 'system', content: english(620, chance) },
        // The number is another one in each request where none may be like another.
        { role: 'user', content: `Case 000000000000: ${english(400, chance)}` },
      ],
      temperature: 0.2,
      max_tokens: 256,
      user: 'bench',
      ...(stream && { stream: true }),
    }),
  )
}

const usage = {
  prompt_tokens: 243,
  completion_tokens: 118,
  total_tokens: 361,
  prompt_tokens_details: { cached_tokens: 128, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
}
const head = {
  id: 'chatcmpl-9fYq2b7mVJq8QvGk1rXw3',
  created: 1_790_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  system_fingerprint: 'fp_a1b2c3d4e5',
}

/** About 1.1 KB, with the usage of a real answer. */
export const WHOLE_ANSWER = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: english(520, random(8)), refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage,
    service_tier: 'default',
  }),
)

/** The events of a stream: a few words in each, the last one says that it is finished. */
export function streamEvents(chunks: number): Buffer[] {
  const chance = random(9)
  return Array.from({ length: chunks }, (_, index) => {
    const last = index === chunks - 1
    const delta = last ? {} : { ...(index === 0 && { role: 'assistant' }), content: `${english(12, chance)} ` }
    return event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: last ? 'stop' : null }] })
  })
}

export const USAGE_EVENT = event({ choices: [], usage })

function event(rest: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', service_tier: 'default', ...rest })}\n\n`)
}
