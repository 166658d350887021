import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { AppError, type SimulatedRoute } from '@signalbox/schema'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

type Options = ConnectionOptions & { text?: string; file?: string; header?: string[]; budgetLeft?: string }

/** `signalbox models simulate ALIAS`: where a request would go, and why. Nobody is called. */
export async function simulateModel(model: string, options: Options): Promise<number> {
  const { text, file, header = [], budgetLeft } = options
  if ((text === undefined) === (file === undefined))
    throw new AppError('invalid-request', 'Say what is asked: with --text, or with --file.', {
      hint: 'Such as --text "What is our leave policy?", or --file body.json with a request in any dialect; - is standard input.',
    })
  const asked = file === undefined ? { text } : { body: bodyOf(await read(file), file) }
  const found = await connect(options).client.models.simulate({
    model,
    ...asked,
    ...(header.length > 0 && { headers: Object.fromEntries(header.map(headerOf)) }),
    ...(budgetLeft !== undefined && { budgetLeft: partOf(budgetLeft) }),
  })
  if (options.json) printJson(found)
  else print(model, found)
  return 0
}

function print(model: string, { decision, variant, facts, targets, unknown }: SimulatedRoute): void {
  const { alias, strategy, reason } = decision
  console.log(`${alias || model}${strategy && ` (${strategy})`}: ${reason || 'in their order'}`)
  if (variant) console.log(`split ${variant.split}: arm ${variant.arm}, drawn with a chance of ${variant.propensity}`)
  console.log()
  printTable(targets.map(rowOf), COLUMNS)
  const { inputTokens, maxTokens, tools, modalities, stream, region, complexity } = facts
  const known = [
    `${inputTokens} tokens in`,
    ...(maxTokens === null ? [] : [`at most ${maxTokens} out`]),
    ...(tools > 0 ? [`tools: ${tools}`] : []),
    ...(modalities.length > 0 ? [modalities.join(' and ')] : []),
    ...(stream ? ['streamed'] : []),
    ...(region === null ? [] : [`region ${region}`]),
  ]
  console.log(`\nGone by: ${known.join(', ')}.`)
  const parts = complexity.parts.map(({ name, points, because }) => `${name} ${points}${because && ` (${because})`}`)
  console.log(`Complexity: ${complexity.score}${parts.length > 0 ? ` = ${parts.join(' + ')}` : ''}.`)
  console.log(`Not known here: ${unknown}`)
}

const COLUMNS = ['place', 'target', 'reason', 'cost'] as const

const rowOf = ({ place, provider, model, reason, estimatedCostUsd }: SimulatedRoute['targets'][number]) => ({
  place,
  target: `${provider}/${model}`,
  reason,
  cost: estimatedCostUsd === null ? 'unknown' : `about ${estimatedCostUsd} USD`,
})

async function read(file: string): Promise<string> {
  if (file === '-') return await readAll(process.stdin)
  return await readFile(resolve(file), 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('invalid-request', `${file} cannot be read: ${why}`, { hint: 'Name a file, or - for standard input.', cause })
  })
}

function bodyOf(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below.
  }
  throw new AppError('invalid-request', `What ${file} holds is no JSON object.`, {
    hint: 'It is the body of a request, such as {"messages":[{"role":"user","content":"Hello"}]}.',
  })
}

function headerOf(text: string): [name: string, value: string] {
  const colon = text.indexOf(':')
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
  throw new AppError('invalid-request', `"${text}" is no header.`, { hint: 'Write it like "x-signalbox-user: asha".' })
}

function partOf(text: string): number {
  const part = Number(text)
  if (text.trim() !== '' && part >= 0 && part <= 1) return part
  throw new AppError('invalid-request', `"${text}" is no part of a budget.`, { hint: 'Write a number from 0 (used up) to 1 (all of it).' })
}
