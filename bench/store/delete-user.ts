import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFolder } from '../../packages/server/src/store/blobs/folder.ts'
import type { Events } from '../../packages/server/src/store/ports.ts'
import { migrate } from '../../packages/server/src/store/sql/migrate.ts'
import { openPglite } from '../../packages/server/src/store/sql/pglite.ts'
import { readDeletions, toDeletion } from '../../packages/server/src/tracing/deletion/deletion-rows.ts'
import { createDeletions } from '../../packages/server/src/tracing/deletion/deletions.ts'

export type Deleted = {
  spans: number
  hiddenMs: number
  removedMs: number
  /** Rows of anybody else that are there no more; and of the user that still are. Both must be 0. */
  others: number
  left: number
}

/** Deletes one user as the API does: how long until no read shows the user, and until no table has it. */
export async function deleteUser(events: Events, projectId: string, userId: string): Promise<Deleted> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'))
  const blobs = await openFolder(join(folder, 'blobs'))
  await using sql = await openPglite('memory')
  await migrate(sql)
  const deletions = createDeletions({
    sql,
    events,
    blobs,
    quiesce: (work) => work(),
    warn: (details, what) => console.error(what, details),
  })
  await deletions.start()
  try {
    const count = async () => {
      const [row] = await events.query<{ spans: number; payloads: number }>(
        'SELECT (SELECT count() FROM spans) AS spans, (SELECT count() FROM payloads) AS payloads',
      )
      return { spans: Number(row?.spans), payloads: Number(row?.payloads) }
    }
    const before = await count()
    const from = performance.now()
    const { id, spans } = await deletions.request(projectId, { subject: 'user', value: userId }, 'bench')
    const hiddenMs = performance.now() - from
    const receiptOf = async () => {
      const [row] = await readDeletions(sql, 'id = $1', [id])
      if (!row) throw new Error('The receipt is gone.')
      return toDeletion(row)
    }
    let receipt = await receiptOf()
    while (receipt.status === 'hidden' || receipt.status === 'requested') {
      await sleep(100)
      receipt = await receiptOf()
    }
    const removedMs = performance.now() - from
    const after = await count()
    const [own] = await events.query<{ rows: number }>('SELECT count() AS rows FROM spans WHERE userId = {userId:String}', { userId })
    const payloads = receipt.removed.find(({ where }) => where === 'payloads')?.rows ?? 0
    const others = before.spans - after.spans - spans + (before.payloads - after.payloads - payloads)
    return { spans, hiddenMs, removedMs, others, left: Number(own?.rows) }
  } finally {
    await deletions.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
