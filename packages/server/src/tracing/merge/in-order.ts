import type { SpanPatch } from '@signalbox/schema'

/** Messages in the order in which their clients said them, each once. */
export type InOrder = readonly SpanPatch[]

/**
 * Sorts messages by their own time and id, and drops those that came again. Two that give the same time and id and say different
 * things are two messages; what they say decides between them, so that nobody's clock or journal does.
 */
export function inOrder(patches: readonly SpanPatch[]): InOrder {
  const sorted = patches.map((patch) => new Keyed(patch)).sort(compare)
  return sorted.filter((one, index) => index === 0 || !isSame(sorted[index - 1], one)).map(({ patch }) => patch)
}

/** Most are told apart by their time, so the text of what they say is made for those only that are not. */
class Keyed {
  readonly patch: SpanPatch
  #text: string | undefined

  constructor(patch: SpanPatch) {
    this.patch = patch
  }

  get text(): string {
    this.#text ??= JSON.stringify([this.patch.ofTrace, this.patch.fields])
    return this.#text
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** Of the same ones the first received is the one that is kept. */
const compare = (a: Keyed, b: Keyed): number =>
  a.patch.at - b.patch.at ||
  byText(a.patch.id, b.patch.id) ||
  byText(a.text, b.text) ||
  a.patch.receivedAt - b.patch.receivedAt ||
  byText(a.patch.keyId, b.patch.keyId)

const isSame = (a: Keyed | undefined, b: Keyed): boolean =>
  a !== undefined && a.patch.at === b.patch.at && a.patch.id === b.patch.id && a.text === b.text
