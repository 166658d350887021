export type TokenLogprob = { token: string; logprob: number; bytes: number[] }

/** Made-up probabilities of a text, the same ones each time: a token is up to four code points, as in the token rule. */
export function logprobsOf(text: string, top: number): (TokenLogprob & { top_logprobs: TokenLogprob[] })[] {
  return (text.match(/.{1,4}/gsu) ?? []).map((token) => {
    const logprob = -(hash(token) % 1000) / 1000
    const others = Array.from({ length: Math.max(0, top - 1) }, (_, rank) => entry(`${token}${rank + 1}`, logprob - rank - 1))
    return { ...entry(token, logprob), top_logprobs: top > 0 ? [entry(token, logprob), ...others] : [] }
  })
}

const entry = (token: string, logprob: number): TokenLogprob => ({ token, logprob, bytes: [...Buffer.from(token)] })

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
