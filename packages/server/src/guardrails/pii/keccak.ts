const MASK = (1n << 64n) - 1n
const ROUNDS = 24
const RATE = 136

/** Keccak-256 as Ethereum uses it, from before its padding changed to that of SHA-3. Only for short texts: clear, not quick. */
export function keccak256(message: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 1) / RATE) * RATE)
  message.copy(padded)
  padded[message.length] = 0x01
  padded[padded.length - 1] = (padded[padded.length - 1] as number) | 0x80
  const state = new Array<bigint>(25).fill(0n)
  for (let at = 0; at < padded.length; at += RATE) {
    for (let lane = 0; lane < RATE / 8; lane++) state[lane] = (state[lane] as bigint) ^ padded.readBigUInt64LE(at + lane * 8)
    permute(state)
  }
  const out = Buffer.alloc(32)
  for (let lane = 0; lane < 4; lane++) out.writeBigUInt64LE(state[lane] as bigint, lane * 8)
  return out
}

const turn = (value: bigint, by: number): bigint => (by === 0 ? value : ((value << BigInt(by)) | (value >> BigInt(64 - by))) & MASK)

function permute(a: bigint[]): void {
  let register = 1
  for (let round = 0; round < ROUNDS; round++) {
    const columns = [0, 1, 2, 3, 4].map((x) => [0, 5, 10, 15, 20].reduce((all, y) => all ^ (a[x + y] as bigint), 0n))
    for (let x = 0; x < 5; x++) {
      const mixed = (columns[(x + 4) % 5] as bigint) ^ turn(columns[(x + 1) % 5] as bigint, 1)
      for (let y = 0; y < 25; y += 5) a[x + y] = (a[x + y] as bigint) ^ mixed
    }
    let [x, y] = [1, 0]
    let moved = a[1] as bigint
    for (let step = 0; step < 24; step++) {
      ;[x, y] = [y, (2 * x + 3 * y) % 5]
      const next = a[x + 5 * y] as bigint
      a[x + 5 * y] = turn(moved, (((step + 1) * (step + 2)) / 2) % 64)
      moved = next
    }
    for (let row = 0; row < 25; row += 5) {
      const line = a.slice(row, row + 5)
      for (let at = 0; at < 5; at++)
        a[row + at] = (line[at] as bigint) ^ (~(line[(at + 1) % 5] as bigint) & MASK & (line[(at + 2) % 5] as bigint))
    }
    for (let bit = 0; bit < 7; bit++) {
      if (register & 1) a[0] = (a[0] as bigint) ^ (1n << BigInt((1 << bit) - 1))
      register = register & 0x80 ? (register << 1) ^ 0x171 : register << 1
    }
  }
}
