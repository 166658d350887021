// `npm run bench -- guardrails`, second half: how the injection check does on its development sets: what it flags of jailbreaks and injections, of harmless texts full of the same
// words, and of this project's own guides (paragraph by paragraph), what each technique adds, and what a text costs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scoreInjection } from '../../packages/server/src/guardrails/injection/injection.ts'
import { wilson } from '../../packages/server/src/statistics/proportions.ts'
import { table } from '../lib/table.ts'
import { ordinary } from './private/ordinary.ts'
import { Random } from './private/random.ts'

const folder = join(import.meta.dirname, 'injection')
const guides = join(import.meta.dirname, '../../docs/guide')
const textsOf = (file: string, between: string | RegExp): string[] =>
  readFileSync(file, 'utf8')
    .split(between)
    .map((text) => text.trim())
    .filter((text) => text.length >= 4)

const documents = readdirSync(guides).map((name) => join(guides, name))
const SETS = {
  jailbreaks: textsOf(join(folder, 'jailbreaks.txt'), '\n\n'),
  injections: textsOf(join(folder, 'injections.txt'), '\n\n'),
  'harmless, same words': textsOf(join(folder, 'triggers.txt'), '\n'),
  'ordinary prompts': ordinary(new Random(4_711), 1_500),
  'paragraphs of guides': documents.flatMap((file) => textsOf(file, /\n\n+/)),
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const techniques = new Map<string, number>()
const rows = Object.entries(SETS).map(([name, texts]) => {
  let flagged = 0
  for (const text of texts) {
    const { score, findings } = scoreInjection(text)
    if (score < 0.5) continue
    flagged++
    if (name === 'jailbreaks' || name === 'injections')
      for (const { technique } of findings) techniques.set(technique, (techniques.get(technique) ?? 0) + 1)
  }
  const { ci } = wilson({ successes: flagged, n: texts.length })
  return [name, String(texts.length), percent(flagged / texts.length), `${percent(ci.low)} to ${percent(ci.high)}`]
})
console.log(table(['set', 'texts', 'flagged', '95 %'], rows))
console.log(
  table(
    ['technique', 'in attacks that were flagged'],
    [...techniques].sort(([, a], [, b]) => b - a).map(([name, count]) => [name, String(count)]),
  ),
)

const prose = documents.map((file) => readFileSync(file, 'utf8')).join('\n')
const attacks = SETS.jailbreaks.join('\n').repeat(3)
const costs = [2_048, 32_768].flatMap((length) =>
  Object.entries({ prose, attacks }).map(([name, text]) => {
    const piece = text.slice(0, length)
    for (let count = 0; count < 20; count++) scoreInjection(piece)
    const runs = length > 10_000 ? 40 : 400
    const start = process.cpuUsage()
    for (let count = 0; count < runs; count++) scoreInjection(piece)
    const { user, system } = process.cpuUsage(start)
    return [`${length / 1024} KB of ${name}`, `${((user + system) / 1000 / runs).toFixed(2)} ms`]
  }),
)
console.log(table(['text', 'CPU'], costs))
