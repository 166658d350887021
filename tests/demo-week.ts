import { createClient, type Output } from '@signalbox/sdk'
import type { Signalbox } from './signalbox.ts'
import { eventually } from './signalbox.ts'

/**
 * Fills the empty project of a started program with the demo week, small unless said otherwise, and waits until it can be
 * read. `worthSeeing` of the answer has the pages to look at.
 */
export async function loadDemoWeek(
  { url, secretKey }: Pick<Signalbox, 'url' | 'secretKey'>,
  { days = 7, scale = 0.04, seed = 'kestrel' }: { days?: number; scale?: number; seed?: string } = {},
): Promise<Output<'demo.get'>> {
  const { demo } = createClient({ baseUrl: url, apiKey: secretKey })
  await demo.load({ days, scale, seed })
  return eventually(async () => {
    const found = await demo.get()
    if (found.state === 'failed') throw new Error(`The demo could not be written: ${found.problem}`)
    return found.state === 'ready' ? found : undefined
  }, 180_000)
}
