import { describe, expect, it } from 'vitest'
import { withMeasurement } from '../bench/lib/measurements.ts'

const [BEGIN, END] = ['<!-- figures: written by a run, replaced by the next -->', '<!-- end of figures -->']
const page = (soak: string) => `# Measurements\n\nBy hand.\n\n## Gateway\n\nOf the gateway.\n\n${soak}## Store\n\nOf the store.\n`
const marked = (figures: string) => `${BEGIN}\n\n${figures}\n\n${END}`
const soak = { title: 'Soak', text: 'new' }

describe('figures that a run writes', () => {
  it('replace those of the run before, and nothing that was written by hand around them', () =>
    expect(withMeasurement(page(`## Soak\n\nWhy.\n\n${marked('old\n\n| a |')}\n\nWhat it taught.\n\n`), soak)).toBe(
      page(`## Soak\n\nWhy.\n\n${marked('new')}\n\nWhat it taught.\n\n`),
    ))

  it('stand above what a section without marks has, of which nothing is lost', () =>
    expect(withMeasurement(page('## Soak\n\n| old |\n\nWhat it taught.\n\n'), soak)).toBe(
      page(`## Soak\n\n${marked('new')}\n\n| old |\n\nWhat it taught.\n\n`),
    ))

  it('come at the end of a page that has no such section, also where another title begins the same', () =>
    expect(withMeasurement(page('## Soak: longer\n\nOf another.\n\n'), soak)).toBe(
      `${page('## Soak: longer\n\nOf another.\n\n')}\n## Soak\n\n${marked('new')}\n`,
    ))

  it('change nothing when they are written twice', () => {
    const once = withMeasurement(page('## Soak\n\n'), soak)
    expect(withMeasurement(once, soak)).toBe(once)
  })
})
