import type { BatchFrame } from './decode-batch.ts'

/** About what is decoded in the time that the store takes to insert as much: then each waits least for the other. */
const GROUP_BYTES = 4 << 20

/** Divides the frames of a batch, in order, into groups of about 4 MB. The same frames always give the same groups. */
export function groupsOf(frames: readonly BatchFrame[], groupBytes = GROUP_BYTES): BatchFrame[][] {
  const groups: BatchFrame[][] = []
  let bytes = groupBytes
  for (const frame of frames) {
    if (bytes >= groupBytes) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(frame)
    bytes += frame.body.length + frame.header.length
  }
  return groups
}
