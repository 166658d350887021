/** About `wanted` round numbers that cover a stretch: 0, 20, 40, … One value alone gets some room around it. */
export function niceTicks(from: number, to: number, wanted = 5): number[] {
  const [low, high] =
    from === to ? [from - (Math.abs(from) || 1) / 2, to + (Math.abs(to) || 1) / 2] : [Math.min(from, to), Math.max(from, to)]
  const raw = (high - low) / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10) * power
  const first = Math.floor(low / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  // Through a number of few digits: 3 * 0.1 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)))
}
