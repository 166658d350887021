import {
  type CallEnd,
  type CallStart,
  outputTokens,
  type SpanWithPayload,
  USAGE_BUCKETS,
  type Usage,
  type UsageSource,
  usageColumn,
} from '@signalbox/schema'
import { dialectReaders } from './dialect-readers.ts'
import { type EstimateRooms, estimateUse } from './estimate-use.ts'
import { preview } from './preview.ts'

export type RecordedCall = { start: CallStart; end: CallEnd; request: Buffer; answer: Buffer }
export type CallToSpanRooms = EstimateRooms

/** A recorded call as a row and its payload. */
export async function callToSpan(call: RecordedCall, rooms: CallToSpanRooms): Promise<SpanWithPayload> {
  const { start, end } = call
  const requestText = call.request.toString('utf8')
  const answerBody = call.answer.toString('utf8')
  const request = parse(requestText)
  const reader = dialectReaders[start.dialect ?? 'openai-chat'] ?? dialectReaders['openai-chat']
  const answer = end.sse ? reader.fold(answerBody) : parse(answerBody)
  const output = end.sse ? (answer ? JSON.stringify(answer) : answerBody) : answerBody
  const said = reader.said(answer)
  const counted = reader.isCounted ? await countUsage(call, { request, said }, rooms) : end
  const identity = { projectId: start.projectId, traceId: start.traceId, spanId: start.spanId, startedAt: start.startedAt }
  const { accountId, teamId } = start
  return {
    ...((accountId !== undefined || teamId !== undefined) && { owner: { accountId, teamId } }),
    span: {
      ...identity,
      parentId: start.parentId,
      externalId: '',
      // A trace is not shown by what was made beside it.
      entry: start.shadowOf === undefined ? 1 : 0,
      kind: start.kind,
      name: `${start.operation} ${start.requestModel}`.trim(),
      source: 'gateway',
      status: end.status,
      errorType: end.errorType,
      statusMessage: end.statusMessage.slice(0, 2000),
      durationMs: Math.max(0, end.endedAt - start.startedAt) / 1000,
      firstTokenMs: end.firstTokenMs,
      environment: start.environment,
      service: '',
      release: '',
      userId: start.userId,
      sessionId: start.sessionId,
      tags: start.tags,
      metadata: start.variant ? { ...start.metadata, split: start.variant.split, variant: start.variant.arm } : start.metadata,
      provider: end.provider || start.provider,
      model: end.model || start.model,
      requestModel: start.requestModel,
      operation: start.operation,
      stream: start.stream ? 1 : 0,
      finishReason: end.finishReason,
      keyId: start.keyId,
      attempts: end.attempts.length,
      ...usageColumns(counted.usage),
      usageSource: counted.usageSource,
      usageRole: 'leaf',
      cost: counted.cost,
      costParts: counted.costParts,
      priceVersion: counted.priceVersion,
      cache: end.cache?.status ?? '',
      savedCost: end.cache?.savedCost ?? null,
      savedMs: end.cache?.savedMs ?? null,
      similarity: end.cache?.similarity ?? null,
      promptName: start.prompt?.name ?? '',
      promptVersion: start.prompt ? String(start.prompt.version) : '',
      promptHash: start.prompt?.hash ?? '',
      inputPreview: preview(reader.asked(request)),
      outputPreview: preview(said),
      inputBytes: start.requestBytes,
      outputBytes: end.responseBytes,
      scope: '',
      mapperVersion: 1,
      receivedAt: end.endedAt,
      versioned: 0,
    },
    payload: {
      ...identity,
      input: requestText,
      output,
      attributes: JSON.stringify({
        httpStatus: end.httpStatus,
        attempts: end.attempts,
        truncated: end.truncated || isCut(call),
        target: { provider: start.provider, model: start.model },
        ...(start.dialect && { dialect: start.dialect }),
        ...(end.route && { route: end.route }),
        ...(start.variant && { variant: start.variant }),
        ...(start.prompt && { prompt: start.prompt }),
        ...(start.shadowOf !== undefined && { shadowOf: start.shadowOf }),
        ...(end.dropped && { dropped: end.dropped }),
        ...(end.alike && { alike: end.alike }),
        ...(start.objectId && { objectId: start.objectId }),
        ...(end.cache && { cache: end.cache }),
        ...(end.units && { units: end.units }),
        ...(start.requestType && { requestType: start.requestType }),
        ...(end.mediaType !== undefined && { answerType: end.mediaType, answerBytes: end.responseBytes }),
        ...(end.costReason && { costReason: end.costReason }),
        ...(end.providerCostUsd !== undefined && { providerCostUsd: end.providerCostUsd }),
      }),
    },
  }
}

