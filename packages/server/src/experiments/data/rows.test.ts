import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inlineRows, openRows } from './rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'rows-'))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const all = (rows: ReturnType<typeof openRows>) => Array.from({ length: rows.count }, (_, index) => rows.at(index))

describe('rows of a dataset', () => {
  it('come from JSON lines in any order, blank lines left out', () => {
    const rows = openRows(file('a.jsonl', '{"input":"é","n":1}\n\n  \n{"input":"two"}'), 'jsonl')
    expect([rows.at(1), rows.at(0)]).toEqual([{ input: 'two' }, { input: 'é', n: 1 }])
  })

  it('come from CSV with quotes, commas, line feeds and an empty last cell', () => {
    const text = '\uFEFFinput,expected,note\r\n"a, ""b""\nc",x,\r\nplain,y,z\r\n'
    expect(all(openRows(file('a.csv', text), 'csv'))).toEqual([
      { input: 'a, "b"\nc', expected: 'x', note: '' },
      { input: 'plain', expected: 'y', note: 'z' },
    ])
  })

  it('are the same dataset whatever the file looks like, and another one when a value changes', () => {
    const one = openRows(file('b.jsonl', '{"a":"1","b":"2"}\n'), 'jsonl')
    const other = openRows(file('b.csv', 'b,a\n2,1\n'), 'csv')
    expect(other.hash).toBe(one.hash)
    expect(other.idAt(0)).toBe(one.idAt(0))
    expect(inlineRows([{ a: '1', b: '3' }], 'x').hash).not.toBe(one.hash)
  })

  it('have ids of their own, and a row that comes twice has two', () => {
    const rows = inlineRows([{ id: 'x', a: 1 }, { a: 2 }, { a: 2 }], 'x', { idOf: ({ id }) => id as string | undefined })
    expect(rows.idAt(0)).toBe('x')
    expect(rows.idAt(2)).toBe(`${rows.idAt(1)}#2`)
  })

  it.each([
    ['broken.jsonl', '{"a":1}\nnope\n', 'jsonl', /broken\.jsonl:2 is not JSON/],
    ['list.jsonl', '[1]\n', 'jsonl', /list\.jsonl:1 is not an object/],
    ['wide.csv', 'a\n1,2\n', 'csv', /record 2 has 2 cells/],
    ['open.csv', 'a\n"1\n', 'csv', /ends inside double quotes/],
    ['empty.jsonl', '\n', 'jsonl', /has no rows/],
  ] as const)('say what is wrong with %s', (name, text, format, message) => {
    expect(() => openRows(file(name, text), format)).toThrow(message)
  })

  it('are found where a line is longer than what is read at once', () => {
    const long = 'x'.repeat(700_000)
    const rows = openRows(file('long.jsonl', `{"a":"${long}"}\n{"a":"short"}\n{"a":"${long}y"}\n`), 'jsonl')
    expect(all(rows).map(({ a }) => String(a).length)).toEqual([700_000, 5, 700_001])
  })
})
