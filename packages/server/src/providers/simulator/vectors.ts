import { createHash } from 'node:crypto'

/** How long a vector is where the client does not say it. */
export const DIMENSIONS = 256

/** A unit vector, the same for the same text in every dialect: bytes of SHA-256 of the text and a counter, scaled to length 1. */
export function vectorOf(text: string, dimensions: number): Float32Array {
  const values = new Float64Array(dimensions)
  let bytes = Buffer.alloc(0)
  for (let index = 0; index < dimensions; index++) {
    const place = index % 16
    if (place === 0)
      bytes = createHash('sha256')
        .update(`${index / 16}|${text}`)
        .digest()
    values[index] = bytes.readUInt16LE(place * 2) - 32_767.5
  }
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

/** The same as plain numbers, for several texts; `dimensions` as the client wrote it. */
export const vectorsOf = (texts: readonly string[], dimensions: unknown): number[][] =>
  texts.map((text) => [...vectorOf(text, typeof dimensions === 'number' ? dimensions : DIMENSIONS)])
