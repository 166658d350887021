import type { Call } from '../language.ts'
import type { CallIds } from './read-part.ts'

/** Calls without an id get one of the answer's id and a counter, or go on counting where the conversation stopped. */
export class AnswerIds implements CallIds {
  answer = ''
  #count = 0
  readonly #before: number

  constructor(call: Call) {
    let before = 0
    for (const { blocks } of call.turns) for (const block of blocks) if (block.type === 'tool-call') before++
    this.#before = before
  }

  call(id: string | undefined): string {
    const count = ++this.#count
    if (id !== undefined) return id
    // Other dialects allow 40 of few letters.
    return this.answer ? `call_${this.answer.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 28)}_${count}` : `call_${this.#before + count}`
  }

  result(id: string | undefined, name: string): string {
    return id ?? name
  }
}
