import { AppError, type NewRepricing, type Repricing } from '@signalbox/schema'
import { newId } from '../../lib/ids.ts'
import type { Price, PricedCall } from '../../pricing/price.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { toMicros } from '../queries/time.ts'
import { type Candidate, needsMore, type PriceRooms, priceAgain } from './price-again.ts'
import { countCandidates, keyOfSpan, type Place, readBeside, readPiece, type Window } from './read-piece.ts'
import { type RepricingRow, readRepricings, Sums, toRepricing } from './repricing-rows.ts'
import { finishPiece, tokenOf, type Written, writePiece } from './write-piece.ts'

export type RepricingRooms = {
  sql: Sql
  events: Events
  price(call: { projectId: string } & PricedCall): Price
  /** By what the prices of a provider of this project go, as it is now. */
  pricedAs(projectId: string): Promise<(provider: string) => string>
  /** Runs work while no batch of an edge is being taken in. */
  quiesce<T>(work: () => Promise<T>): Promise<T>
  warn(details: object, what: string): void
  /** Spans in a piece; another number makes no difference to what comes of it. */
  pieceSize?: number
  retryMs?: number
  /** No other core works on the same database: then what the last process began is gone on with at once. */
  alone?: boolean
}
export type Repricings = ReturnType<typeof createRepricings>

const PIECE = 2000
const LEASE_SECONDS = 30
const RETRY_MS = 10_000
const MOST_TRIES = 5
const LOOK_MS = 5000

/**
 * Works the cost of stored spans out again, by the prices of today. A job goes through its time in pieces. Each is written as a
 * correction: what counted is taken out of the sums, what counts is put in, and the row is replaced. A process that dies on the way
 * finds in the log what it had done, so every span is corrected once. The ledger is not touched: what was booked was booked.
 */
