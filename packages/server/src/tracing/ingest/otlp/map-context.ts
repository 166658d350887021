import type { Pricing } from '../../../pricing/price.ts'
import type { Collected } from './collect-fields.ts'

/** Whose spans they are, and when the edge had them: microseconds since 1970. */
export type MapContext = {
  projectId: string
  keyId: string
  receivedAt: number
  price: Pricing['price']
  /** The project that the client names in a header. */
  clientProject?: string | undefined
}
/** What the spans of one scope share, worked out once. `project`: what the resource calls it. */
export type Surroundings = { resource: Collected; resourceJson: string; project: string; scopeName: string; scopeJson: string }
