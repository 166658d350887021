import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPromptfoo } from '../../app/eval-promptfoo.ts'
import { evaluate } from '../evaluate.ts'
import { type ReportRow, reportRows } from '../report/rows.ts'
import { assertionOfText } from './tests.ts'

const FIXTURES = join(import.meta.dirname, '__fixtures__')

async function run(file: string, variables: Record<string, string> = {}) {
  const warnings: string[] = []
  const loaded = await loadPromptfoo(readFileSync(file, 'utf8'), {
    ...{ file, variables, concurrency: undefined, repeats: undefined, first: undefined },
    warn: (message) => warnings.push(message),
  })
  try {
    const { plan, limits, gate, passRate, envOf } = loaded
    const evaluated = await evaluate({
      ...{ plan, limits, gate, passRate, envOf, baseline: undefined, cache: 'on', fresh: false, retryErrors: false, version: 'test' },
      folder: mkdtempSync(join(tmpdir(), 'promptfoo-')),
      signal: new AbortController().signal,
    })
    const rows = [...reportRows(plan, evaluated.journal, evaluated.repeats)]
    const wanted = Array.from(
      { length: plan.cases.count },
      (_, index) => (plan.cases.at(index).row.metadata as Record<string, unknown>).want,
    )
    await evaluated.journal.close()
    return { ...evaluated, rows, wanted, warnings }
  } finally {
    await loaded.close()
  }
}

function written(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'promptfoo-')), 'promptfooconfig.yaml')
  writeFileSync(file, text)
  return file
}

const outcomes = ({ scores }: ReportRow) =>
  scores.map(({ status, pass, reason }) => (status === 'scored' ? Number(pass) : `${status}: ${reason}`))