/** Nothing at all is no cut: then the project keeps no content. */
const isCut = ({ start, request }: RecordedCall): boolean =>
  start.requestType === undefined && request.length > 0 && request.length < start.requestBytes

type Counted = { usage: Usage; usageSource: UsageSource; cost: number | null; costParts: Record<string, number>; priceVersion: string }

/** The provider's count where there is one. Else ours, for every call that may have been charged. */
async function countUsage(
  { start, end, request }: RecordedCall,
  text: { request: unknown; said: string },
  rooms: CallToSpanRooms,
): Promise<Counted> {
  const told = { usage: end.usage, usageSource: end.usageSource, cost: end.cost, costParts: end.costParts, priceVersion: end.priceVersion }
  if (isHalfTold(end) && text.said && text.request !== undefined) return await withWhatWasSaid({ start, end }, text, rooms, told)
  const last = end.attempts.at(-1)
  const refused = end.status === 'error' && !text.said && last?.cameBytes === undefined
  // Where nobody was asked, as for an answer from the cache, nothing was used.
  if (end.usageSource !== 'none' || refused || !last) return told
  // Of a request that was cut nobody knows how much of it is text.
  if (text.request === undefined && request.length > 0) return told
  // The one that was asked last: others before it had failed.
  const { usage, cost, parts, version } = await estimateUse(
    {
      start,
      target: { provider: last.provider, model: last.model },
      endedAt: end.endedAt,
      request: text.request,
      said: text.said,
      bytes: last.cameBytes ?? (text.request === undefined ? end.responseBytes : 0),
      sse: end.sse,
    },
    rooms,
  )
  return { usage, usageSource: 'estimated', cost, costParts: parts, priceVersion: version }
}

/** Some providers tell the input at the beginning, and the output only at an end that never came. */
const isHalfTold = ({ status, usageSource, finishReason }: CallEnd): boolean =>
  status !== 'ok' && usageSource === 'provider' && finishReason === ''

async function withWhatWasSaid(
  { start, end }: Pick<RecordedCall, 'start' | 'end'>,
  text: { request: unknown; said: string },
  rooms: CallToSpanRooms,
  told: Counted,
): Promise<Counted> {
  const { provider, model } = end.attempts.at(-1) ?? start
  const missing = (await rooms.estimate(text.request, text.said, model)).output - outputTokens(told.usage)
  if (missing <= 0) return told
  const usage = { ...told.usage, output: told.usage.output + missing }
  const { cost, parts, version } = rooms.price({ projectId: start.projectId, provider, model, usage, at: end.endedAt / 1000 })
  return { usage, usageSource: 'estimated', cost, costParts: parts, priceVersion: version }
}

type UsageColumns = { [B in keyof Usage as `usage${Capitalize<B>}`]: number }
const COLUMN_OF = USAGE_BUCKETS.map((bucket) => [bucket, usageColumn(bucket)] as const)
export function usageColumns(usage: Usage): UsageColumns {
  const columns: Partial<UsageColumns> = {}
  for (const [bucket, column] of COLUMN_OF) columns[column] = usage[bucket]
  return columns as UsageColumns
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
