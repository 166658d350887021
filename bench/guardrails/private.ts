// `npm run bench -- guardrails`: how much of planted private data and secrets is found, how many ordinary prompts are touched, and what it takes.
// `--held-out` shows the half that no rule was written against, `--misses` what was missed or wrongly found.
import process, { argv } from 'node:process'
import type { Found } from '../../packages/server/src/guardrails/check.ts'
import { decide, preparePolicy } from '../../packages/server/src/guardrails/decide.ts'
import { findPolicy } from '../../packages/server/src/guardrails/policies.ts'
import { prepareCheck } from '../../packages/server/src/guardrails/registry.ts'
import { HARD, ordinary } from './private/ordinary.ts'
import { Random } from './private/random.ts'
import { precision, recall, type Tally, tally, total } from './private/score.ts'
import { secretSet } from './private/secret-set.ts'
import { type Labelled, nameSet, valueSet } from './private/sets.ts'
import { VALUES } from './private/values.ts'

const heldOut = argv.includes('--held-out')
const seed = heldOut ? 90_210 : 4_711
const EACH = 40

const finder = async (id: string, params: object = {}) => {
  const ready = await prepareCheck(id, params)
  return (text: string) => ready.run({ id: '', origin: 'user', text }, {}) as readonly Found[]
}
const pii = await finder('pii')
const secrets = await finder('secrets')
const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8)
const row = (name: string, one: Tally) =>
  console.log(`${name.padEnd(34)} recall ${percent(recall(one))}   precision ${percent(precision(one))}   of ${one.found + one.missed}`)

const verdicts: [name: string, holds: boolean][] = []
const must = (name: string, value: number, least: number) =>
  verdicts.push([`${name}: ${percent(value).trim()}, at least ${percent(least).trim()}`, value >= least])
const atMost = (name: string, value: number, most: number) =>
  verdicts.push([`${name}: ${percent(value).trim()}, at most ${percent(most).trim()}`, value <= most])

function missesOf(set: readonly Labelled[], find: (text: string) => readonly Found[], judged: ReadonlySet<string>): void {
  if (!argv.includes('--misses') || heldOut) return
  for (const one of set) {
    const sums = total(tally([one], find, judged, (type) => type).values())
    if (sums.missed + sums.wrong === 0) continue
    const told = find(one.text).map(({ type, start, end, score }) => `${type} ${one.text.slice(start, end)} ${score}`)
    console.log(`  ${JSON.stringify(one.text)}\n    wanted ${one.places.map(({ type }) => type)}; found ${told.join(' | ') || 'nothing'}`)
  }
}

console.log(`\n${heldOut ? 'Held out' : 'Development'}: private data by kind and language`)
const values = valueSet(seed, EACH)
const types = new Set([...Object.keys(VALUES)])
const byKind = tally(values, pii, types, (type, language) => `${type} ${language}`)
for (const [name, one] of [...byKind].sort()) row(name, one)
missesOf(values, pii, types)
const ofType = (wanted: (type: string) => boolean) =>
  total([...byKind].filter(([key]) => wanted(key.split(' ')[0] ?? '')).map(([, one]) => one))
const checked = ofType((type) => type !== 'PHONE_NUMBER')
const phones = ofType((type) => type === 'PHONE_NUMBER')
row('all but telephones', checked)
row('telephones', phones)
must('kinds with a form: recall', recall(checked), 0.95)
must('kinds with a form: precision', precision(checked), 0.98)
must('telephones: recall', recall(phones), 0.88)
must('telephones: precision', precision(phones), 0.75)

console.log('\nNames of people, without a model')
const names = nameSet(heldOut ? 1 : 0)
const people = total(tally(names, pii, new Set(['PERSON']), (type) => type).values())
row('PERSON', people)
missesOf(names, pii, new Set(['PERSON']))
must('names: recall', recall(people), 0.6)
must('names: precision', precision(people), 0.8)

console.log('\nSecrets')
const planted = secretSet(seed, EACH)
const covered = planted.filter(
  ({ text, places: [place] }) => place && secrets(text).some(({ start, end }) => start < place.end && end > place.start),
)
if (argv.includes('--misses') && !heldOut)
  for (const one of planted) if (!covered.includes(one)) console.log(`  missed ${JSON.stringify(one.text.slice(0, 120))}`)
must('secrets: recall', covered.length / planted.length, 0.85)

console.log('\nOrdinary prompts')
const prompts = [...ordinary(new Random(seed), 1_500), ...HARD.filter((_, at) => at % 2 === (heldOut ? 1 : 0))]
const policy = await preparePolicy(findPolicy('pii'))
let changed = 0
for (const text of prompts) {
  const decision = await decide(policy, { id: '', origin: 'user', text })
  if (decision.text === text) continue
  changed++
  if (!heldOut) console.log(`  changed: ${JSON.stringify(decision.text)}`)
}
const flagged = prompts.filter((text) => secrets(text).length > 0)
if (!heldOut) for (const text of flagged) console.log(`  secret in: ${JSON.stringify(text)}`)
atMost('ordinary prompts changed by the policy pii', changed / prompts.length, 0.01)
atMost('ordinary prompts with a secret', flagged.length / prompts.length, 0.001)

console.log('\nTime on one core')
for (const [size, most] of [
  [2_048, 1],
  [32_768, 10],
] as const) {
  const texts = Array.from({ length: 20 }, (_, at) => filled(size, at))
  for (const [name, find] of [
    ['pii', pii],
    ['secrets', secrets],
  ] as const) {
    for (const text of texts) find(text)
    const spent = processorMs(() => texts.map((text) => find(text))) / texts.length
    console.log(`${name.padEnd(10)} ${String(size).padStart(6)} characters: ${spent.toFixed(3)} ms`)
    verdicts.push([`${name}, ${size} characters: ${spent.toFixed(2)} ms, at most ${most}`, spent <= most])
  }
}

console.log('')
for (const [name, holds] of verdicts) console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}`)
process.exitCode = verdicts.every(([, holds]) => holds) ? 0 : 1

/** Prompts one after the other with some private data between, up to a size. */
function filled(size: number, at: number): string {
  const r = new Random(at + 1)
  const some = ordinary(r, 60)
  const planted = valueSet(at + 1, 1)
  let text = ''
  while (text.length < size) text += `${r.pick(some)} ${r.below(6) === 0 ? r.pick(planted).text : ''}\n`
  return text.slice(0, size)
}

/** Time of the processor, which others on the machine do not change much, over ten rounds. */
function processorMs(work: () => unknown): number {
  const before = process.cpuUsage()
  for (let round = 0; round < 10; round++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 10_000
}
