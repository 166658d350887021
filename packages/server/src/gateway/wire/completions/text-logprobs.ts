import type { Json } from '../chat/check.ts'
import type { Logprob } from '../language.ts'

/** Log probabilities as completions wrote them: lists side by side. `offset` is where the first token begins in the text. */
export function textLogprobs(tokens: readonly Logprob[], offset: number): Json {
  const offsets: number[] = []
  let at = offset
  for (const { token } of tokens) {
    offsets.push(at)
    at += token.length
  }
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => (top ? Object.fromEntries(top.map((one) => [one.token, one.logprob])) : null)),
    text_offset: offsets,
  }
}
