import { startSimulator } from '../providers/simulator/server.ts'

/** Runs the simulator alone until SIGTERM or SIGINT; `ready` gets its base URL. Its count lives as long as the process. */
export async function runSimulator(options: { port: number; host: string; ready: (url: string) => void }): Promise<void> {
  const simulator = await startSimulator(options)
  options.ready(simulator.url)
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  await promise
  await simulator.close()
}
