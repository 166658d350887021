import type { Block, Native } from '../language.ts'
import type { Json } from './json.ts'

export const DIALECT = 'openai-responses' as const

/** What only Responses knows of the block, `{}` for a block of another dialect. */
export function nativeOf(block: Block): Json {
  const native = 'native' in block ? block.native : undefined
  return native?.dialect === DIALECT ? native.value : NOTHING
}

/** `{ native }` to spread into a block, `{}` where there is nothing to keep. */
export function keepNative(value: Json): { native?: Native } {
  for (const _ in value) return { native: { dialect: DIALECT, value } }
  return NOTHING
}

const NOTHING = {}
