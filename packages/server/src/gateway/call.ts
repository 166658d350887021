import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, type CallEnd, type CallPrompt, type CallStart, type SnapshotProject } from '@signalbox/schema'
import type { Admission } from '../governance/admission.ts'
import type { Admitted, Directory } from '../governance/directory.ts'
import { permit } from '../governance/permit.ts'
import { newSpanId } from '../lib/ids.ts'
import type { RequestIds } from '../lib/request-ids.ts'
import type { Pricing } from '../pricing/price.ts'
import type { CallJournal } from '../store/ports.ts'
import { CallRecord } from '../tracing/call-record.ts'
import { admittingOf, ownerOf } from './admitting.ts'
import { annotationsOf } from './annotations.ts'
import { headerText } from './answer-headers.ts'
import type { Cache } from './cache/create-cache.ts'
import { deliverKept } from './cache/deliver-kept.ts'
import { embedQuestion } from './cache/embed-question.ts'
import { Delivery } from './delivery.ts'
import type { Door } from './doors.ts'
import type { VersionOf } from './prompts/asked-versions.ts'
import { renderPrompt } from './prompts/render-prompt.ts'
import { NOT_MADE, type Ready } from './ready.ts'
import type { RefusedCall } from './refusals.ts'
import type { RunningCalls } from './running-calls.ts'
import { fitContext, guardInput, retrieve } from './steps.ts'
import { createWalk, type WalkRooms } from './walk.ts'
import { type Address, decodeRequest, type WireRequest } from './wire/request.ts'

export type GatewayRooms = WalkRooms & {
  directory(): Directory
  journal: CallJournal
  admission: Admission
  cache: Cache
  pricingOf(project: Admitted['project']): Pricing
  onCall(end: CallEnd, start: CallStart): void
  /** Is told of calls from the moment that their beginnings are written until their ends are. */
  running?: Pick<RunningCalls, 'begins' | 'ends'>
  /** Is told of calls that a limit, a budget or a permission refused. */
  refused?(error: unknown, call: RefusedCall): void
  /** Whether the core answers: asked where a prompt is not known. */
  coreAnswers?(): Promise<boolean>
  /** A version of a prompt that no label points to. */
  promptVersion?: VersionOf
  /** Is told of calls that a target has answered well, when their last bytes are written, so that others are made beside them. */
  mirror?(call: Answered): void
}

/** A call that was answered. `request`: as the client sent it. */
export type Answered = { door: Door; exchange: Exchange; request: WireRequest; project: SnapshotProject; spanId: string }

export type Call = (door: Door, exchange: Exchange) => Promise<void>

/** What the record says of a call that nobody waits for, in place of what it would say of its client. */
type Beside = Required<Pick<CallStart, 'shadowOf' | 'variant'>> & Pick<CallStart, 'keyId' | 'userId' | 'sessionId'>

/** One HTTP exchange, as the door hands it over. */
export type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  ids: RequestIds
  secret: string | undefined
  /** What the path says, for dialects that name the model there. */
  address?: Address
  readBody(limit: number): Promise<Buffer>
  /** Of a call that is made beside another one. */
  beside?: Beside
}

