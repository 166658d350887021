import { expect, it } from 'vitest'
import { type Dot, frontier } from './scatter.tsx'

const dot = (name: string, x: number, y: number): Dot => ({
  key: name,
  name,
  x,
  y,
  low: null,
  high: null,
  colour: 'mark-1',
  isBaseline: false,
})

it('names the dots that no other one beats, from the cheapest on', () => {
  const dots = [
    dot('dear and good', 9, 0.9),
    dot('dear and bad', 8, 0.5),
    dot('cheap', 1, 0.6),
    dot('as cheap, worse', 1, 0.4),
    dot('middle', 4, 0.8),
  ]
  expect([...frontier(dots)].map(({ name }) => name)).toEqual(['cheap', 'middle', 'dear and good'])
})
