import { afterAll, describe, expect, it } from 'vitest'
import { prepareScorer, type Scorer } from '../registry.ts'

const open: Scorer[] = []
afterAll(async () => {
  await Promise.all(open.map((scorer) => scorer.close()))
})
async function scorerOf(source: string, params: object = {}): Promise<Scorer> {
  const scorer = await prepareScorer('code', { source, ...params })
  open.push(scorer)
  return scorer
}
const run = async (source: string, params: object = {}) => (await scorerOf(source, params)).evaluate({ output: 'a train' })
/** Several functions in one thread, since starting one takes its time; `at` says which of them a row is for. */
const several = (functions: string[], params: object = {}) =>
  scorerOf(`const all = [${functions.join(',\n')}]\nexport default (row, config) => all[row.at](row, config)`, {
    timeoutMs: 20_000,
    ...params,
  })

describe('code of a user', () => {
  it('may be a function, or a module that exports one, in TypeScript', async () => {
    const typed = 'type Row = { output: string }\nexport default function ({ output }: Row): boolean { return output.includes("train") }'
    expect(await run(typed)).toEqual({ status: 'scored', score: 1, pass: true })
    expect(
      await run('export const evaluate = async (row: { output: string }) => ({ score: 0.5, reason: `of ${row.output}` })'),
    ).toMatchObject({ score: 0.5, reason: 'of a train' })
    expect(await run('export const other = 1')).toMatchObject({
      status: 'error',
      reason: expect.stringContaining('must export a function'),
    })
  })

  it('may answer in several ways, and what is no answer is an error', async () => {
    const cases: [string, object][] = [
      ['(row) => row.output.length', { score: 7 }],
      ['({ output, expected }) => ({ name: "same", score: output === expected ? 1 : 0, metadata: { n: 1 } })', { score: 0, sub: { n: 1 } }],
      ['() => ({ key: "k", score: true, comment: "fine" })', { score: 1, pass: true, reason: 'fine' }],
      ['() => null', { status: 'na' }],
      ['() => ({ score: null, reason: "no question" })', { status: 'na', reason: 'no question' }],
      ['(row, config) => config.weight * 2', { score: 6 }],
      ['async () => 0.25', { score: 0.25 }],
      ['() => { console.log("seen", 1); return 1 }', { score: 1, sub: { logs: ['seen 1'] } }],
      ['() => "high"', { status: 'error', reason: expect.stringContaining('must answer') }],
      ['() => undefined', { status: 'error', reason: expect.stringContaining('must answer') }],
      ['() => ({})', { status: 'error', reason: expect.stringContaining('must answer') }],
      ['() => NaN', { status: 'na' }],
      ['() => { throw new TypeError("oops") }', { status: 'error', reason: 'The code failed: TypeError: oops' }],
      ['() => { throw "text" }', { status: 'error', reason: 'The code threw text' }],
      ['async () => { throw new Error("late") }', { status: 'error', reason: 'The code failed: Error: late' }],
    ]
    const scorer = await several(
      cases.map(([source]) => source),
      { config: { weight: 3 } },
    )
    for (const [at, [source, want]] of cases.entries()) expect(await scorer.evaluate({ output: 'a train', at }), source).toMatchObject(want)
  })

  it('is refused at once where it cannot be read', async () => {
    await expect(scorerOf('export default (row) => {')).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(scorerOf('export enum A { B }')).rejects.toMatchObject({ code: 'invalid-request' })
  })

  it('starts anew for every row', async () => {
    const counts =
      'let n = 0; export default () => { globalThis.m = (globalThis.m ?? 0) + 1; Array.prototype.x = 1; return ++n + globalThis.m }'
    const scorer = await scorerOf(counts, { timeoutMs: 20_000 })
    expect(await Promise.all([1, 2, 3].map(() => scorer.evaluate({ output: '' })))).toMatchObject([
      { score: 2 },
      { score: 2 },
      { score: 2 },
    ])
  })
})

/** Each tries to get out and answers `true` where it did. */
const NAMES =
  'process require module Buffer global fetch XMLHttpRequest WebSocket EventSource setTimeout setInterval Worker WebAssembly std os scriptArgs loadScript navigator'
