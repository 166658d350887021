import type { AnswerEvent, ToolCallBlock } from '../language.ts'
import { isObject, type Json, textOr } from './check.ts'
import { thoughtSignature } from './decode-messages.ts'

type Fragment = { id: string; name: string; text: string; isCustom: boolean; signature: ToolCallBlock['signature'] | undefined }
/** A call under way. `block` is -1 until its name is known; until then `held` keeps its arguments. */
type Pending = Fragment & { key: number | undefined; block: number; held: string; isOpen: boolean }
type Options = { nextCallId: () => string; nextIndex: () => number }

/**
 * Puts the fragments of tool calls together: by `index`, where that is missing or the same for all (Gemini, Ollama) by id, and
 * where both are missing by order.
 */
export class ToolCallsDecoder {
  any = false
  readonly #choice: number
  readonly #options: Options
  readonly #calls: Pending[] = []

  constructor(choice: number, options: Options) {
    this.#choice = choice
    this.#options = options
  }

  read(value: unknown, out: AnswerEvent[]): void {
    if (!isObject(value)) return
    const key = typeof value.index === 'number' ? value.index : undefined
    const fragment = fragmentOf(value)
    const known = this.#find(key, fragment)
    if (!known && fragment.id === '' && fragment.name === '' && fragment.text === '') return
    const call = known ?? this.#add(key, fragment)
    if (known) {
      call.id ||= fragment.id
      call.name ||= fragment.name
      call.signature ??= fragment.signature
    }
    call.held += fragment.text
    if (call.block < 0 && call.name !== '') this.#open(call, out)
    if (call.block >= 0) this.#flush(call, out)
  }

  /** Ends the calls that are open. */
  close(out: AnswerEvent[]): void {
    for (const call of this.#calls) {
      if (call.block < 0) this.#open(call, out)
      if (!call.isOpen) continue
      if (call.isCustom) call.held += '"}'
      this.#flush(call, out)
      out.push({ type: 'block-end', choice: this.#choice, index: call.block })
      call.isOpen = false
    }
  }

  #find(key: number | undefined, { id, name }: Fragment): Pending | undefined {
    if (key === undefined) {
      if (id !== '') return this.#calls.findLast((call) => call.id === id)
      return name === '' ? this.#calls.at(-1) : undefined
    }
    const call = this.#calls.findLast((one) => one.key === key)
    if (!call || name === '') return call
    // A whole new call under an index that is taken: some servers say 0 for all.
    if (id !== '' && call.id !== '' && id !== call.id) return undefined
    return call.name !== '' && call.name !== name ? undefined : call
  }

  #add(key: number | undefined, fragment: Fragment): Pending {
    const call: Pending = { ...fragment, key, block: -1, held: fragment.isCustom ? '{"input":"' : '', isOpen: false }
    this.#calls.push(call)
    return call
  }

  #open(call: Pending, out: AnswerEvent[]): void {
    this.any = true
    call.id ||= this.#options.nextCallId()
    call.block = this.#options.nextIndex()
    call.isOpen = true
    const { id, name, signature } = call
    const block: ToolCallBlock = { type: 'tool-call', id, name, arguments: '', ...(signature && { signature }) }
    out.push({ type: 'block', choice: this.#choice, index: call.block, block })
  }

  #flush(call: Pending, out: AnswerEvent[]): void {
    if (call.held === '') return
    out.push({ type: 'arguments', choice: this.#choice, index: call.block, text: call.held })
    call.held = ''
  }
}

function fragmentOf(value: Json): Fragment {
  const isCustom = isObject(value.custom)
  const inner: Json = isObject(value.custom) ? value.custom : isObject(value.function) ? value.function : {}
  const said = isCustom ? inner.input : inner.arguments
  const text = typeof said === 'string' ? said : isObject(said) ? JSON.stringify(said) : ''
  return {
    // Mistral writes `null` as a word where there is no id.
    id: value.id === 'null' ? '' : textOr(value.id),
    name: textOr(inner.name),
    // The text of a custom tool becomes the field `input`, escaped piece by piece.
    text: isCustom ? JSON.stringify(text).slice(1, -1) : text,
    isCustom,
    signature: thoughtSignature(value),
  }
}
