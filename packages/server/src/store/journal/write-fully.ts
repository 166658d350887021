export type Write = (fd: number, pieces: readonly Uint8Array[]) => number

/** `writev` may stop short; goes on until all is written. More pieces than the kernel takes at once go in turns. */
export function writeFully(write: Write, fd: number, pieces: Uint8Array[]): number {
  let total = 0
  for (let from = 0; from < pieces.length; from += 512) {
    let rest: Uint8Array[] = pieces.slice(from, from + 512)
    while (rest.length > 0) {
      let written = write(fd, rest)
      if (written === 0 && rest.some((piece) => piece.length > 0))
        throw Object.assign(new Error('nothing could be written'), { code: 'ENOSPC' })
      total += written
      while (rest[0] && written >= rest[0].length) {
        written -= rest[0].length
        rest = rest.slice(1)
      }
      if (rest[0] && written > 0) rest = [rest[0].subarray(written), ...rest.slice(1)]
    }
  }
  return total
}
