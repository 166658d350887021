import { type Ask, askOf, IMAGE_TOKENS, Refusal } from './ask.ts'
import type { Dialect, Incoming } from './dialect.ts'
import { hear } from './hear.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { bodyWithModel, now, wholeNumber } from './values.ts'

/** OpenAI image generation: always the same picture of one pixel. Each costs IMAGE_TOKENS of output. */
export const images: Dialect = {
  name: 'images',
  path: '/v1/images/generations',
  decode,
  whole: (ask, { text, usage: { input, output, own } }) => {
    const picture = ask.body.response_format === 'url' ? { url: `data:image/png;base64,${PNG}` } : { b64_json: PNG }
    const data = Array.from({ length: ask.choices }, () => ({ ...picture, revised_prompt: text }))
    const usage = own && {
      usage: {
        input_tokens: input,
        input_tokens_details: { image_tokens: 0, text_tokens: input },
        output_tokens: output,
        output_tokens_details: { image_tokens: output, text_tokens: 0 },
        total_tokens: input + output,
        ...own,
      },
    }
    return JSON.stringify({ created: now(), data, background: 'opaque', output_format: 'png', quality: 'low', size: '1024x1024', ...usage })
  },
  error: openaiErrorBody,
}

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

function decode(request: Incoming): Ask {
  const body = bodyWithModel(request.json())
  if (typeof body.prompt !== 'string' || body.prompt === '') throw new Refusal(400, "'prompt' must be a text.", { param: 'prompt' })
  if (body.stream === true) throw new Refusal(400, 'The simulator does not stream images: leave out `stream`.', { param: 'stream' })
  const count = wholeNumber(body.n, 'n', { least: 1, most: 10 }) ?? 1
  const heard = hear([{ by: 'user', text: body.prompt }])
  return askOf({ body, model: body.model, ...heard, choices: count, outputTokens: count * IMAGE_TOKENS })
}
