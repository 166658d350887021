import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder on a file system of its own that can be filled without harm. Undefined where mounting is not allowed. */
export function mountSmallDisk(megabytes: number): { folder: string; fill(): void; free(): void; unmount(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a')
      let piece = Buffer.alloc(1 << 20)
      while (piece.length >= 4096) {
        try {
          if (writeSync(file, piece) < piece.length) piece = piece.subarray(0, piece.length >> 1)
        } catch {
          piece = piece.subarray(0, piece.length >> 1)
        }
      }
      closeSync(file)
    },
    free: () => rmSync(ballast, { force: true }),
    unmount() {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
