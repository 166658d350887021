import { describe, expect, it } from 'vitest'
import { foldRows, lineDiff } from './line-diff.ts'

const side = (line: { number: number; pieces: { type: string; text: string }[] } | null) =>
  line ? `${line.number} ${line.pieces.map(({ type, text }) => (type === 'same' ? text : `[${text}]`)).join('')}` : '-'
const seen = (before: string, after: string) => lineDiff(before, after).map(({ left, right }) => `${side(left)} | ${side(right)}`)

describe('two texts side by side', () => {
  it('pairs the lines that were changed and marks the words inside', () => {
    expect(seen('You are kind.\nBe brief.\nBye', 'You are strict.\nBe brief.\nBye')).toEqual([
      '1 You are [kind]. | 1 You are [strict].',
      '2 Be brief. | 2 Be brief.',
      '3 Bye | 3 Bye',
    ])
  })
  it('leaves one side empty where a line came or went', () => {
    expect(seen('a\nb', 'a\nnew\nb')).toEqual(['1 a | 1 a', '- | 2 [new]', '2 b | 3 b'])
    expect(seen('a\nold\nb', 'a\nb')).toEqual(['1 a | 1 a', '2 [old] | -', '3 b | 2 b'])
  })
  it('knows no line in an empty text, and one in an empty line', () => {
    expect(seen('', 'a')).toEqual(['- | 1 [a]'])
    expect(seen('', '')).toEqual([])
    expect(seen('a\n', 'a')).toEqual(['1 a | 1 a', '2 [] | -'])
  })
  it('reads line ends of every system as the same', () => expect(seen('a\r\nb', 'a\nb')).toEqual(['1 a | 1 a', '2 b | 2 b']))

  it('folds what is far from every change', () => {
    const text = Array.from({ length: 30 }, (_, at) => `line ${at}`)
    const changed = text.with(15, 'other')
    const groups = foldRows(lineDiff(text.join('\n'), changed.join('\n')))
    expect(groups.map(({ rows, folded }) => `${folded ? 'folded' : 'shown'} ${rows.length}`)).toEqual(['folded 12', 'shown 7', 'folded 11'])
    expect(groups.flatMap(({ rows }) => rows)).toHaveLength(30)
  })
  it('folds no single line between two changes', () => {
    const text = Array.from({ length: 9 }, (_, at) => `line ${at}`)
    const groups = foldRows(lineDiff(text.join('\n'), text.with(0, 'x').with(8, 'y').join('\n')))
    expect(groups.map(({ folded }) => folded)).toEqual([false])
  })
})
