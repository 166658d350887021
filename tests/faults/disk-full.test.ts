import { afterAll, expect, test } from 'vitest'
import { diskFull } from './disk-full.ts'
import { mountSmallDisk } from './small-disk.ts'
import { startWorld } from './world.ts'

/** Needs the right to mount; how the journal itself takes a full disk is tested beside it, without. */
const disk = mountSmallDisk(400)
afterAll(() => disk?.unmount())

test.skipIf(!disk)(
  'a full disk refuses what is new with 503, loses nothing that was acknowledged, and recovers when there is room',
  async () => {
    if (!disk) return
    await using world = await startWorld({ data: disk.folder })
    const found = await diskFull(world, disk, 'disk-full')
    expect(found.refusal).toEqual({ status: 503, code: 'disk_full', retryAfter: '5', contentType: 'application/json' })
    expect(Object.keys(found.statuses).filter((status) => status !== '200' && status !== '503')).toEqual([])
    expect(found.problems.slice(0, 10)).toEqual([])
    expect(found.acknowledged).toBeGreaterThan(0)
  },
)
