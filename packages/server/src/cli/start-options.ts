import { parseArgs } from 'node:util'
import { AppError } from '@signalbox/schema/errors'

/** The options of `up`, `edge` and `core`: each is the same as a variable of the environment, and goes over it. */
export const START_OPTIONS = {
  port: { variable: 'SIGNALBOX_PORT', argument: 'N', help: 'the one port, 7500 by default' },
  host: { variable: 'SIGNALBOX_HOST', argument: 'ADDRESS', help: 'the address to listen on, 127.0.0.1 by default' },
  data: { variable: 'SIGNALBOX_DATA', argument: 'FOLDER', help: 'the data folder, ./.signalbox by default' },
  config: { variable: 'SIGNALBOX_CONFIG', argument: 'FILE', help: 'the configuration file, ./signalbox.yaml by default' },
} as const

/** Writes the options into `env` and says whether a supervisor started this process. An unknown option is an error. */
export function applyStartOptions(args: readonly string[], env: NodeJS.ProcessEnv = process.env): { supervised: boolean } {
  const { supervised, ...values } = parse([...args])
  for (const [name, { variable }] of Object.entries(START_OPTIONS)) {
    const value = values[name as keyof typeof START_OPTIONS]
    if (value !== undefined) env[variable] = value
  }
  return { supervised: supervised === true }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const options = { port: text, host: text, data: text, config: text, supervised: { type: 'boolean' } } as const
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new AppError('invalid-request', message, { hint: 'See signalbox up --help.' })
  }
}
