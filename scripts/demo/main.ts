import { parseArgs } from 'node:util'
import { AppError } from '@signalbox/schema/errors'
import { load, projectOf, renew } from './load.ts'
import { nameProject } from './name-project.ts'
import { startServer } from './start-server.ts'
import { whatToSee } from './what-to-see.ts'

const HELP = `npm run demo -- [options]

Starts Signalbox on a data folder of its own and fills it with a week of a support copilot that ends now.

  --data FOLDER      the data folder, ./.signalbox-demo by default
  --days N           how many days, 7 by default, 1 to 30
  --scale N          how many conversations, 1 by default (about 430 traces a day), 0.01 to 20
  --seed TEXT        another seed, other conversations
  --seed-only        fill an empty project of a running server and end; needs --url and --key
  --url URL          the running server, http://localhost:7500
  --key SECRET       a secret key (sk-sb-…) with all rights in its project, else SIGNALBOX_KEY

SIGNALBOX_PORT chooses another port than 7501.`

type Options = ReturnType<typeof readOptions>

/** Exit code: 0 done, 1 it did not work, 2 wrong use. */
async function main(args: string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (options.help) console.log(HELP)
    else if (options.seedOnly) await seedOnly(options)
    else return await run(options)
    return 0
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    console.error(`demo: ${error.message}\n  ${error.hint}`)
    return error.code === 'invalid-request' ? 2 : 1
  }
}

async function seedOnly(options: Options): Promise<void> {
  const key = options.key ?? process.env.SIGNALBOX_KEY
  if (!key) throw new AppError('invalid-request', 'No key was given.', { hint: 'Add --key sk-sb-…, or set SIGNALBOX_KEY.' })
  const url = options.url.replace(/\/$/, '')
  const project = await projectOf({ url, key })
  console.log(whatToSee(await load({ url, key }, options), { publicUrl: url, project }))
}

/** Runs until a signal. The terminal's Ctrl-C reaches the server as well; this process only waits for it to end. */
async function run(options: Options): Promise<number> {
  const server = await startServer(options.data)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, server.stop)
  process.on('SIGINT', () => undefined)
  try {
    await nameProject(server)
    const demo = await renew(server, options)
    console.log(whatToSee(demo, { ...server, project: 'default' }))
    console.log(`Your own calls: base URL ${server.publicUrl}/v1, key ${server.key} (new at each start). Ctrl-C ends the demo.\n`)
  } catch (error) {
    server.stop()
    await server.done
    throw error
  }
  return server.done
}

function readOptions(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parse(args, { data: text, days: text, scale: text, seed: text, url: text, key: text, 'seed-only': flag, help: flag })
  const scale = Number(values.scale ?? 1)
  if (!(scale >= 0.01 && scale <= 20)) {
    throw new AppError('invalid-request', `--scale is "${values.scale}", but must be a number from 0.01 to 20.`, { hint: HELP })
  }
  const days = Number(values.days ?? 7)
  if (!(Number.isInteger(days) && days >= 1 && days <= 30)) {
    throw new AppError('invalid-request', `--days is "${values.days}", but must be a whole number from 1 to 30.`, { hint: HELP })
  }
  return {
    days,
    scale,
    seed: values.seed ?? 'kestrel',
    data: values.data ?? './.signalbox-demo',
    url: values.url ?? 'http://localhost:7500',
    key: values.key,
    seedOnly: values['seed-only'],
    help: values.help,
  }
}

function parse<const T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false })
  } catch (error) {
    throw new AppError('invalid-request', error instanceof Error ? error.message : String(error), { hint: HELP })
  }
}

process.exitCode = await main(process.argv.slice(2))
