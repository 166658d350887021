import { expect, it } from 'vitest'
import { matrixOf } from './matrix.ts'

const cool = { name: 'cool', values: { temperature: 0 } }
const warm = { name: 'warm', values: { temperature: 1 } }

it('makes every combination, named by what tells them apart', () => {
  expect(matrixOf({ versions: [3, 4], models: ['support'], parameters: [] }).map(({ id }) => id)).toEqual(['v3', 'v4'])
  expect(matrixOf({ versions: [4], models: ['a/b', 'c'], parameters: [cool, warm] }).map(({ id }) => id)).toEqual([
    'v4 - a/b - cool',
    'v4 - a/b - warm',
    'v4 - c - cool',
    'v4 - c - warm',
  ])
  expect(matrixOf({ versions: [], models: ['a/b', 'c'], parameters: [] })).toEqual([
    { id: 'a/b', version: undefined, model: 'a/b', parameters: undefined },
    { id: 'c', version: undefined, model: 'c', parameters: undefined },
  ])
})

it('has one variant where nothing is said', () => {
  expect(matrixOf({ versions: [], models: [], parameters: [] })).toHaveLength(1)
})
