import { randomOf } from '../../statistics/means.ts'

/** All numbers below `count` in an order that the seed decides: an outage in the middle of a run hits no part of the dataset alone. */
export function shuffled(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  const random = randomOf(seed)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = kept
  }
  return order
}
