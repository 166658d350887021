import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { PROGRAM } from './signalbox.ts'

/** Runs the command line as a person would, with nothing of a server in its environment. */
async function score(args: string[], input = ''): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(process.execPath, [...PROGRAM, 'score', ...args], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: 'pipe',
  })
  child.stdin.on('error', () => {}) // a program that refuses its arguments does not read
  child.stdin.end(input)
  const [out, error, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ])
  return { code, out, error }
}
const rows = (...all: object[]) => all.map((row) => JSON.stringify(row)).join('\n')
const answers = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('signalbox score, without a server', () => {
  it('answers row by row and tells the rows that are none', async () => {
    const { code, out, error } = await score(
      ['--evaluator', 'bleu'],
      `${rows({ id: 'a', output: 'The cat sat on the mat.', references: ['The cat sat on the mat.'] })}\nno row\n${rows({ output: 'x' })}\n`,
    )
    expect({ code, error }).toEqual({ code: 1, error: '' })
    expect(answers(out)).toMatchObject([
      { id: 'a', status: 'scored', score: expect.closeTo(100, 6), signature: 'BLEU|nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp' },
      { id: 2, line: 2, status: 'error', score: null },
      { id: 3, status: 'na', score: null, reason: 'The row has no expected.' },
    ])
  })

  it('gives one answer for a corpus', async () => {
    const { code, out } = await score(
      ['--evaluator', 'rouge', '--corpus', '--params', '{"rouge_type":"rouge1","use_stemmer":true}'],
      rows({ output: 'trains stopped', expected: 'the train stops' }, { output: 'green light', expected: 'green light' }),
    )
    expect(code).toBe(0)
    expect(answers(out)).toMatchObject([{ id: 'corpus', status: 'scored', score: expect.closeTo(0.9, 6), sub: { n: 2 } }])
  })

  it('lists all evaluators with the schema of their parameters', async () => {
    const { out } = await score(['--list'])
    const listed = JSON.parse(out) as { id: string; params: { properties: object } }[]
    const ids = listed.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['equals', 'bleu', 'rouge', 'chrf', 'ter', 'meteor', 'levenshtein']))
    expect(listed.find(({ id }) => id === 'bleu')?.params.properties).toHaveProperty('smooth_method')
  })

  it('runs the examples of the guide, which names every evaluator', async () => {
    const guide = readFileSync(new URL('../docs/guide/metrics.md', import.meta.url), 'utf8')
    const examples = [...guide.matchAll(/^echo '(.*)' \| npx signalbox score --evaluator (\S+)(?: --params '(.*)')?( --corpus)?$/gm)]
    expect(examples.length).toBeGreaterThan(4)
    const scores: Record<string, number> = {}
    for (const [, input, id = '', params, corpus] of examples) {
      const { code, out } = await score(
        ['--evaluator', id, ...(params ? ['--params', params] : []), ...(corpus ? ['--corpus'] : [])],
        input,
      )
      const [answer] = answers(out)
      expect({ id, code, status: answer.status }).toEqual({ id, code: 0, status: 'scored' })
      scores[id] = answer.score
    }
    expect(scores).toMatchObject({ groundedness: 0, code: 1, rouge: expect.closeTo(0.8, 6) })
    const listed = JSON.parse((await score(['--list'])).out) as { id: string }[]
    const unnamed = listed.filter(({ id }) => !guide.includes(`\`${id}\``) && !id.startsWith('icontains'))
    expect(unnamed).toEqual([])
  })

  it.each([
    [['--evaluator', 'nothing'], 'There is no evaluator "nothing"'],
    [['--evaluator', 'bleu', '--params', '{"tokenizer":"13a"}'], 'tokenizer'],
    [['--evaluator', 'bleu', '--params', '{'], '--params is not JSON'],
    [[], 'Which evaluator?'],
  ])('%j ends with 2 and says why', async (args, words) => {
    const { code, error } = await score(args)
    expect(code).toBe(2)
    expect(error).toContain(words)
  })
})
