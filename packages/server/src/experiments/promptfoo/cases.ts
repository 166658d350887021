import { AppError } from '@signalbox/schema/errors'
import { Notes } from '../data/cases.ts'
import { formatOf, inlineRows, openRows, type Row, type Rows, type RowsOptions } from '../data/rows.ts'
import type { CaseSource } from '../plan.ts'
import type { CarryingCase } from './carrying.ts'
import type { Files } from './files.ts'
import type { PromptfooTasks } from './providers.ts'
import { render, renderAll } from './render.ts'
import { expanded, expansionsOf, NO_TEST, testOf, testOfCsv } from './tests.ts'
import { isRecord, type Json, type TestCase } from './types.ts'

export type PromptfooOptions = {
  name: string
  files: Files
  tasks: PromptfooTasks
  env: Record<string, string | undefined>
  repeats: number | undefined
  first: number | undefined
  warn: (message: string) => void
}

/** A test with one of the values of each of its lists. */
export type PromptfooCase = CarryingCase

function checkOptions({ options, vars }: TestCase, where: string): void {
  for (const name of ['storeOutputAs', 'transformVars'])
    if (options[name] !== undefined && options[name] !== false && typeof options[name] !== 'string')
      throw new AppError('invalid-request', `${where}.options.${name} is not a text.`)
  if (Object.hasOwn(vars, '_conversation'))
    throw new AppError(
      'invalid-request',
      `${where}: _conversation is made here, of the tests before with the same metadata.conversationId.`,
    )
}

type Reading = PromptfooOptions & {
  defaults: TestCase
  look: (test: TestCase, where: string) => void
  script: (code: string, names: Json) => unknown
}

/** A single file of tests is read row by row; what is put together from several places is held in memory. */
export function testsOf(config: Json, reading: Reading): CaseSource {
  const { files } = reading
  const { tests, scenarios } = config
  const single = typeof tests === 'string' && scenarios === undefined ? files.paths(tests) : []
  const format = single.length === 1 ? formatOf(single[0] ?? '') : undefined
  if (format === 'csv' || format === 'jsonl') return casesIn((options) => openRows(single[0] ?? '', format, options), format, reading)
  const list = [...listOf(tests, 'tests', reading), ...scenariosOf(scenarios, reading)]
  // Without tests a prompt is asked once, as it is.
  return casesIn((options) => inlineRows(list.length > 0 ? list : [{}], 'tests', options), 'json', reading)
}

function listOf(tests: unknown, where: string, { files }: Reading): Json[] {
  if (tests === undefined || tests === null) return []
  const each = Array.isArray(tests) ? tests : [tests]
  return each.flatMap((one, index): Json[] => {
    if (isRecord(one)) {
      if (typeof one.path === 'string')
        throw new AppError('invalid-request', `${where}[${index}] is a program that makes tests (${one.path}).`, {
          hint: 'Write its tests into a file.',
        })
      return [one]
    }
    if (typeof one !== 'string') throw new AppError('invalid-request', `${where}[${index}] is not a test.`)
    if (/^(https?:|huggingface:|az:|s3:)/.test(one))
      throw new AppError('invalid-request', `${where}: ${one} is not on this machine.`, { hint: 'Download it first.' })
    if (/\.(xlsx?|py|js|ts|mjs|cjs)(:\w+)?$/.test(one))
      throw new AppError('invalid-request', `${where}: ${one} is not read here.`, { hint: 'Write it as CSV, JSON, JSONL or YAML.' })
    return files.paths(one).flatMap((path): Json[] => {
      if (path.endsWith('.csv')) {
        const rows = openRows(path, 'csv')
        return Array.from({ length: rows.count }, (_, at) => testOfCsv(rows.at(at)))
      }
      const value = files.value(path)
      return (Array.isArray(value) ? value : [value]).filter(isRecord)
    })
  })
}

