import { codecs } from '../dialects.ts'
import type { ClientDialect, Door } from '../doors.ts'
import { collect } from '../wire/collect.ts'
import type { AnswerEvent } from '../wire/language.ts'
import type { WireRequest } from '../wire/request.ts'
import { ServerEventReader } from '../wire/server-events.ts'
import type { Form, KeptAnswer } from './kept-answer.ts'

/** A kept answer in the form that a client wants. */
export type Replay = { form: Form; type: string; pieces: Buffer[] }

/** Dialects whose answers can be read and written, so that each form can be made of any other. */
export const canChangeForm = (dialect: ClientDialect): dialect is ClientDialect & keyof typeof codecs => Object.hasOwn(codecs, dialect)

/** The same bytes where the form is the same, else the same answer through the codecs. Undefined where that cannot be done. */
export function replay(
  kept: KeptAnswer,
  { door, request, form, id }: { door: Door; request: WireRequest; form: Form; id: string },
): Replay | undefined {
  if (kept.form === form) return { form, type: kept.type, pieces: form === 'whole' ? [kept.body] : piecesOf(kept) }
  if (!canChangeForm(door.dialect) || !door.codec || form === 'array' || kept.form === 'array') return undefined
  try {
    const body = JSON.parse(request.body.toString('utf8')) as Record<string, unknown>
    const call = door.codec.decodeCall(body, { model: request.model, stream: request.stream, alt: 'sse' })
    const events = eventsOf(kept, codecs[door.dialect].decodeAnswer({ ...call, model: kept.target }))
    if (!events) return undefined
    const encoder = door.codec.encodeAnswer(call, { id })
    if (form === 'whole') return { form, type: 'application/json', pieces: [Buffer.from(JSON.stringify(encoder.whole(collect(events))))] }
    const pieces = events.map((event) => Buffer.from(encoder.push(event))).filter(({ length }) => length > 0)
    return { form, type: 'text/event-stream; charset=utf-8', pieces }
  } catch {
    return undefined
  }
}

function piecesOf({ body, pieces }: KeptAnswer): Buffer[] {
  let at = 0
  return pieces.map(([bytes]) => {
    at += bytes
    return body.subarray(at - bytes, at)
  })
}

type Decoder = ReturnType<(typeof codecs)['openai-chat']['decodeAnswer']>

/** The events of a kept answer, up to its end; undefined where it has none. */
function eventsOf({ form, body, usage }: KeptAnswer, decoder: Decoder): AnswerEvent[] | undefined {
  const events: AnswerEvent[] = []
  if (form === 'whole') events.push(...decoder.whole(JSON.parse(body.toString('utf8'))))
  else {
    const reader = new ServerEventReader()
    for (const event of [...reader.push(body), ...reader.finish()]) events.push(...decoder.push(event))
    events.push(...decoder.finish())
  }
  if (events.at(-1)?.type !== 'end' || events.some(({ type }) => type === 'error')) return undefined
  // A client that did not ask for the usage was not told, but it is known.
  if (usage && !events.some(({ type }) => type === 'usage')) events.splice(-1, 0, { type: 'usage', usage, raw: undefined })
  return events
}
