import { expect, it } from 'vitest'
import { toCsv } from './csv.ts'

it('quotes what needs it and leaves unknown cells empty', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['x,y', 'say "hi"'],
        [null, -1.5],
      ],
    ),
  ).toBe('a,b\r\n"x,y","say ""hi"""\r\n,-1.5\r\n')
})
it('never writes a formula that came from data', () => {
  expect(toCsv(['a'], [['=cmd()']])).toBe("a\r\n'=cmd()\r\n")
})
