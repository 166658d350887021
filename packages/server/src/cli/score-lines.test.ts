import { describe, expect, it } from 'vitest'
import { scoreLines } from './score-lines.ts'

async function linesOf(chunks: string[], longest?: number): Promise<unknown[]> {
  const read: unknown[] = []
  for await (const line of scoreLines(
    (async function* () {
      yield* chunks
    })(),
    longest,
  ))
    read.push(line)
  return read
}

describe('rows on standard input', () => {
  it('are read however they come in pieces, with blank lines and a byte order mark', async () => {
    expect(await linesOf(['\ufeff{"output":', '"a"}\r\n\n', '{"id":7,"output":null}'])).toEqual([
      { line: 1, row: { output: 'a' } },
      { line: 3, row: { id: 7, output: null } },
    ])
  })

  it('are told in their place where they are none, and the others are read', async () => {
    const read = await linesOf(['{"output":1}\n{"output"\n[]\n{"id":1}\n{"output":1,"references":"a"}\n{"output":2}\n'])
    expect(read).toEqual([
      { line: 1, row: { output: 1 } },
      { line: 2, reason: 'Line 2 is not JSON.' },
      { line: 3, reason: 'Line 3 is not a JSON object.' },
      { line: 4, reason: 'Line 4 has no output.' },
      { line: 5, reason: expect.stringMatching(/^Line 5 is no row: .*references/) },
      { line: 6, row: { output: 2 } },
    ])
  })

  it('are let go where one is too long to be kept', async () => {
    const read = await linesOf(['{"output":"', 'x'.repeat(50), 'y'.repeat(50), '"}\n{"output":3}\n'], 40)
    expect(read).toEqual([
      { line: 1, reason: 'Line 1 is longer than 40 characters.' },
      { line: 2, row: { output: 3 } },
    ])
  })
})
