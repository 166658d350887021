import type { ProviderDialect } from '../providers/kinds.ts'
import type { OutboundCodec } from './wire/codec.ts'

/** How each dialect of a provider is spoken. */
export const codecs: Partial<Record<ProviderDialect, OutboundCodec>> = {}
