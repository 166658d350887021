import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { PROGRAM } from './signalbox.ts'

/** Runs the command line as a person would, with nothing of a server in its environment. */
async function signalbox(args: string[], input?: string): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(process.execPath, [...PROGRAM, ...args], { env: { PATH: process.env.PATH ?? '' }, stdio: 'pipe' })
  child.stdin.end(input)
  const [out, error, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ])
  return { code, out, error }
}

describe('signalbox stats and agreement, without a server', () => {
  it('answer in JSON', async () => {
    const [mcnemar, kappa] = await Promise.all([
      signalbox(['stats', 'mcnemar'], '{"b":1,"c":9}'),
      signalbox(['agreement', 'cohen', '--json'], '{"ratings":[["yes","yes"],["no","no"],["yes","no"],["no","no"]]}'),
    ])
    expect(mcnemar).toMatchObject({ code: 0, error: '' })
    expect(JSON.parse(mcnemar.out)).toEqual({ statistic: 1, pValue: expect.closeTo(0.021484375, 12), method: 'exact' })
    expect(JSON.parse(kappa.out)).toMatchObject({ statistic: 0.5, agreement: 0.75, n: 4 })
  })

  it('list all of them with the schema of what each takes', async () => {
    const { out } = await signalbox(['stats', '--list'])
    const listed = JSON.parse(out) as { id: string; input: { properties: object } }[]
    expect(listed.map(({ id }) => id)).toEqual([
      ...['mcnemar', 'wilcoxon', 'mann-whitney', 'binomial', 'wilson', 'clopper-pearson', 'paired-t', 'permutation', 'bootstrap'],
      ...['cochran-q', 'kendall', 'spearman', 'holm', 'bh', 'bonferroni', 'power', 'clustered-se'],
      ...['sequential', 'sample-ratio', 'canary', 'canary-time'],
    ])
    expect(listed[0]?.input.properties).toHaveProperty('b')
  })

  it('run the examples of the guide', async () => {
    const guide = readFileSync(new URL('../docs/guide/statistics.md', import.meta.url), 'utf8')
    const examples = [...guide.matchAll(/^echo '(.*)' \| npx signalbox (.*)$/gm)]
    expect(examples.length).toBeGreaterThan(1)
    for (const [, input, args = ''] of examples) {
      const { code, out } = await signalbox(args.split(' '), input)
      expect({ code, answer: Object.keys(JSON.parse(out) as object) }).toEqual({ code: 0, answer: expect.arrayContaining(['statistic']) })
    }
  })

  it.each([
    [['stats', 'mcnemar'], '{"b":-1,"c":2}', 'b'],
    [['stats', 'nothing'], '{}', 'There is no test "nothing"'],
    [['stats', 'wilson'], 'no json', 'Standard input is not JSON'],
    [['agreement', 'fleiss'], '{"ratings":[["a","b"],["a"]]}', 'same number of ratings'],
  ])('%j says what is wrong and ends with 2', async (args, input, words) => {
    const { code, error } = await signalbox(args, input)
    expect(code).toBe(2)
    expect(error).toContain(words)
  })
})
