import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallEnd, CallStart, SnapshotProvider } from '@signalbox/schema'
import type { Admitted, Directory } from '../governance/directory.ts'
import { permit } from '../governance/permit.ts'
import { newSpanId } from '../lib/ids.ts'
import { oncePer } from '../lib/once-per.ts'
import type { RequestIds } from '../lib/request-ids.ts'
import type { Pricing } from '../pricing/price.ts'
import { specOf } from '../providers/spec.ts'
import type { CallJournal } from '../store/ports.ts'
import { CallRecord } from '../tracing/call-record.ts'
import { annotationsOf } from './annotations.ts'
import { PassthroughAnswer } from './answer.ts'
import { requestHeaders } from './request-headers.ts'
import { type Route, route } from './route.ts'
import { admit, findCached, fitContext, guardInput, guardOutput, renderPrompt, retrieve } from './steps.ts'
import type { Upstream } from './upstream.ts'
import { type ChatRequest, decodeChat, encodeChat } from './wire/openai-chat.ts'

export type GatewayRooms = {
  directory(): Directory
  journal: CallJournal
  upstream: Upstream
  pricingOf(project: Admitted['project']): Pricing
  /** Where a provider really listens: the simulator's socket is opened when it is first asked for. */
  locate(provider: SnapshotProvider): SnapshotProvider | Promise<SnapshotProvider>
  onCall(end: CallEnd): void
}

/** One HTTP exchange, as the door hands it over. */
export type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  ids: RequestIds
  secret: string | undefined
  readBody(limit: number): Promise<Buffer>
}

const CONNECT_MS = 10_000
const FIRST_BYTE_MS = 600_000

/** One chat call, from the door to the record. Read it top to bottom: this is the whole order of things. */
export function createChatCall(rooms: GatewayRooms) {
  const specFor = oncePer(specOf)

  return async function chatCall({ request, response, ids, secret, readBody }: Exchange): Promise<void> {
    const startedAt = performance.now()
    const directory = rooms.directory()
    const caller = directory.authenticate(secret)
    const decoded = decodeChat(await readBody(directory.maxBodyBytes))
    const admitted = admit(caller)
    const rendered = renderPrompt(decoded)
    permit(admitted, 'gateway:call')
    const grounded = retrieve(rendered)
    const fitted = fitContext(grounded)
    const safe = guardInput(fitted)
    findCached(safe)
    const target = await located(route(admitted.project, safe.model))
    const spec = specFor(target.provider)
    const askForUsage = safe.stream && !safe.wantsUsage && spec.streamUsage
    const body = encodeChat(safe, { model: target.model, askForUsage })
    const record = new CallRecord(rooms.journal, callStart({ request, ids, caller: admitted, chat: safe, target, startedAt }))
    const { capture } = admitted.project
    await record.start(capture.content ? [cut(safe.body, capture.maxBytes)] : [])
    const answer = new PassthroughAnswer({
      response,
      ids,
      record,
      route: target,
      pricing: rooms.pricingOf(admitted.project),
      stream: safe.stream,
      hideUsage: askForUsage,
      startedAt,
      capture,
      onDone: rooms.onCall,
    })
    if (answer.isOver) return
    answer.call = rooms.upstream.send(
      {
        url: `${spec.baseUrl}/chat/completions`,
        headers: requestHeaders(request.headers, spec),
        body,
        firstByteMs: target.timeouts.firstByteMs ?? FIRST_BYTE_MS,
        connectMs: target.timeouts.connectMs ?? CONNECT_MS,
      },
      guardOutput(answer),
    )
  }

  async function located(target: Route): Promise<Route> {
    return target.provider.baseUrl ? target : { ...target, provider: await rooms.locate(target.provider) }
  }
}

type Start = { request: IncomingMessage; ids: RequestIds; caller: Admitted; chat: ChatRequest; target: Route; startedAt: number }

function callStart({ request, ids, caller, chat, target, startedAt }: Start): CallStart {
  return {
    v: 1,
    projectId: caller.projectId,
    keyId: caller.keyId,
    traceId: ids.traceId,
    spanId: newSpanId(),
    parentId: ids.parentId,
    kind: 'llm',
    operation: 'chat',
    startedAt: Math.round((performance.timeOrigin + startedAt) * 1000),
    requestModel: chat.model,
    provider: target.provider.name,
    model: target.model,
    stream: chat.stream,
    ...annotationsOf(request.headers),
    requestBytes: chat.body.length,
  }
}

const cut = (body: Buffer, limit: number): Buffer => (body.length > limit ? body.subarray(0, limit) : body)