/** One call of any dialect, from the door to the record. Read it top to bottom: this is the whole order of things. */
export function createCall(rooms: GatewayRooms): Call {
  const walk = createWalk(rooms)

  return async function call(door: Door, exchange: Exchange): Promise<void> {
    const { request, response, ids, secret, address = {}, readBody } = exchange
    const startedAt = performance.now()
    const directory = rooms.directory()
    const caller = directory.authenticate(secret)
    const decoded = decodeRequest(await readBody(directory.maxBodyBytes), door.shape, addressOf(exchange, door))
    try {
      permit(caller, 'gateway:call')
    } catch (error) {
      rooms.refused?.(error, { caller, door, exchange, request: decoded, startedAt })
      throw error
    }
    const annotations = annotationsOf(request.headers, decoded.user)
    const { project } = caller
    const { headers } = request
    const rendered = decoded.asked
      ? await renderPrompt(decoded.asked, decoded, {
          door,
          project,
          headers,
          annotations,
          address,
          coreAnswers: rooms.coreAnswers,
          promptVersion: rooms.promptVersion,
        })
      : decoded
    const grounded = retrieve(rendered)
    const fitted = fitContext(grounded)
    const guarded = guardInput(fitted)
    const choice = rooms.router.choose({ caller, project, request: guarded, headers: request.headers, annotations, objectId: address.id })
    const safe = guarded.prompt?.forTarget(choice.candidates[0]) ?? guarded
    const spanId = newSpanId()
    const asked = { door, request: safe, choice, project, headers: request.headers, asArray: address.asArray === true }
    const cached =
      choice.entry?.cache &&
      (await rooms.cache.find({
        ...asked,
        response,
        spanId,
        traceId: ids.traceId,
        embed: (model, text) => embedQuestion(call, { model, text, parent: { request, response, ids, secret, spanId } }),
      }))
    const sending = {
      door,
      request: cached?.request ?? safe,
      objectId: choice.objectId ?? '',
      address,
      strict: request.headers['x-signalbox-strict'] === 'true',
    }
    const first = cached && !cached.keeper ? undefined : await walk.firstThatCan(project, choice, sending)
    const pricing = rooms.pricingOf(project)
    const reservation = orCancel(
      first,
      () =>
        rooms.admission.admit({
          ...admittingOf({ caller, door, request: safe, endUser: annotations.userId, candidates: choice.candidates, pricing }),
          ...(!first && FREE),
        }),
      (error) => rooms.refused?.(error, { caller, door, exchange, request: safe, startedAt, annotations }),
    )
    const start: CallStart = {
      v: 1,
      projectId: caller.projectId,
      keyId: caller.keyId,
      traceId: ids.traceId,
      spanId,
      parentId: ids.parentId,
      kind: door.kind ?? 'llm',
      operation: door.operation,
      dialect: door.dialect,
      startedAt: Math.round((performance.timeOrigin + startedAt) * 1000),
      requestModel: safe.model,
      provider: first?.provider.name ?? cached?.found?.kept.provider ?? '',
      model: first?.model ?? cached?.found?.kept.target ?? '',
      stream: safe.stream,
      ...annotations,
      requestBytes: safe.body.length,
      ...(choice.objectId && { objectId: choice.objectId }),
      ...(choice.variant && { variant: choice.variant }),
      ...(safe.prompt && { prompt: safe.prompt.start }),
      ...(safe.described && { requestType: 'multipart/form-data' }),
      ...(exchange.beside ?? ownerOf(caller)),
      ...(reservation.setAside && { setAside: reservation.setAside }),
    }
    const record = new CallRecord(rooms.journal, start)
    const { capture } = project
    try {
      await record.start(capture.content ? [cut(safe.described ?? safe.body, capture.maxBytes)] : [])
    } catch (error) {
      reservation.cancel()
      first?.ended(NOT_MADE)
      throw error
    }
    rooms.running?.begins(start)
    const delivery = new Delivery({
      response,
      ids,
      record,
      pricing,
      door,
      startedAt,
      capture,
      decision: first && choice.decision,
      cache: cached?.record,
      keeper: cached?.keeper,
      kept: cached?.found?.kept,
      limits: safe.prompt ? [...(reservation.headers ?? []), ...promptHeaders(safe.prompt.start)] : reservation.headers,
      ...(exchange.beside && { gone: STOPPED }),
      onDone(end) {
        rooms.running?.ends(start)
        reservation.settle(end)
        rooms.onCall(end, start)
        if (first && end.status === 'ok') rooms.mirror?.({ door, exchange, request: safe, project, spanId })
      },
    })
    delivery.leaveIfGone()
    if (!first) return cached?.found && deliverKept(delivery, cached.found)
    await walk.from(first, { choice, sending, delivery, request, response, startedAt, id: spanId, caller, reservation })
  }
}

/** With the prompt that a header asks for. Of a call that is made beside another one it is rendered already. */
function addressOf({ address = {}, request, beside }: Exchange, { shape, operation }: Door): Address {
  const prompt = request.headers['x-signalbox-prompt']
  if (typeof prompt !== 'string' || prompt === '' || beside) return address
  if (shape.prompts) return { ...address, prompt }
  throw new AppError('invalid-request', `A prompt cannot be used with ${operation}: it is for the dialects of chat.`, {
    hint: 'Send the call without the header x-signalbox-prompt.',
    data: { param: 'x-signalbox-prompt' },
  })
}

const promptHeaders = ({ name, version }: CallPrompt): string[] => ['x-signalbox-prompt', headerText(`${name}@${version}`)]

/** What an answer that is there already takes from limits and budgets: it is one request. */
const FREE = { inputTokens: 0, maxOutputTokens: 0, price: () => 0 }
/** Why a call that nobody waits for is given up. */
const STOPPED = { errorType: 'stopped', message: 'The edge stopped before the answer was there.' }

function orCancel<T>(first: Ready | undefined, make: () => T, tell: (error: unknown) => void): T {
  try {
    return make()
  } catch (error) {
    first?.ended(NOT_MADE)
    tell(error)
    throw error
  }
}

const cut = (body: Buffer, limit: number): Buffer => (body.length > limit ? body.subarray(0, limit) : body)
