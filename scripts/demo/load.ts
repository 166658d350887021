import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import { createClient, type Output } from '@signalbox/sdk'

type Server = { url: string; key: string }
type Options = { days: number; scale: number; seed: string }
export type Demo = Output<'demo.get'>

const HOUR = 3_600_000

/** Which project a key speaks for. */
export async function projectOf(server: Server): Promise<string> {
  const { projects } = await answered(server, () => clientOf(server).projects.list())
  return projects[0]?.id ?? 'default'
}

/** Fills the empty project of the key, and waits until all can be read. */
export async function load(server: Server, { days, scale, seed }: Options, beside = false): Promise<Demo> {
  const client = clientOf(server)
  const startedAt = Date.now()
  await answered(server, () => client.demo.load({ days, scale, seed, beside }))
  console.error(`Writing ${days} days of traces …`)
  for (;;) {
    const demo = await client.demo.get()
    if (demo.state === 'failed') throw new AppError('internal', `The demo could not be written: ${demo.problem}`)
    if (demo.state === 'ready') {
      console.error(`Written in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
      return demo
    }
    await sleep(200)
  }
}

/** The demo that the project holds; one of yesterday is replaced, since its days ended then. */
export async function renew(server: Server, options: Options): Promise<Demo> {
  const client = clientOf(server)
  const demo = await client.demo.get()
  if (demo.state === 'ready' && Date.now() - Date.parse(demo.startedAt ?? '') < 12 * HOUR) return demo
  if (demo.state !== 'none') await client.demo.remove()
  return load(server, options, true)
}

const clientOf = ({ url, key }: Server) => createClient({ baseUrl: url, apiKey: key })

async function answered<T>({ url }: Server, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('unavailable', `No server answers at ${url}.`, {
      cause: error,
      hint: 'Start one with "npm start", or name another one with --url.',
    })
  }
}