export function createRepricings(rooms: RepricingRooms) {
  const { sql, events, quiesce, warn, pieceSize = PIECE, retryMs = RETRY_MS, alone = false } = rooms
  const runner = newId('runner')
  let stopped = false
  /** Since a piece was last written. */
  let tries = 0
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined

  function wake(): void {
    if (stopped || running) return
    running = run()
      .catch((error: unknown) => {
        if (stopped) return
        warn({ err: error }, 'spans could not be priced again; it is tried again')
        retry = setTimeout(wake, retryMs)
        retry.unref()
      })
      .finally(() => {
        running = undefined
      })
  }

  /** One job at a time, oldest first; of several cores one. */
  async function run(): Promise<void> {
    while (!stopped) {
      const [row] = await sql.query<RepricingRow>(
        `update repricings set status = 'running', started_at = coalesce(started_at, now()), runner = $1,
           lease_until = now() + interval '${LEASE_SECONDS} seconds'
         where id = (select id from repricings where status in ('queued', 'running') and ($2 or lease_until is null or lease_until < now() or runner = $1)
           order by status desc, requested_at, id limit 1 for update skip locked)
         returning *`,
        [runner, alone],
      )
      if (!row) return
      await work(row).catch(async (error: unknown) => {
        if (stopped) return
        const problem = error instanceof Error ? error.message : String(error)
        // A store that is away comes back; anything else would be wrong for ever, and hold up the jobs behind it.
        const isOver = !(error instanceof AppError && error.code === 'unavailable') && ++tries >= MOST_TRIES
        await sql.query(
          `update repricings set problem = $2, status = case when $3 then 'failed' else status end, ended_at = case when $3 then now() end
           where id = $1 and status in ('queued', 'running')`,
          [row.id, problem.slice(0, 1000), isOver],
        )
        throw error
      })
    }
  }

  async function work(taken: RepricingRow): Promise<void> {
    let row = taken
    const window: Window = { projectId: row.project_id, fromUs: Number(row.from_us), toUs: Number(row.to_us), models: row.models }
    if (row.total === null) {
      const { total, provided } = await countCandidates(events, window)
      await sql.query('update repricings set total = $2, provided = $3 where id = $1', [row.id, total, provided])
    }
    // The process before this one may have stopped in the middle of a piece.
    let isFirst = true
    while (!stopped) {
      const pricedAs = await rooms.pricedAs(row.project_id)
      const own: PriceRooms = { price: (call) => rooms.price({ projectId: row.project_id, ...call }), pricedAs }
      const piece = row.dry_run ? await step(row, window, own) : await quiesce(() => write(row, window, own, isFirst))
      isFirst = false
      const [next] = await sql.query<RepricingRow>(
        `update repricings set piece = piece + 1, cursor = coalesce($3::text::jsonb, cursor), done = done + $4, by_model = $5::text::jsonb, problem = null,
           lease_until = now() + interval '${LEASE_SECONDS} seconds',
           status = case when status = 'running' and $6 then 'done' else status end,
           ended_at = case when status = 'running' and $6 then now() else ended_at end
         where id = $1 and piece = $2 returning *`,
        [row.id, row.piece, piece.next ? JSON.stringify(piece.next) : null, piece.looked, JSON.stringify(piece.sums.list()), !piece.next],
      )
      // Another core went on with it: this one was silent for too long.
      if (next?.status !== 'running') return
      row = next
      tries = 0
    }
  }

  type Step = { next: Place | undefined; looked: number; sums: Sums }

  async function write(row: RepricingRow, window: Window, own: PriceRooms, isFirst: boolean): Promise<Step> {
    const since = (row.started_at ?? row.requested_at).getTime() * 1000
    const finished = isFirst ? await finishPiece(events, { token: tokenOf(row.id, row.piece), since }) : []
    return await step(row, window, own, finished)
  }

  /** One piece: reads it, prices it, and, unless it is a dry run, writes what has changed. */
  async function step(row: RepricingRow, window: Window, own: PriceRooms, finished: readonly Written[] = []): Promise<Step> {
    const sums = new Sums(row.by_model)
    sums.written(finished)
    const token = tokenOf(row.id, row.piece)
    const piece = await readPiece(events, window, { after: row.cursor, size: pieceSize })
    if (!piece) return { next: undefined, looked: 0, sums }
    const beside = await readBeside(
      events,
      row.project_id,
      piece.spans.filter((span) => needsMore(span, own)),
    )
    const changed = new Map<string, { span: Candidate; priced: Price }>()
    for (const span of piece.spans) {
      const priced = priceAgain(span, own, beside.get(keyOfSpan(span)))
      sums.of(span).spans++
      if (priced === 'unknown') sums.of(span).unknown++
      else if (priced !== 'same') changed.set(keyOfSpan(span), { span, priced })
    }
    if (row.dry_run) for (const { span, priced } of changed.values()) sums.change(span, span.cost, priced.cost ?? 0)
    else sums.written(await writePiece(events, { projectId: row.project_id, changed, token, now: Date.now() * 1000 }))
    return { next: piece.next, looked: piece.spans.length, sums }
  }

  async function find(projectId: string, id: string): Promise<RepricingRow> {
    const [row] = await readRepricings(sql, 'id = $1 and project_id = $2', [id, projectId])
    if (!row) throw new AppError('not-found', `There is no re-pricing ${id} in this project.`, { hint: 'See GET /api/v1/repricings.' })
    return row
  }

  const looking = setInterval(wake, LOOK_MS)
  looking.unref()

  return {
    start: wake,
    /** Waits for the piece that is under way; the next process goes on behind it. */
    async stop(): Promise<void> {
      stopped = true
      clearInterval(looking)
      clearTimeout(retry)
      await running
      await sql.query('update repricings set lease_until = null where runner = $1', [runner])
    },
    async create(projectId: string, { from, to, models, dryRun }: NewRepricing, by: string): Promise<Repricing> {
      const [fromUs, toUs] = [toMicros(from), Math.min(toMicros(to), Date.now() * 1000)]
      if (fromUs >= toUs)
        throw new AppError('invalid-request', 'This time has not begun yet: no span can be priced again.', {
          hint: 'Give a `from` in the past.',
        })
      const [row] = await sql.query<RepricingRow>(
        `insert into repricings (id, project_id, from_us, to_us, models, dry_run, status, requested_by)
         select $1, $2, $3::bigint, $4::bigint, $5::text::jsonb, $6::boolean, 'queued', $7
         where $6 or not exists (select 1 from repricings where project_id = $2 and not dry_run and status in ('queued', 'running'))
         returning *`,
        [newId('reprice'), projectId, fromUs, toUs, models ? JSON.stringify(models) : null, dryRun, by],
      )
      if (!row)
        throw new AppError('conflict', 'Spans of this project are being priced again already.', {
          hint: 'Wait until that job is done, or cancel it: see GET /api/v1/repricings.',
        })
      wake()
      return toRepricing(row)
    },
    async get(projectId: string, id: string): Promise<Repricing> {
      return toRepricing(await find(projectId, id))
    },
    async cancel(projectId: string, id: string): Promise<Repricing> {
      await find(projectId, id)
      await sql.query(
        `update repricings set status = 'cancelled', ended_at = now() where id = $1 and project_id = $2 and status in ('queued', 'running')`,
        [id, projectId],
      )
      return toRepricing(await find(projectId, id))
    },
  }
}
