import { text } from 'node:stream/consumers'
import { AppError } from '@signalbox/schema/errors'
import { z } from 'zod'
import { AGREEMENTS, STATISTICS, type Statistic } from '../statistics/tables.ts'
import { printJson } from './print.ts'

type Options = { list?: boolean }

/** `signalbox stats TEST < data.json`: needs no server, no data folder and no network. */
export const stats = (name: string | undefined, options: Options) => answer(STATISTICS, 'test', name, options)
/** `signalbox agreement STAT < data.json` likewise. */
export const agreement = (name: string | undefined, options: Options) => answer(AGREEMENTS, 'statistic', name, options)

async function answer(known: Record<string, Statistic>, what: string, name: string | undefined, { list }: Options): Promise<number> {
  if (list) {
    printJson(
      Object.entries(known).map(([id, { title, input }]) => ({
        id,
        title,
        input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
      })),
    )
    return 0
  }
  const chosen = name === undefined || !Object.hasOwn(known, name) ? undefined : known[name]
  if (!chosen)
    throw new AppError('invalid-request', name === undefined ? `Which ${what}?` : `There is no ${what} "${name}".`, {
      hint: `Choose from ${Object.keys(known).join(', ')}; --list says what each takes.`,
    })
  printJson(work(chosen, await read(), `signalbox --list says what ${name} takes.`))
  return 0
}

function work({ run }: Statistic, data: unknown, hint: string): Record<string, unknown> {
  try {
    return run(data)
  } catch (error) {
    if (error instanceof z.ZodError) throw new AppError('invalid-request', z.prettifyError(error), { hint })
    if (error instanceof RangeError) throw new AppError('invalid-request', error.message, { hint })
    throw error
  }
}

async function read(): Promise<unknown> {
  if (process.stdin.isTTY)
    throw new AppError('invalid-request', 'There is no data.', { hint: 'Send it on standard input: signalbox stats mcnemar < data.json' })
  const given = await text(process.stdin)
  try {
    return JSON.parse(given)
  } catch (cause) {
    throw new AppError('invalid-json', 'Standard input is not JSON.', { cause, hint: 'Send one JSON object.' })
  }
}
