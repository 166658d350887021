import type { Model } from '@signalbox/schema'
import { playgroundCall } from './playground-call.ts'

type Known = Pick<Model, 'name' | 'targets' | 'cache'>
const EMBEDS = /embed/i

/** What can turn texts into vectors, as far as names tell: aliases of embedding models, and what semantic caches use. */
export function embeddingModels(models: readonly Known[]): string[] {
  const aliases = models
    .filter(({ name, targets }) => EMBEDS.test(name) || targets.some(({ model }) => EMBEDS.test(model)))
    .map(({ name }) => name)
  const used = models.flatMap(({ cache }) => (cache?.embeddings ? [cache.embeddings] : []))
  return [...new Set([...aliases, ...used])]
}

type Ask = { project: string; model: string; texts: readonly [string, string]; signal: AbortSignal }
/** The cosine of the vectors of two texts: 1 is the same, 0 is nothing in common. */
export async function similarityOf({ project, model, texts, signal }: Ask): Promise<number> {
  let answer: unknown
  for await (const part of playgroundCall({
    project,
    operation: 'embeddings',
    request: { model, input: texts, encoding_format: 'float' },
    signal,
  }))
    if ('piece' in part) answer = part.piece
  const [a, b] = vectorsIn(answer)
  if (!a || !b || a.length !== b.length) throw new Error('The model did not answer with two vectors of one length.')
  return cosine(a, b)
}

/** In the order of what was asked. */
function vectorsIn(answer: unknown): readonly number[][] {
  const { data } = (answer ?? {}) as { data?: unknown }
  if (!Array.isArray(data)) return []
  return data
    .toSorted((one: { index?: number }, other: { index?: number }) => (one.index ?? 0) - (other.index ?? 0))
    .flatMap(({ embedding }: { embedding?: unknown }) => (Array.isArray(embedding) ? [embedding as number[]] : []))
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  let [product, ofA, ofB] = [0, 0, 0]
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0
    product += value * other
    ofA += value * value
    ofB += other * other
  }
  return ofA === 0 || ofB === 0 ? 0 : product / Math.sqrt(ofA * ofB)
}
