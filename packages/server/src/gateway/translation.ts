import { AppError } from '@signalbox/schema'
import type { ProviderSpec } from '../providers/spec.ts'
import { inClientWords } from './client-words.ts'
import { codecs } from './dialects.ts'
import { portable } from './portable-call.ts'
import type { CallTarget, EncodedCall, InboundCodec, OutboundCodec } from './wire/codec.ts'
import { holdMedia } from './wire/held-media.ts'
import type { Call } from './wire/language.ts'
import type { WireRequest } from './wire/request.ts'

/** A call that goes to a provider of another dialect. */
export type Translation = { call: Call; inbound: InboundCodec; outbound: OutboundCodec }

export type Translated = Translation & { body: Buffer[]; path: string; dropped: readonly string[] }

type Target = { model: string; spec: ProviderSpec; strict: boolean }

/**
 * The body of a call for a target of a dialect, and what is lost on the way in the client's own words. Throws `invalid-request`
 * for a call that another vendor cannot answer.
 */
export function encodeFor(call: Call, dialect: ReturnType<ProviderSpec['dialectOf']>, target: CallTarget): EncodedCall {
  const fit = portable(call, dialect)
  const { body, dropped } = codecs[dialect].encodeCall(fit.call, target)
  return { body, dropped: inClientWords(call, [...fit.dropped, ...dropped]) }
}

/**
 * A request in the words of its target. Throws `invalid-request` for what is not of the client's dialect, and where `strict`
 * says so for what the target cannot carry.
 */
export function translate(inbound: InboundCodec, request: WireRequest, { model, spec, strict }: Target): Translated {
  const dialect = spec.dialectOf(model)
  const outbound = codecs[dialect]
  const held = holdMedia(request.body)
  const call = inbound.decodeCall(objectOf(held.text), { model: request.model, stream: request.stream })
  const { body, dropped } = encodeFor(call, dialect, { model, streamUsage: spec.streamUsage, chatQuirks: spec.chatQuirks })
  if (strict && dropped.length > 0)
    throw new AppError('invalid-request', `The target ${model} cannot carry ${dropped.join(', ')}.`, {
      hint: 'Leave them out, choose another model, or send the call without x-signalbox-strict.',
      data: { param: dropped[0], dropped },
    })
  return {
    call,
    inbound,
    outbound,
    body: held.release(JSON.stringify(spec.adapt ? spec.adapt(body, model) : body)),
    path: outbound.path(call, model),
    dropped,
  }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw new AppError('invalid-json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
