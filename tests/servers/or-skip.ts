import { afterAll, describe } from 'vitest'
import type { Started } from './server.ts'

/** Runs `suite` with the address of a real server, stopped afterwards; or prints why there is none and shows it as skipped. */
export function withServer(name: string, server: Started, suite: (url: string) => void): void {
  if ('missing' in server) {
    console.warn(`skipped: ${name}: ${server.missing}`)
    describe.skip(`${name} (${server.missing})`, () => suite('missing:'))
    return
  }
  describe(name, () => {
    afterAll(server.stop)
    suite(server.url)
  })
}
