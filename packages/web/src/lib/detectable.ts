/** Of a normal distribution: 95 % two-sided, and 80 % power. */
const [SURE, POWER] = [1.959964, 0.841621]

/**
 * The smallest difference of two shares that so many rows, each asked of both sides, show in four runs of five: of n ≥ (1.96 √d +
 * 0.84 √(d − δ²))² / δ², where `discordant` (d) of the rows come out differently. The other way round than `rowsFor`.
 */
export function detectableDifference(rows: number, discordant: number): number {
  if (rows < 1) return 1
  let [low, high] = [0, Math.sqrt(discordant)]
  // With too few rows not even a difference of all that can differ would show.
  if (rowsFor(high, discordant) > rows) return 1
  for (let turn = 0; turn < 50; turn++) {
    const middle = (low + high) / 2
    if (rowsFor(middle, discordant) > rows) low = middle
    else high = middle
  }
  return high
}

/** How many rows show such a difference. */
export const rowsFor = (difference: number, discordant: number): number =>
  Math.ceil((SURE * Math.sqrt(discordant) + POWER * Math.sqrt(Math.max(0, discordant - difference ** 2))) ** 2 / difference ** 2)
