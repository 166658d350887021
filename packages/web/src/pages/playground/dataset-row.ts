import type { DatasetItemContent } from '@signalbox/schema'
import type { AskedVariable } from './render-content.ts'

/** Names under which one text is meant, where a row is a text and there is more than one variable. */
const QUESTIONS = ['question', 'input', 'query', 'message', 'text', 'prompt']

/**
 * What a row of a dataset says for the variables that are asked for. An object gives each member to the variable of its name; a text goes to the
 * only one, else to the one that is called like a question; messages go to a placeholder. Sources fill `context`.
 */
export function variablesOfRow(
  { input, context }: Pick<DatasetItemContent, 'input' | 'context'>,
  asked: readonly AskedVariable[],
): Record<string, string> {
  const found: Record<string, string> = {}
  const names = new Set(asked.map(({ name }) => name))
  if (context !== undefined && names.has('context')) found.context = Array.isArray(context) ? context.join('\n\n') : context
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    for (const [name, value] of Object.entries(input)) if (names.has(name)) found[name] = written(value)
    return found
  }
  const free = asked.filter(({ name }) => found[name] === undefined)
  const isMessages = Array.isArray(input) && input.every((one) => typeof one === 'object' && one !== null && 'role' in one)
  const place = isMessages
    ? free.find((one) => one.isMessages)
    : (QUESTIONS.map((name) => free.find((one) => one.name === name)).find((one) => one !== undefined) ?? onlyOf(free))
  if (place) found[place.name] = written(input)
  return found
}

const onlyOf = (asked: readonly AskedVariable[]): AskedVariable | undefined => {
  const needed = asked.filter(({ isOptional, isMessages }) => !isOptional && !isMessages)
  return needed.length === 1 ? needed[0] : undefined
}

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** How a row is shown in one line. */
export const titleOfRow = ({ input }: Pick<DatasetItemContent, 'input'>): string => written(input).slice(0, 300)

/** What was answered, as it is kept: what should come back, or an answer that somebody has judged, for evaluators to be tried on. */
export type Kept = 'expected' | 'right' | 'wrong'

/** A run as a row. Variables are its input; where there are none, what was asked is. */
export function rowOfRun(
  { variables, asked, answer }: { variables: Readonly<Record<string, unknown>>; asked: string; answer: string },
  kept: Kept,
): Pick<DatasetItemContent, 'input' | 'expected' | 'metadata' | 'tags'> {
  const input = (Object.keys(variables).length > 0 ? variables : asked) as DatasetItemContent['input']
  return kept === 'expected'
    ? { input, expected: answer, metadata: {}, tags: [] }
    : { input, metadata: { output: answer, pass: kept === 'right' }, tags: ['evaluator-case'] }
}