/** Every entry of `config` with every test. */
function scenariosOf(scenarios: unknown, reading: Reading): Json[] {
  if (scenarios === undefined || scenarios === null) return []
  const each = (Array.isArray(scenarios) ? scenarios : [scenarios]).flatMap((one) =>
    typeof one === 'string' ? [reading.files.value(one)].flat() : [one],
  )
  return each.flatMap((scenario, index): Json[] => {
    const where = `scenarios[${index}]`
    if (!isRecord(scenario)) throw new AppError('invalid-request', `${where} is not a scenario.`)
    const configs = listOf(scenario.config, `${where}.config`, reading)
    const tests = listOf(scenario.tests, `${where}.tests`, reading)
    return (configs.length > 0 ? configs : [{}]).flatMap((base: Json) =>
      (tests.length > 0 ? tests : [{}]).map((test: Json): Json => {
        const joined = testOf(test, testOf(base, NO_TEST, `${where}.config`), where)
        return {
          ...joined,
          ...(typeof scenario.description === 'string' && joined.description === undefined && { description: scenario.description }),
        }
      }),
    )
  })
}

function casesIn(open: (options: RowsOptions) => Rows, format: string, reading: Reading): CaseSource {
  const { files, defaults, look, first, env, script } = reading
  const notes = new Notes()
  /** By case: its row, and which of the expansions of its lists it is. */
  const places: number[] = []
  const numbers: number[] = []
  const parse = (row: Row, where: string): TestCase => {
    const test = testOf(format === 'csv' ? testOfCsv(row) : row, defaults, where)
    return typeof row.vars === 'string' ? { ...test, vars: { ...test.vars, ...(files.value(row.vars) as Json) } } : test
  }
  const rows = open({
    keep: (row, _, index) => {
      if (first !== undefined && places.length >= first) return false
      const where = `tests[${index}]`
      const test = parse(row, where)
      look(test, where)
      checkOptions(test, where)
      const count = expansionsOf(test)
      for (let number = 0; number < count && (first === undefined || places.length < first); number++) {
        const { tags, cluster } = notesOf(test)
        notes.add(places.length, { tags, cluster })
        places.push(index)
        numbers.push(number)
      }
      return true
    },
  })
  const idAt = (index: number): string => {
    const id = rows.idAt(places[index] ?? 0)
    return numbers[index] === 0 ? id : `${id}/${(numbers[index] ?? 0) + 1}`
  }
  return {
    count: places.length,
    hash: rows.hash,
    idAt,
    close: rows.close,
    clusterAt: notes.clusterAt,
    tagsAt: notes.tagsAt,
    at(index): PromptfooCase {
      const test = parse(rows.at(places[index] ?? 0), `tests[${index}]`)
      const raw = expanded(test, numbers[index] ?? 0)
      const loaded: Json = {}
      for (const [name, value] of Object.entries(raw))
        loaded[name] = typeof value === 'string' && value.startsWith('file://') ? files.value(value) : value
      return caseOf(loaded)

      // Vars may be made of other vars, and of the environment.
      function caseOf(own: Json): PromptfooCase {
        const rendered = renderAll(own, { ...own, env }) as Json
        const { transformVars } = test.options
        const made = typeof transformVars === 'string' ? script(transformVars, { vars: rendered, context: { vars: rendered } }) : rendered
        if (!isRecord(made)) throw new AppError('invalid-request', `tests[${places[index]}].options.transformVars gives no vars.`)
        const { tags, cluster } = notesOf(test)
        const { env: _, ...shown } = { ...rendered, ...made }
        const vars = { ...shown, env }
        return {
          ...{ id: idAt(index), vars, tags, cluster, test },
          fill: (more) => caseOf({ ...own, ...more }),
          description: test.description === undefined ? undefined : render(test.description, vars),
          row: { vars: shown, metadata: test.metadata ?? {} },
        }
      }
    },
  }
}

const notesOf = ({ metadata }: TestCase) => ({
  tags: Array.isArray(metadata?.tags) ? metadata.tags.map(String) : [],
  cluster: typeof metadata?.conversationId === 'string' ? metadata.conversationId : undefined,
})
