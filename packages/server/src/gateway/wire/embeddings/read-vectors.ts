import { listOf } from '../untyped.ts'

/** A list of vectors; undefined where it is not one of lists of numbers. */
export function readVectors(value: unknown): number[][] | undefined {
  const vectors = listOf(value)
  return vectors.length > 0 && vectors.every(isVector) ? vectors : undefined
}

const isVector = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number')
