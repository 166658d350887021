import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, type CallEnd, type CallStart, type SnapshotProvider } from '@signalbox/schema'
import type { Admitted, Directory } from '../governance/directory.ts'
import { permit } from '../governance/permit.ts'
import { newSpanId } from '../lib/ids.ts'
import { oncePer } from '../lib/once-per.ts'
import type { RequestIds } from '../lib/request-ids.ts'
import type { Pricing } from '../pricing/price.ts'
import { OPENAI_KINDS, type ProviderSpec, specOf } from '../providers/spec.ts'
import type { CallJournal } from '../store/ports.ts'
import { CallRecord } from '../tracing/call-record.ts'
import { annotationsOf } from './annotations.ts'
import type { DeliveryOptions } from './delivery.ts'
import type { Door, Passthrough } from './doors.ts'
import { PassthroughAnswer } from './passthrough-answer.ts'
import { requestHeaders } from './request-headers.ts'
import { type Route, route, routeWithoutModel } from './route.ts'
import { admit, findCached, fitContext, guardInput, guardOutput, renderPrompt, retrieve } from './steps.ts'
import { TranslatedAnswer } from './translated-answer.ts'
import { type Translated, translate } from './translation.ts'
import type { Upstream } from './upstream.ts'
import { type Address, decodeRequest, encodeRequest, type WireRequest } from './wire/request.ts'

export type GatewayRooms = {
  directory(): Directory
  journal: CallJournal
  upstream: Upstream
  pricingOf(project: Admitted['project']): Pricing
  /** What is known of a provider only when it is asked for: the simulator's socket, a key that a command prints. */
  locate(provider: SnapshotProvider): SnapshotProvider | Promise<SnapshotProvider>
  onCall(end: CallEnd): void
}

/** One HTTP exchange, as the door hands it over. */
export type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  ids: RequestIds
  secret: string | undefined
  /** What the path says, for dialects that name the model there. */
  address?: Address
  readBody(limit: number): Promise<Buffer>
}

const CONNECT_MS = 10_000
const FIRST_BYTE_MS = 600_000

/** One call of any dialect, from the door to the record. Read it top to bottom: this is the whole order of things. */
export function createCall(rooms: GatewayRooms) {
  const specFor = oncePer(specOf)

  return async function call(door: Door, { request, response, ids, secret, address, readBody }: Exchange): Promise<void> {
    const startedAt = performance.now()
    const directory = rooms.directory()
    const caller = directory.authenticate(secret)
    const decoded = decodeRequest(await readBody(directory.maxBodyBytes), door.shape, address)
    const admitted = admit(caller)
    const rendered = renderPrompt(decoded)
    permit(admitted, 'gateway:call')
    const grounded = retrieve(rendered)
    const fitted = fitContext(grounded)
    const safe = guardInput(fitted)
    findCached(safe)
    const named = request.headers['x-signalbox-provider']
    const target = await located(routeOf(admitted.project, safe, { named, id: address?.id }))
    const spec = specFor(target.provider)
    const asArray = address?.asArray === true
    const sent = encode(door, safe, {
      asArray,
      route: target,
      query: address?.query,
      spec,
      strict: request.headers['x-signalbox-strict'] === 'true',
    })
    const start = callStart({ request, ids, caller: admitted, door, sent: safe, target, startedAt })
    const record = new CallRecord(rooms.journal, start)
    const { capture } = admitted.project
    await record.start(capture.content ? [cut(safe.described ?? safe.body, capture.maxBytes)] : [])
    const { dropped } = sent
    const pricing = rooms.pricingOf(admitted.project)
    const delivery = { response, ids, record, route: target, pricing, door, startedAt, capture, dropped, asArray, onDone: rooms.onCall }
    const answer = answerOf(sent, delivery, { request: safe, id: start.spanId })
    if (answer.isOver) return
    const url = spec.address(sent.path, { model: target.model, stream: safe.stream })
    const headers = requestHeaders(request.headers, spec, { isForeign: sent.translation !== undefined, isEmpty: door.shape.empty === true })
    answer.call = rooms.upstream.send(
      {
        ...(door.passthrough.method && { method: door.passthrough.method }),
        url,
        headers: spec.sign ? [...headers, ...spec.sign({ url, body: sent.body })] : headers,
        body: sent.body,
        firstByteMs: target.timeouts.firstByteMs ?? FIRST_BYTE_MS,
        connectMs: target.timeouts.connectMs ?? CONNECT_MS,
      },
      guardOutput(answer),
    )
  }

  async function located<Target extends Route>(target: Target): Promise<Target> {
    const { baseUrl, settings } = target.provider
    return baseUrl && !settings?.apiKeyCommand ? target : { ...target, provider: await rooms.locate(target.provider) }
  }
}

