import type { EmbeddingCall } from './embedding-call.ts'

/** An answer of OpenAI's embeddings. `base64` is of 32-bit floats, little-endian; `tokens` are those of all texts. */
export function encodeEmbeddings(
  vectors: readonly number[][],
  { encoding, model, tokens }: { encoding: EmbeddingCall['encoding']; model: string; tokens: number },
): Record<string, unknown> {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}
