export type Json = Record<string, unknown>

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The JSON objects in the `data` of a recorded event stream; what is not one is left out. */
export function* sseValues(sse: string): Generator<Json> {
  for (const event of sse.split(/\r\n\r\n|\n\n|\r\r/)) {
    const data = event
      .split(/\r\n|\n|\r/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
      .join('\n')
    if (!data || data.startsWith('[DONE]')) continue
    try {
      const value: unknown = JSON.parse(data)
      if (isJson(value)) yield value
    } catch {
      // A stream that broke off ends within an event.
    }
  }
}
