import type { Attribute } from './decoded.ts'

/** Spans of one body that one library made, as far as the body names it; '' where it does not. */
export type Origin = { name: string; spans: number; rejected: number }

/** A body of a collector holds those of many; what is beyond is counted without a name. */
const MOST_ORIGINS = 20

/** Counts the spans of a body by who made them. Names are made when a span asks for one, once for each of its scopes. */
export class Origins {
  readonly #byName = new Map<string, Origin>()
  #current: Origin | undefined
  #name: () => string = () => ''

  /** The spans that come next are of this resource and scope. */
  enter(name: () => string): void {
    this.#name = name
    this.#current = undefined
  }

  count(isGood: boolean): void {
    this.#current ??= this.#of(this.#name())
    if (isGood) this.#current.spans++
    else this.#current.rejected++
  }

  list(): Origin[] {
    return [...this.#byName.values()]
  }

  #of(named: string): Origin {
    const name = this.#byName.has(named) || this.#byName.size < MOST_ORIGINS ? named : ''
    const known = this.#byName.get(name)
    if (known) return known
    const origin = { name, spans: 0, rejected: 0 }
    this.#byName.set(name, origin)
    return origin
  }
}

/** `openinference.instrumentation.openai 0.1.66, opentelemetry python 1.45.2`: the library whose scope it is, and the SDK that its resource names. */
export function originName(resource: readonly Attribute[], scope: { name: string; version: string }): string {
  const said = (key: string) => {
    const value = resource.find((attribute) => attribute.key === key)?.value
    return typeof value === 'string' ? value.trim() : ''
  }
  const sdk = [said('telemetry.sdk.name'), said('telemetry.sdk.language'), said('telemetry.sdk.version')].filter(Boolean).join(' ')
  const library = [scope.name.trim(), scope.name.trim() && scope.version.trim()].filter(Boolean).join(' ')
  return [library, sdk].filter(Boolean).join(', ')
}
