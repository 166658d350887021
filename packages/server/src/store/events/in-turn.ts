import type { ClickHouseClient } from '@clickhouse/client'

export type InTurn = <T>(ask: (client: ClickHouseClient) => Promise<T>) => Promise<T>

/**
 * One read at a time on a connection of the embedded engine, which does them one after another anyway. A read that fails when it has
 * begun to answer leaves what it wrote to the next one on its connection, as if those rows were its own (seen with 26.7.2): rows
 * of another project, perhaps. So after a failure the rest is fetched and thrown away before anybody else's turn.
 */
export function inTurn(client: ClickHouseClient): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (ask) => {
    const run = last.then(async () => {
      try {
        return await ask(client)
      } catch (error) {
        await client.command({ query: 'SELECT 1' }).catch(() => {})
        throw error
      }
    })
    last = run.catch(() => {})
    return run
  }
}