const ESCAPES = NAMES.split(' ').map((name) => `() => typeof ${name} !== 'undefined'`)
const CONSTRUCTED = [
  'globalThis',
  'console.log',
  'row',
  'config',
  '(async () => {})',
  '(function* () {})',
  'Reflect.get',
  'new Proxy({}, {})',
  'Error.prepareStackTrace ?? Error',
].map(
  (from) =>
    `(row, config) => { try { const made = ${from}.constructor.constructor('return typeof process + typeof require + typeof fetch')(); return made !== 'undefinedundefinedundefined' && !String(made).includes('object Gen') } catch { return false } }`,
)
const IMPORTS = [
  'fs',
  'node:fs',
  'child_process',
  'http',
  'std',
  'os',
  './sandbox.ts',
  '/etc/passwd',
  'data:text/javascript,export default 1',
  'https://example.org/x.js',
]

describe('code that tries to get out', () => {
  it('finds nothing of the program around it', async () => {
    const attempts = [...ESCAPES, ...CONSTRUCTED]
    const scorer = await several(attempts, { config: {} })
    for (const [at, attempt] of attempts.entries())
      expect(await scorer.evaluate({ output: '', at }), attempt).toMatchObject({ status: 'scored', score: 0 })
  })

  it('can import nothing', async () => {
    const dynamic = IMPORTS.map(
      (name) => `async () => { try { await import(${JSON.stringify(name)}); return true } catch { return false } }`,
    )
    const scorer = await several(dynamic)
    for (const [at, attempt] of dynamic.entries())
      expect(await scorer.evaluate({ output: '', at }), attempt).toMatchObject({ status: 'scored', score: 0 })
    for (const name of ['node:fs', 'os'])
      expect(await run(`import * as x from '${name}'; export default () => true`)).toMatchObject({ status: 'error' })
  })

  it('changes nothing outside by what it answers or replaces', async () => {
    const answer = 'JSON.parse(\'{"score":1,"sub":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}\')'
    const scorer = await several([`() => (${answer})`, '() => { JSON.stringify = () => \'{"score":9}\'; JSON.parse = () => 9; return 1 }'])
    expect(await scorer.evaluate({ output: '', at: 0 })).toMatchObject({ score: 1 })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(await scorer.evaluate({ output: '', at: 1 })).toMatchObject({ score: 1 })
  })
})

describe('code that takes too much', () => {
  const TOO_MUCH: [what: string, body: string, words: RegExp][] = [
    ['time', 'for (;;);', /longer than/],
    ['time in promises', 'const again = () => Promise.resolve().then(again); return again()', /longer than|out of memory|never comes/],
    ['time in a getter of its answer', 'return { get score() { for (;;); } }', /longer than/],
    ['time in a pattern', 'return /^(a+)+$/.test("a".repeat(40) + "!")', /longer than/],
    ['memory', 'const all = []; for (;;) all.push({ n: 1 })', /out of memory|longer than/],
    ['memory of a text', 'let s = "x"; for (;;) s += s', /./],
    ['memory of a buffer', 'return new Uint8Array(1e9).length', /./],
    ['stack', 'const f = () => f() + 1; return f()', /stack|longer than/],
    ['output', 'return { score: 1, reason: "x".repeat(1e6) }', /characters|longer than/],
    ['waiting', 'return new Promise(() => {})', /never comes|longer than/],
  ]
  it('is stopped, and the next row runs', async () => {
    const source = TOO_MUCH.map(([, body]) => `() => { ${body} }`)
    const scorer = await several([...source, '() => { for (let i = 0; i < 1e4; i++) console.log("x".repeat(100)); return 1 }', '() => 1'], {
      timeoutMs: 500,
      memoryMb: 8,
    })
    for (const [at, [what, , words]] of TOO_MUCH.entries()) {
      expect(await scorer.evaluate({ output: '', at }), what).toMatchObject({ status: 'error', reason: expect.stringMatching(words) })
    }
    const loud = await scorer.evaluate({ output: '', at: TOO_MUCH.length })
    expect(JSON.stringify(loud).length).toBeLessThan(10_000)
    // A machine that is very busy may not get to it within half a second; it is asked again then.
    await expect.poll(() => scorer.evaluate({ output: '', at: TOO_MUCH.length + 1 })).toMatchObject({ status: 'scored', score: 1 })
  })
})
