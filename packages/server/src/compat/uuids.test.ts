import { expect, test } from 'vitest'
import { spanIdOfUuid, uuidForName, uuidOf, windowOfUuid } from './uuids.ts'

test('ids go out as UUIDs and come back', () => {
  for (const id of ['01a1fe691d937000800001f56d161f58', 'b7ad6b7169203331']) {
    expect(uuidOf(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(spanIdOfUuid(uuidOf(id))).toBe(id)
  }
  for (const not of ['', 'x', "'; --"]) expect(spanIdOfUuid(not)).toBeUndefined()
})

test('a name has one UUID, in a project of its own', () => {
  expect(uuidForName('langsmith', 'p1', 'a')).toBe(uuidForName('langsmith', 'p1', 'a'))
  expect(new Set([uuidForName('p1', 'a'), uuidForName('p2', 'a'), uuidForName('p1', 'b')]).size).toBe(3)
  expect(uuidForName('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids of version 7 tell around when they were made', () => {
  expect(windowOfUuid('01a1fe691d937000800001f56d161f58')).toEqual({ from: '2026-11-20T14:01:04.147Z', to: '2026-11-22T14:01:04.147Z' })
  expect(windowOfUuid('01a1fe691d934000800001f56d161f58')).toBeUndefined()
  expect(windowOfUuid('b7ad6b7169203331')).toBeUndefined()
  // What a version 7 of nonsense says is no time.
  expect(windowOfUuid('ffffffffffff7000800001f56d161f58')).toBeUndefined()
})
