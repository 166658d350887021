import { AppError } from '@signalbox/schema/errors'
import { runSimulator } from '../app/simulator.ts'
import { printJson } from './print.ts'

/** `signalbox simulator`. */
export async function simulator(options: { port: string; host: string; json?: boolean }): Promise<number> {
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new AppError('invalid-request', `"${options.port}" is not a port.`)
  await runSimulator({
    port,
    host: options.host,
    ready: (url) =>
      options.json ? printJson({ url }) : console.log(`A simulator of model providers (nothing here is a real model): ${url}`),
  })
  return 0
}
