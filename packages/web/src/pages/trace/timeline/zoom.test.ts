import { expect, it } from 'vitest'
import { around, moved, ticks, zoomed } from './zoom.ts'

it('zooms around the pointer and never beyond the trace', () => {
  expect(zoomed({ from: 0, to: 1000 }, 0.5, 250, 1000)).toEqual({ from: 125, to: 625 })
  expect(zoomed({ from: 125, to: 625 }, 10, 250, 1000)).toEqual({ from: 0, to: 1000 })
  expect(zoomed({ from: 0, to: 100 }, 0.0001, 0, 1000)).toEqual({ from: 0, to: 20 })
})

it('moves until it meets an end', () => {
  expect(moved({ from: 0, to: 100 }, 0.5, 1000)).toEqual({ from: 50, to: 150 })
  expect(moved({ from: 0, to: 100 }, -1, 1000)).toEqual({ from: 0, to: 100 })
  expect(moved({ from: 850, to: 950 }, 1, 1000)).toEqual({ from: 900, to: 1000 })
})

it('shows one span with room around it', () => {
  expect(around(400, 600, 1000)).toEqual({ from: 370, to: 630 })
  expect(around(0, 1000, 1000)).toEqual({ from: 0, to: 1000 })
})

it('marks round times', () => {
  expect(ticks({ from: 0, to: 1000 }, 5)).toEqual([0, 200, 400, 600, 800, 1000])
  expect(ticks({ from: 130, to: 270 }, 3)).toEqual([150, 200, 250])
})
