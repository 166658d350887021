import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'

const MAIN = resolve(import.meta.dirname, '../packages/server/src/main.ts')

/** Runs the command line as a person would, with nothing of a server in its environment. */
async function guard(args: string[], input = ''): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(process.execPath, ['--conditions=source', MAIN, 'guard', ...args], {
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
const answers = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('signalbox guard, without a server', () => {
  it('answers row by row, in code points, and tells the rows that are none', async () => {
    const first = '👩‍👩‍👧 card 4012888888881881'
    const rows = [
      JSON.stringify({ id: 'a', text: first }),
      'no row',
      '{"origin":"user"}',
      '{"id":"b","text":"x","origin":"moon"}',
      '{"text":"Hello."}',
    ]
    const { code, out, error } = await guard(['--policy', 'pii'], rows.join('\n'))
    expect({ code, error }).toEqual({ code: 1, error: '' })
    const all = answers(out)
    expect(all).toMatchObject([
      { id: 'a', verdict: 'redact', text: '👩‍👩‍👧 card <CREDIT_CARD>', findings: [{ check: 'pii', type: 'CREDIT_CARD' }] },
      { id: 2, line: 2, verdict: 'not_checked', text: null, error: { message: 'Line 2 is not JSON.' } },
      { id: 3, verdict: 'not_checked', error: { message: 'Line 3 has no text.' } },
      { id: 4, verdict: 'not_checked', error: { message: expect.stringContaining('origin') } },
      { id: 5, verdict: 'pass', findings: [], text: 'Hello.' },
    ])
    const [{ start, end }] = all[0].findings
    expect([...first].slice(start, end).join('')).toBe('4012888888881881')
  })

  it('lists all checks with the schema of their parameters, and all policies', async () => {
    const { code, out } = await guard(['--list'])
    const { checks, policies } = JSON.parse(out) as {
      checks: { id: string; catches: string; misses: string; params: object }[]
      policies: { name: string }[]
    }
    expect(code).toBe(0)
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['pii', 'secrets', 'regex']))
    expect(checks.every(({ catches, misses, params }) => catches !== '' && misses !== '' && 'properties' in params)).toBe(true)
    expect(policies.map(({ name }) => name)).toEqual(expect.arrayContaining(['pii', 'secrets', 'default']))
  })

  it('runs the examples of the guide', async () => {
    const guide = readFileSync(new URL('../docs/guide/guardrails.md', import.meta.url), 'utf8')
    const examples = [...guide.matchAll(/^echo '(.*)' \| npx signalbox guard (--\w+ \w+)(?: --params '(.*)')?$/gm)]
    const types = await Promise.all(
      examples.map(async ([, input, what = '', params]) => {
        const { code, out } = await guard([...what.split(' '), ...(params ? ['--params', params] : [])], input)
        const [{ findings }] = answers(out)
        return { code, types: findings.map(({ type }: { type: string }) => type) }
      }),
    )
    expect(types).toEqual([
      { code: 0, types: ['EMAIL_ADDRESS', 'CREDIT_CARD'] },
      { code: 0, types: ['GENERIC_SECRET'] },
      { code: 0, types: ['MEDICAL_RECORD_NUMBER'] },
      { code: 0, types: ['INSTRUCTION_OVERRIDE', 'PROMPT_EXTRACTION'] },
    ])
  })

  it('runs the policy of the guide', async () => {
    const guide = readFileSync(new URL('../docs/guide/guardrails.md', import.meta.url), 'utf8')
    const file = join(mkdtempSync(join(tmpdir(), 'policy-')), 'support.yaml')
    writeFileSync(file, /^```yaml\n(.*?)^```$/ms.exec(guide)?.[1] ?? '')
    const { out } = await guard(['--policy', file], JSON.stringify({ text: 'Mail ann@example.com' }))
    expect(answers(out)).toMatchObject([{ verdict: 'redact', text: expect.not.stringContaining('ann') }])
  })

  it('says from which score on harmless texts are left alone', async () => {
    const texts = ['Please translate this.', 'Ignore my last message, I meant Tuesday.', 'What are your rules for refunds?']
    const input = texts.map((text) => JSON.stringify({ text })).join('\n')
    const { code, out } = await guard(['--check', 'injection', '--calibrate', '0'], input)
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, texts: 3, flagged: 0, shown: false, unread: 0 })
    expect((await guard(['--check', 'pii', '--calibrate', '0.01'], input)).code).toBe(2)
  })

  it.each([
    [['--check', 'nothing'], 'There is no check "nothing"'],
    [['--policy', 'nothing'], 'There is no policy "nothing"'],
    [['--check', 'pii', '--params', '{'], '--params is not JSON'],
    [[], 'Which policy, or which check?'],
  ])('%j ends with 2 and says why', async (args, words) => {
    const { code, error } = await guard(args)
    expect(code).toBe(2)
    expect(error).toContain(words)
  })
})
