/**
 * Ids of tool calls in the letters that Anthropic takes, `[a-zA-Z0-9_-]`, the same for a call and its result and never the
 * same for two calls: other vendors write `functions.weather:0`.
 */
export class ToolIds {
  readonly #clean = new Map<string, string>()
  readonly #used = new Set<string>()

  of(id: string): string {
    const known = this.#clean.get(id)
    if (known !== undefined) return known
    const base = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call'
    let clean = base
    for (let n = 2; this.#used.has(clean); n++) clean = `${base}_${n}`
    this.#clean.set(id, clean)
    this.#used.add(clean)
    return clean
  }
}