/** What goes upstream: the client's bytes where the target speaks its dialect, else their translation. */
type Sent = { body: Buffer[]; path: string; dropped: readonly string[] } & (
  | { passthrough: Passthrough; hideUsage: boolean; translation?: undefined }
  | { translation: Translated }
)

type EncodeTarget = { route: Route & { id?: string }; query: string | undefined; spec: ProviderSpec; strict: boolean; asArray: boolean }

function encode(door: Door, request: WireRequest, { route: { model, id, provider }, query, spec, strict, asArray }: EncodeTarget): Sent {
  const { passthrough, codec } = door
  if (passthrough.accepts(spec, model)) {
    const askForUsage = request.stream && !request.wantsUsage && spec.streamUsage
    const body = encodeRequest(request, { model, askForUsage })
    const path = passthrough.path(request, { model, asArray, ...(id && { id }), ...(query && { query }) })
    return { body, path, dropped: NOTHING, passthrough, hideUsage: askForUsage }
  }
  if (!codec)
    throw new AppError(
      'invalid-request',
      `The provider ${provider.name} (${provider.kind}) has no ${door.operation}: it speaks another dialect.`,
      {
        hint: `Choose a provider of the kind ${OPENAI_KINDS.join(', ')}.`,
        data: { param: request.model === '' ? null : 'model' },
      },
    )
  const translation = translate(codec, request, { model, spec, strict })
  return { body: translation.body, path: translation.path, dropped: translation.dropped, translation }
}

const NOTHING: readonly string[] = []

type Wanted = { named: string | string[] | undefined; id: string | undefined }

function routeOf(project: Admitted['project'], { model }: WireRequest, { named, id }: Wanted): Route & { id?: string } {
  if (model !== '') return route(project, model)
  return routeWithoutModel(project, {
    named: typeof named === 'string' ? named : undefined,
    id,
    speaks: ({ kind }) => OPENAI_KINDS.includes(kind),
  })
}

function answerOf(sent: Sent, delivery: DeliveryOptions, { request, id }: { request: WireRequest; id: string }) {
  if (sent.translation) return new TranslatedAnswer({ ...delivery, translation: sent.translation, id })
  return new PassthroughAnswer({ ...delivery, passthrough: sent.passthrough, request, hideUsage: sent.hideUsage })
}

type Start = {
  request: IncomingMessage
  ids: RequestIds
  caller: Admitted
  door: Door
  sent: WireRequest
  target: Route & { id?: string }
  startedAt: number
}

function callStart({ request, ids, caller, door, sent, target, startedAt }: Start): CallStart {
  return {
    v: 1,
    projectId: caller.projectId,
    keyId: caller.keyId,
    traceId: ids.traceId,
    spanId: newSpanId(),
    parentId: ids.parentId,
    kind: door.kind ?? 'llm',
    operation: door.operation,
    dialect: door.dialect,
    startedAt: Math.round((performance.timeOrigin + startedAt) * 1000),
    requestModel: sent.model,
    provider: target.provider.name,
    model: target.model,
    stream: sent.stream,
    ...annotationsOf(request.headers),
    requestBytes: sent.body.length,
    ...(target.id && { objectId: target.id }),
    ...(sent.described && { requestType: 'multipart/form-data' }),
  }
}

const cut = (body: Buffer, limit: number): Buffer => (body.length > limit ? body.subarray(0, limit) : body)
