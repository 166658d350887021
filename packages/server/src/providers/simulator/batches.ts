import { newTraceId } from '../../lib/ids.ts'
import { Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'
import { type Files, json, listOf, type Reply } from './files.ts'
import { isObject, now, objectIn, textIn } from './values.ts'

/** Answers one line of a batch as if it were a request of its own. */
export type RunLine = (url: string, body: unknown) => Promise<{ status: number; body: unknown }>

type Batch = { id: string; status: string; input_file_id: string; [key: string]: unknown }

/**
 * OpenAI batches, in memory: `/v1/batches`, `/v1/batches/ID` and `/v1/batches/ID/cancel`. A batch is worked off when it is
 * first looked at, line after line and without the pauses of a script; until then it can be cancelled.
 */
export function openBatches({ files, run, created }: { files: Files; run: RunLine; created: () => void }) {
  const batches = new Map<string, Batch>()
  const find = (id: string): Batch => {
    const batch = batches.get(id)
    if (!batch) throw new Refusal(404, `No batch found with id '${id}'.`, { param: 'id' })
    return batch
  }
  const create = (request: Incoming): Reply => {
    const batch = newBatch(request.json())
    files.read(batch.input_file_id)
    batches.set(batch.id, batch)
    created()
    return json(batch)
  }
  const methods: Record<string, (id: string, request: Incoming) => Promise<Reply> | Reply> = {
    'POST list': (_, request) => create(request),
    'GET list': async () => {
      for (const batch of batches.values()) await workOff(batch, files, run)
      return json(listOf([...batches.values()].reverse()))
    },
    'GET one': async (id) => {
      await workOff(find(id), files, run)
      return json(find(id))
    },
    'POST cancel': (id) => {
      const batch = find(id)
      if (batch.status !== 'validating') throw new Refusal(409, `Cannot cancel a batch with status '${batch.status}'.`)
      return json(Object.assign(batch, { status: 'cancelled', cancelling_at: now(), cancelled_at: now() }))
    },
  }
  return {
    answer: (method: string, request: Incoming): Promise<Reply> | Reply | undefined => {
      const [id = '', part] = request.groups
      return methods[`${method} ${part ? 'cancel' : id ? 'one' : 'list'}`]?.(id, request)
    },
  }
}

function newBatch(body: unknown): Batch {
  const { input_file_id, endpoint, completion_window, metadata = null } = objectIn(body)
  for (const [param, value] of Object.entries({ input_file_id, endpoint, completion_window })) {
    if (typeof value !== 'string' || value === '') throw new Refusal(400, `'${param}' must be a text.`, { param })
  }
  return {
    id: `batch_sim_${newTraceId()}`,
    object: 'batch',
    endpoint,
    errors: null,
    input_file_id: textIn(input_file_id),
    completion_window,
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at: now(),
    expires_at: now() + 86_400,
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata,
  }
}

async function workOff(batch: Batch, files: Files, run: RunLine): Promise<void> {
  if (batch.status !== 'validating') return
  Object.assign(batch, { status: 'in_progress', in_progress_at: now() })
  const lines = files
    .read(batch.input_file_id)
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
  const done: string[] = []
  const failed: string[] = []
  for (const text of lines) {
    const line = lineOf(text)
    const url = textIn(line.url) || String(batch.endpoint)
    const response = await run(url, line.body)
    const outcome = { status_code: response.status, request_id: `req_sim_${newTraceId()}`, body: response.body }
    const row = { id: `batch_req_sim_${newTraceId()}`, custom_id: line.custom_id ?? null, response: outcome, error: null }
    ;(response.status < 400 ? done : failed).push(JSON.stringify(row))
  }
  const fileOf = (rows: string[], kind: string): string | null =>
    rows.length === 0
      ? null
      : files.add({ name: `${batch.id}_${kind}.jsonl`, purpose: 'batch_output', content: Buffer.from(`${rows.join('\n')}\n`) }).id
  Object.assign(batch, {
    status: 'completed',
    finalizing_at: now(),
    completed_at: now(),
    output_file_id: fileOf(done, 'output'),
    error_file_id: fileOf(failed, 'error'),
    request_counts: { total: lines.length, completed: done.length, failed: failed.length },
  })
}

function lineOf(text: string) {
  try {
    const line: unknown = JSON.parse(text)
    return isObject(line) ? line : {}
  } catch {
    return {}
  }
}
