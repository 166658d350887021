import { Dashboard } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { arrange, heightOf } from './grid.ts'
import { TEMPLATES } from './templates.ts'

test.each(TEMPLATES)('the template $id is a dashboard without holes', ({ dashboard }) => {
  const { data, error } = Dashboard.safeParse(dashboard)
  expect(error?.issues).toBeUndefined()
  const placed = arrange(data?.panels ?? [])
  const cells = placed.reduce((sum, { w, h }) => sum + w * h, 0)
  expect(cells).toBe(heightOf(placed) * 12)
})
