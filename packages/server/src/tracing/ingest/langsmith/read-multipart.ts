import { AppError } from '@signalbox/schema'
import { type FormPart, formParts } from '../../../lib/form-parts.ts'
import { hexOfUuid, isObject, isTooDeep, type Json, TOO_DEEP } from '../json-values.ts'
import { type Attachment, emptyBody, type LangsmithBody, type RunMessage } from './body.ts'
import { takeFeedback, takeRun } from './read-batch.ts'

/**
 * The parts of `POST /runs/multipart`, in whatever order they came: `post.ID` and `patch.ID` with the short fields of a run,
 * `post.ID.inputs` and its like with a long one each, `attachment.ID.NAME`, `feedback.ID`.
 */
export function readMultipart(body: Buffer, contentType: string): LangsmithBody {
  const read = emptyBody()
  const pieces = new Map<string, Pieces>()
  const seen = new Map<string, number>()
  for (const part of formParts(body, contentType, MOST_PARTS)) {
    const [kind = '', id = '', field = '', ...rest] = part.name.split('.')
    if (kind === 'attachment') read.attachments.push(attachmentOf(body, part, { id, name: [field, ...rest].join('.') }))
    else if (kind === 'feedback') {
      const { sent, broken } = jsonOf(body, part)
      if (broken) read.bad.push({ runId: id.slice(0, 100), reason: broken })
      else takeFeedback(read, sent)
    } else if (kind === 'post' || kind === 'patch') {
      // A part of a name that was there already belongs to one more message about the same run.
      const nth = seen.get(part.name) ?? 0
      seen.set(part.name, nth + 1)
      const key = `${kind}.${id}.${nth}`
      const message = pieces.get(key) ?? { method: kind, id, fields: {}, broken: '' }
      pieces.set(key, message)
      addTo(message, field, jsonOf(body, part))
    } else
      read.bad.push({
        runId: id.slice(0, 100),
        reason: 'A part of a form is named post.ID, patch.ID, feedback.ID or attachment.ID.NAME, and nothing else.',
      })
  }
  for (const { method, id, main, fields, broken } of pieces.values()) {
    const runId = id.slice(0, 100)
    if (broken) read.bad.push({ runId, reason: broken })
    else if (!main)
      read.bad.push({ runId, reason: `Its part \`${method}.ID\` is missing: without it nobody knows what the others belong to.` })
    else if (hexOfUuid(main.id) !== hexOfUuid(id)) read.bad.push({ runId, reason: 'The name of its part and its `id` are not the same.' })
    else takeRun(read, method, { ...main, ...fields })
  }
  const known = new Set(read.runs.map(({ ids }) => ids.spanId))
  const strays = read.attachments.filter(({ runId }) => !known.has(hexOfUuid(runId) ?? ''))
  for (const { runId } of strays) read.bad.push({ runId, reason: 'An attachment has to be in the same request as its run.' })
  read.attachments = read.attachments.filter((attachment) => !strays.includes(attachment))
  return read
}

type Pieces = { method: RunMessage['method']; id: string; main?: Json; fields: Json; broken: string }

const FIELDS = new Set(['inputs', 'outputs', 'events', 'extra', 'error', 'serialized'])
/** 100 runs of seven parts each are what clients send; more are theirs to send in two requests. */
const MOST_PARTS = 20_000
/** A larger file is kept by name, type and size. */
const SMALL_FILE = 32_768

function addTo(message: Pieces, field: string, { sent, broken }: { sent?: unknown; broken?: string }): void {
  if (broken) message.broken ||= broken
  else if (FIELDS.has(field)) message.fields[field] = sent
  else if (field !== '') message.broken ||= `A run has no other parts than ${[...FIELDS].join(', ')}.`
  else if (isObject(sent)) message.main = sent
  else message.broken ||= 'A run must be a JSON object.'
}

function jsonOf(body: Buffer, { name, start, end }: FormPart): { sent?: unknown; broken?: string } {
  const field = name.split('.')[2] ?? ''
  if (isTooDeep(body, start, end)) return { broken: TOO_DEEP }
  try {
    return { sent: JSON.parse(body.toString('utf8', start, end)) }
  } catch {
    return { broken: `One of its parts, ${FIELDS.has(field) ? field : 'the run itself'}, is not JSON.` }
  }
}

function attachmentOf(body: Buffer, { type = '', start, end }: FormPart, { id, name }: { id: string; name: string }): Attachment {
  if (name === '') throw new AppError('invalid-request', `The attachment of the run ${id.slice(0, 100)} has no name.`)
  const described = { runId: id.slice(0, 100), name: name.slice(0, 200), type: type.replace(/;\s*length=\d+\s*$/i, ''), size: end - start }
  return end - start > SMALL_FILE ? described : { ...described, content: body.toString('base64', start, end), encoding: 'base64' }
}