describe('a configuration of promptfoo', () => {
  it('runs every deterministic assertion with its own meaning', async () => {
    const { rows, wanted } = await run(join(FIXTURES, 'deterministic.yaml'))
    expect(rows.map(outcomes)).toEqual(wanted)
  })

  it('runs prompts in files and as messages, defaults, scenarios, lists of vars, labels, weights and thresholds', async () => {
    const { rows, report } = await run(join(FIXTURES, 'features.yaml'))
    const of = (variant: string) => rows.filter((row) => row.variant === variant)
    expect(report.variants).toHaveLength(4)
    expect(of('sim / chat').map(({ output }) => output)).toEqual(['one', 'two', 'three', 'four', 'in en', 'in de'])
    expect(of(report.variants[0] ?? '').map(({ output }) => output)).toEqual(
      ['one', 'two', 'three', 'in en', 'in de'].map((q) => `Say ${q} kindly. Thanks.`),
    )
    expect(of(report.variants[1] ?? '')[0]?.output).toBe('Please: ONE one Thanks.')
    expect(JSON.parse(String(of('echo / chat')[0]?.output))).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'one' },
    ])
    expect(rows.find(({ vars }) => vars.q === 'three')).toMatchObject({ pass: true, score: 0.5 })
    expect(rows[0]?.description).toBe('asks one')
    expect(report.metrics.filter(({ metric }) => metric === 'mentions').every(({ mean }) => mean === 1)).toBe(true)
    expect(report.gate).toMatchObject({ outcome: 'pass', exitCode: 0 })
  })

  it('reads tests from CSV with the columns that mean something, and holds critical rows to passing', async () => {
    const file = written(`prompts: ['{{question}}']\nproviders: [echo]\ntests: file://${join(FIXTURES, 'cases.csv')}\n`)
    const { rows, report } = await run(file)
    expect(rows.map(outcomes)).toEqual([
      [1, 1],
      [1, 1],
      [0, 1],
    ])
    expect(rows.map(({ description }) => description)).toEqual(['first', 'second', 'third'])
    expect(report.gate).toMatchObject({ outcome: 'fail', exitCode: 10 })
    expect(report.gate.findings.map(({ name, outcome }) => `${name} ${outcome}`)).toContain('critical pass')
    expect((await run(file, { PROMPTFOO_PASS_RATE_THRESHOLD: '60' })).report.gate.exitCode).toBe(0)
  })

  it('runs a function of a Python file in a process of its own', async () => {
    const check = join(FIXTURES, 'check.py')
    const file = written(
      `prompts: ['{{out}}']\nproviders: [echo]\ntests: [{ vars: { out: a }, assert: [{ type: python, value: 'file://${check}' }, { type: python, value: 'file://${check}:never' }, { type: python, value: 'file://${check}:missing' }] }]\n`,
    )
    const { rows, report } = await run(file)
    expect(outcomes(rows[0] as ReportRow)).toEqual([1, 0, expect.stringMatching(/^error: check\.py failed: AttributeError/)])
    // What fails anyway fails, whatever else could not be worked out.
    expect(report.gate.exitCode).toBe(10)
  })

  it('lets no script reach anything, or run without end', async () => {
    const escapes = [
      'typeof process',
      'typeof require',
      'typeof fetch',
      'typeof globalThis.WebAssembly',
      "(() => { try { return output.constructor.constructor('return typeof process')() } catch (e) { return 'undefined' } })()",
    ]
    const assert = [
      ...escapes.map((code) => `{ type: javascript, value: ${JSON.stringify(`${code} === 'undefined'`)} }`),
      `{ type: javascript, value: 'while (true) {}' }`,
      `{ type: javascript, value: "'x'.repeat(1e9).length > 0" }`,
      `{ type: javascript, value: 'undefined' }`,
    ]
    const { rows } = await run(written(`prompts: [x]\nproviders: [echo]\ntests: [{ assert: [${assert.join(', ')}] }]\n`))
    const [row] = rows
    expect(outcomes(row as ReportRow).slice(0, escapes.length)).toEqual(escapes.map(() => 1))
    expect(outcomes(row as ReportRow).slice(escapes.length)).toEqual([
      expect.stringMatching(/^error: The code took longer than 1000 ms/),
      expect.stringMatching(/^error/),
      expect.stringMatching(/^error: It returned nothing/),
    ])
  })

  it.each([
    ['redteam: { purpose: x }', /redteam is not run here: red teaming/],
    ['promts: [x]', /promts is not a known key. Did you mean `prompts`\?/],
    ['extensions: [file://x.js:hook]', /extensions is not run here/],
    ['tests: [{ assert: [{ type: pi, value: x }] }]', /tests\[0\]\.assert\[0\]: "pi" is not run here: it sends answers/],
    ['tests: [{ assert: [{ type: equal, value: x }] }]', /there is no assertion "equal". Did you mean `equals`\?/],
    [
      'defaultTest: { assert: [{ type: assert-set, assert: [{ type: max-score }] }] }',
      /defaultTest\.assert\[0\]\.assert\[0\]: "max-score" compares answers as a whole/,
    ],
    ['tests: [{ options: { storeOutputAs: [x] } }]', /storeOutputAs is not a text/],
    ['tests: [{ vars: { _conversation: x } }]', /_conversation is made here/],
    ['derivedMetrics: [{ name: x, value: "a +" }]', /derivedMetrics\[0\]\.value is no formula: it ends too early/],
    ['derivedMetrics: [{ name: x, value: "process.exit(1)" }]', /is no formula: "\.exit\(1\)" is not known/],
    ['providers: ["exec: rm -rf /"]', /providers\[0\]: "exec: rm -rf \/" is not run here/],
    ['tests: https://docs.google.com/x', /is not on this machine/],
    ['prompts: [file://nothing.txt]', /cannot be read \(ENOENT\)/],
  ])('refuses %s, and says what and where', async (line, message) => {
    const key = line.slice(0, line.indexOf(':'))
    const base = { prompts: 'prompts: [x]', providers: 'providers: [echo]' } as Record<string, string>
    const text = [...Object.entries(base).flatMap(([name, one]) => (name === key ? [] : [one])), line].join('\n')
    await expect(run(written(text))).rejects.toThrow(message)
  })
})

describe('the short form of an assertion', () => {
  it.each([
    ['Paris', { type: 'equals', value: 'Paris' }],
    ['contains:x: y', { type: 'contains', value: 'x: y' }],
    ['not-contains: x', { type: 'not-contains', value: 'x' }],
    ['similar(0.8): near', { type: 'similar', value: 'near', threshold: 0.8 }],
    ['grade: is kind', { type: 'llm-rubric', value: 'is kind' }],
    ['fn: output > 1', { type: 'javascript', value: 'output > 1' }],
    ['is-json', { type: 'is-json' }],
    ['contains-any: a, b', { type: 'contains-any', value: ['a', 'b'] }],
    ['http://x.y', { type: 'equals', value: 'http://x.y' }],
  ])('%s', (text, assertion) => expect(assertionOfText(text)).toEqual(assertion))
})
