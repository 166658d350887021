import { AppError } from '@signalbox/schema'
import { isObject, isTooDeep, type Json, sampleOf, TOO_DEEP } from '../json-values.ts'
import { type Attachment, emptyBody, type LangsmithBody, type RunMessage } from './body.ts'
import { checkFeedback } from './check-feedback.ts'
import { checkRun } from './check-run.ts'

/**
 * `{ post, patch }` of `POST /runs/batch`. The edge writes what it took out of a form the same way, with `feedback` and
 * `attachments` beside it.
 */
export function readBatch(body: Buffer): LangsmithBody {
  const sent = parsed(body)
  const read = emptyBody()
  for (const method of ['post', 'patch'] as const) {
    for (const run of listOf(sent, method)) takeRun(read, method, run)
  }
  for (const feedback of listOf(sent, 'feedback')) takeFeedback(read, feedback)
  for (const attachment of listOf(sent, 'attachments')) if (isAttachment(attachment)) read.attachments.push(attachment)
  return read
}

/** A run or a feedback alone; of an update the id stands in the path. */
export function readOne(what: RunMessage['method'] | 'feedback', body: Buffer, id?: string): LangsmithBody {
  const sent = parsed(body)
  const read = emptyBody()
  if (what === 'feedback') takeFeedback(read, sent)
  else takeRun(read, what, id === undefined ? sent : { ...sent, id })
  return read
}

export function takeRun(read: LangsmithBody, method: RunMessage['method'], sent: unknown): void {
  const checked = checkRun(method, sent)
  if ('reason' in checked) read.bad.push({ ...checked, sample: sampleOf(sent) })
  else read.runs.push(checked)
}

export function takeFeedback(read: LangsmithBody, sent: unknown): void {
  const problem = checkFeedback(sent)
  if (problem) read.bad.push({ ...problem, sample: sampleOf(sent) })
  else read.feedback.push(sent as Json)
}

/** The same, as a body of the format `langsmith-batch`. */
export const writeBatch = ({ runs, feedback, attachments }: LangsmithBody): Buffer =>
  Buffer.from(
    JSON.stringify({
      post: runs.flatMap(({ method, run }) => (method === 'post' ? [run] : [])),
      patch: runs.flatMap(({ method, run }) => (method === 'patch' ? [run] : [])),
      ...(feedback.length > 0 && { feedback }),
      ...(attachments.length > 0 && { attachments }),
    }),
  )

function parsed(body: Buffer): Json {
  if (isTooDeep(body)) throw new AppError('invalid-request', TOO_DEEP)
  let sent: unknown
  try {
    sent = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('invalid-json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  if (isObject(sent)) return sent
  throw new AppError('invalid-request', 'The body must be a JSON object: { "post": [run, …], "patch": [run, …] }.')
}

function listOf(sent: Json, field: string): unknown[] {
  const list = sent[field]
  if (list === undefined || list === null) return []
  if (Array.isArray(list)) return list
  throw new AppError('invalid-request', `\`${field}\` must be a list.`)
}

const isAttachment = (value: unknown): value is Attachment =>
  isObject(value) &&
  typeof value.runId === 'string' &&
  typeof value.name === 'string' &&
  typeof value.type === 'string' &&
  typeof value.size === 'number'
