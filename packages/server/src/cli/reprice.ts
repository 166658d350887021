import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, type Repricing } from '@signalbox/schema'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

type Options = ConnectionOptions & { from: string; to?: string; model?: string[]; dryRun?: boolean; wait: boolean }

const ASK_MS = 500

/** `signalbox models reprice`: the job runs in the server, and goes on when this ends. */
export async function reprice({ from, to, model, dryRun = false, wait, ...options }: Options): Promise<number> {
  const { client } = connect(options)
  const window = { from: timeOf(from, '--from'), to: to === undefined ? new Date().toISOString() : timeOf(to, '--to') }
  let job: Repricing = await client.repricings.create({ ...window, dryRun, ...(model && { models: model }) })
  while (wait && (job.status === 'queued' || job.status === 'running')) {
    await sleep(ASK_MS)
    job = await client.repricings.get({ id: job.id })
    if (process.stderr.isTTY) process.stderr.write(`\r${job.done} of ${job.total ?? '…'} spans `)
  }
  if (process.stderr.isTTY && wait) process.stderr.write('\n')
  if (options.json) printJson(job)
  else print(job)
  return job.status === 'failed' || job.status === 'cancelled' ? 1 : 0
}

function timeOf(text: string, option: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new AppError('invalid-request', `"${text}" behind ${option} is no time.`, {
      hint: 'Write it like 2026-11-01 or 2026-11-01T08:00:00Z.',
    })
  return time.toISOString()
}

function print(job: Repricing): void {
  if (job.byModel.length > 0)
    printTable(
      job.byModel.map((one) => ({
        model: `${one.provider}/${one.model}`,
        spans: String(one.spans),
        changed: String(one.changed),
        'had no cost': String(one.priced),
        'no price': String(one.unknown),
        before: one.beforeUsd,
        after: one.afterUsd,
      })),
      ['model', 'spans', 'changed', 'had no cost', 'no price', 'before', 'after'],
    )
  const would = job.dryRun ? 'would change' : 'changed'
  console.log(`${job.id}: ${job.status}. ${job.changed} of ${job.done} spans ${would}, from $${job.beforeUsd} to $${job.afterUsd}.`)
  if (job.provided) console.log(`${job.provided} spans keep the cost that their sender told.`)
  if (job.ledgerUsd !== '0') console.log(`The ledger keeps what was booked: $${job.ledgerUsd} of the change is of calls of the gateway.`)
  if (job.problem !== null) console.log(`Problem: ${job.problem}`)
}
