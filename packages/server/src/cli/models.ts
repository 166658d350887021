import { AppError, type Model, type Provider, Strategy } from '@signalbox/schema'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

/** `signalbox models`: the names that can be called, then the providers whose every model can be called as `provider/model`. */
export async function models(options: ConnectionOptions): Promise<number> {
  const { client } = connect(options)
  const [{ models: named }, { providers }] = await Promise.all([client.models.list(), client.providers.list()])
  if (options.json) printJson({ models: named, providers })
  else printTable([...named.map(rowOfModel), ...providers.filter(({ kind }) => kind !== 'simulator').map(rowOfProvider)], COLUMNS)
  return 0
}

type AddOptions = ConnectionOptions & { strategy?: string; entry?: string }
/** `signalbox models add NAME PROVIDER/MODEL…`: everything else that an alias can have is in `--entry`. */
export async function addModel(name: string, targets: readonly string[], options: AddOptions): Promise<number> {
  const entry = options.entry === undefined ? {} : objectOf(options.entry)
  const added = await connect(options).client.models.create({
    ...entry,
    name,
    ...(targets.length > 0 && { targets: targets.map(targetOf) }),
    ...(options.strategy !== undefined && { strategy: strategyOf(options.strategy) }),
    // What is missing or wrong in it the server says.
  } as Parameters<ReturnType<typeof connect>['client']['models']['create']>[0])
  if (options.json) printJson(added)
  else {
    for (const warning of added.warnings) console.log(`warning: ${warning}`)
    console.log(`Added ${added.name} (${added.strategy}): ${targetsOf(added)}.`)
  }
  return 0
}

/** `signalbox models remove NAME`. */
export async function removeModel(name: string, options: ConnectionOptions): Promise<number> {
  const removed = await connect(options).client.models.remove({ name })
  if (options.json) printJson(removed)
  else console.log(`Removed ${name}.`)
  return 0
}

const COLUMNS = ['model', 'strategy', 'targets', 'from', 'problem'] as const

const rowOfModel = (model: Model) => ({
  model: model.name,
  strategy: model.strategy,
  targets: targetsOf(model),
  from: model.hidden ? `${model.from}, hidden` : model.from,
  problem: [
    ...(model.problem === null ? [] : [model.problem]),
    ...model.targets.flatMap(({ provider, problem }) => (problem === null ? [] : [`${provider}: ${problem}`])),
  ].join('; '),
})

const rowOfProvider = ({ name, baseUrl, from, problem }: Provider) => ({
  model: `${name}/…`,
  strategy: '',
  targets: `every model of ${baseUrl || name}`,
  from,
  problem: problem ?? '',
})

const targetsOf = ({ targets }: Model): string => targets.map(({ provider, model }) => `${provider}/${model}`).join(', ')

function targetOf(text: string): { provider: string; model: string } {
  const slash = text.indexOf('/')
  if (slash > 0 && slash < text.length - 1) return { provider: text.slice(0, slash), model: text.slice(slash + 1) }
  throw new AppError('invalid-request', `"${text}" is no target.`, { hint: 'Write it as PROVIDER/MODEL, such as openai/gpt-4o.' })
}

function strategyOf(text: string): Strategy {
  const strategy = Strategy.safeParse(text)
  if (strategy.success) return strategy.data
  throw new AppError('invalid-request', `"${text}" is not a strategy.`, { hint: `Choose from ${Strategy.options.join(', ')}.` })
}

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new AppError('invalid-request', 'What --entry holds is no JSON object.', {
    hint: `Write it like '{"strategy":"weighted","targets":[{"provider":"openai","model":"gpt-4o","weight":3}]}'.`,
  })
}
