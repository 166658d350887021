import { describe, expect, test } from 'vitest'
import { arrange, heightOf, type Placed, put, step } from './grid.ts'

const at = (placed: readonly Placed[]) => Object.fromEntries(placed.map(({ id, x, y, w, h }) => [id, [x, y, w, h]]))
const six = (id: string) => ({ id, w: 6, h: 4 })
const overlap = (placed: readonly Placed[]) =>
  placed.some((a) => placed.some((b) => a.id < b.id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h))

describe('a place for every panel', () => {
  test('without one: the next that is free', () => {
    expect(at(arrange([six('a'), six('b'), { id: 'c', w: 12, h: 3 }, six('d')]))).toEqual({
      a: [0, 0, 6, 4],
      b: [6, 0, 6, 4],
      c: [0, 4, 12, 3],
      d: [0, 7, 6, 4],
    })
  })
  test('those with one keep it, and holes are filled from below', () => {
    expect(at(arrange([{ ...six('a'), x: 6, y: 9 }, six('b')]))).toEqual({ a: [6, 0, 6, 4], b: [0, 0, 6, 4] })
  })
  test('none overlaps, whatever was written', () => {
    const same = Array.from({ length: 9 }, (_, index) => ({ ...six(`p${index}`), x: (index * 5) % 7, y: index % 2 }))
    const placed = arrange(same)
    expect(overlap(placed)).toBe(false)
    expect(placed.map(({ id }) => id)).toEqual(same.map(({ id }) => id))
  })
})

describe('moving', () => {
  const placed = arrange([six('a'), six('b'), six('c')])
  test('what was there makes room', () => {
    const next = put(placed, 'c', { x: 0, y: 0 })
    expect(at(next)).toEqual({ a: [0, 4, 6, 4], b: [6, 0, 6, 4], c: [0, 0, 6, 4] })
  })
  test('never over an edge, never too small, never over another', () => {
    expect(at(put(placed, 'a', { x: -3, y: -3 })).a).toEqual([0, 0, 6, 4])
    expect(at(put(placed, 'a', { x: 40 })).a).toEqual([6, 0, 6, 4])
    expect(at(put(placed, 'b', { w: 40 })).b).toEqual([6, 0, 6, 4])
    expect(at(put(placed, 'a', { w: 0, h: 0 })).a).toEqual([0, 0, 2, 2])
    for (const [x, y, w, h] of [
      [3, 2, 8, 6],
      [5, 9, 7, 2],
    ] as const)
      expect(overlap(put(placed, 'b', { x, y, w, h }))).toBe(false)
  })
  test('by the keyboard down past the next one, and back', () => {
    const down = step(placed, 'a', 'ArrowDown', false)
    expect(at(down)).toEqual({ a: [0, 4, 6, 4], b: [6, 0, 6, 4], c: [0, 0, 6, 4] })
    expect(at(step(down, 'a', 'ArrowUp', false))).toEqual(at(placed))
    expect(at(step(placed, 'b', 'ArrowDown', false))).toEqual(at(placed))
    expect(at(step(placed, 'c', 'ArrowRight', false)).c).toEqual([1, 4, 6, 4])
  })
  test('by the keyboard larger and smaller', () => {
    expect(at(step(placed, 'a', 'ArrowRight', true)).a).toEqual([0, 0, 7, 4])
    expect(at(step(placed, 'a', 'ArrowUp', true)).a).toEqual([0, 0, 6, 3])
    expect(heightOf(step(placed, 'c', 'ArrowDown', true))).toBe(9)
  })
})
