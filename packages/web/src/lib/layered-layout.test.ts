import { describe, expect, it } from 'vitest'
import { layOutLayers } from './layered-layout.ts'

const size = { width: 100, height: 40 }
const gap = { width: 20, height: 30 }
const layOut = (...arrows: string[]) => {
  const edges = arrows.map((arrow) => ({ from: arrow[0] ?? '', to: arrow[1] ?? '' }))
  const nodes = [...new Set(arrows.join(''))]
  return { ...layOutLayers({ nodes, edges, size, gap }), nodes }
}
const layer = ({ places }: ReturnType<typeof layOut>, id: string) => ((places.get(id)?.y ?? Number.NaN) - 20) / 70

describe('a layout in layers', () => {
  it('puts a box below all that lead to it', () => {
    const layout = layOut('ab', 'ac', 'bd', 'cd', 'ad')
    expect(['a', 'b', 'c', 'd'].map((id) => layer(layout, id))).toEqual([0, 1, 1, 2])
    expect(layout.height).toBe(180)
    expect(layout.lines[4]?.points).toHaveLength(1)
  })

  it('never lets boxes of a layer touch, and starts at the left edge', () => {
    const layout = layOut('ab', 'ac', 'ad', 'ae', 'be', 'cf', 'df', 'ag')
    const places = [...layout.places.values()]
    for (const one of places)
      for (const other of places)
        if (one !== other && one.y === other.y) expect(Math.abs(one.x - other.x)).toBeGreaterThanOrEqual(120 - 1e-6)
    expect(Math.min(...places.map(({ x }) => x - 50))).toBeGreaterThanOrEqual(0)
    expect(Math.max(...places.map(({ x }) => x + 50))).toBeLessThanOrEqual(layout.width + 1e-6)
  })

  it('turns arrows around that close a loop, the one to itself too', () => {
    const layout = layOut('ab', 'bc', 'ca', 'bb')
    expect(layout.lines.map(({ back }) => back)).toEqual([false, false, true, true])
    expect(['a', 'b', 'c'].map((id) => layer(layout, id))).toEqual([0, 1, 2])
  })

  it('ends where everything leads to everything', () => {
    const ids = 'abcdefghij'
    const layout = layOut(...[...ids].flatMap((from) => [...ids].map((to) => from + to)))
    expect(layout.places.size).toBe(10)
    for (const { x, y } of layout.places.values()) expect(Number.isFinite(x + y)).toBe(true)
  })

  it('is empty for nothing', () => expect(layOutLayers({ nodes: [], edges: [], size, gap })).toMatchObject({ width: 0, lines: [] }))
})
