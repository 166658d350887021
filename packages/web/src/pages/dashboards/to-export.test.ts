import { Dashboard } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { TEMPLATES } from './templates.ts'
import { toExport } from './to-export.ts'

test.each(TEMPLATES)('what is exported of $id is the same when it is imported', ({ dashboard }) => {
  const whole = Dashboard.parse(dashboard)
  expect((JSON.parse(toExport(whole)) as unknown[]).map((one) => Dashboard.parse(one))).toEqual([whole])
})

test('an empty one, with all that it can have', () => {
  const whole = Dashboard.parse({
    name: 'A "quoted" name',
    range: '7d',
    filters: [{ field: 'status', op: 'in', value: ['a', 'b'] }],
    variables: [{ name: 'm', field: 'model' }],
  })
  expect((JSON.parse(toExport(whole)) as unknown[]).map((one) => Dashboard.parse(one))).toEqual([whole])
})
