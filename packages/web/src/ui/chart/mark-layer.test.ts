import { describe, expect, it } from 'vitest'
import { flagLetter, flagsOf, flagText } from './mark-layer.ts'

const mark = (at: number, title = `at ${at}`) => ({ id: String(at), at, kind: 'deploy', title })

describe('marks of a chart', () => {
  it('share a flag where they would cover each other, in the order of time', () => {
    const flags = flagsOf([mark(205), mark(100), mark(200)], (at) => at, 400)
    expect(flags.map(({ left, marks }) => [left, marks.map(({ at }) => at)])).toEqual([
      [100, [100]],
      [200, [200, 205]],
    ])
    expect(flags.map(flagLetter)).toEqual(['D', '2'])
  })
  it('outside of the chart are left out', () => {
    expect(flagsOf([mark(-5), mark(401)], (at) => at, 400)).toEqual([])
  })
  it('say what happened, and how many more there are', () => {
    const marks = Array.from({ length: 9 }, (_, at) => mark(at, `release ${at}`))
    const text = flagText({ left: 0, marks })
    expect(text.split('\n')).toHaveLength(7)
    expect(text).toContain('deploy: release 0')
    expect(text).toContain('and 3 more')
  })
})
