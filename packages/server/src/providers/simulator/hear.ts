import { type Ask, characters, IMAGE_TOKENS, tokensOf } from './ask.ts'

/** One thing that was said in a conversation. `media` counts images, sounds and files. */
export type Said = { by: 'user' | 'tool' | 'other'; text: string; images?: number; media?: number }

/** What the simulator makes of a conversation: the last words of the user, results of tools after them, and its size in tokens. */
export function hear(said: readonly Said[]): Pick<Ask, 'text' | 'toolResults' | 'inputTokens' | 'images'> {
  const heard = { text: '', toolResults: [] as string[], images: 0 }
  let size = 0
  let media = 0
  for (const { by, text, ...attached } of said) {
    size += characters(text)
    media += attached.media ?? 0
    heard.images += attached.images ?? 0
    if (by === 'user') {
      heard.text = text
      heard.toolResults = []
    } else if (by === 'tool') heard.toolResults.push(text)
  }
  return { ...heard, inputTokens: tokensOf(size) + media * IMAGE_TOKENS }
}
