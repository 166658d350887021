import { z } from 'zod'

/** A line of standard input: a row, or why it is none. */
export type RowLine<R> = { line: number; row: R; reason?: undefined } | { line: number; row?: undefined; reason: string }

/** More than this without the end of a line is no row: it would have to be kept in memory whole. */
const LONGEST = 64 * 1024 * 1024

/** Reads rows as they come. A line that cannot be read is told in its place, and the ones behind it are read. */
export async function* rowLines<S extends z.ZodType>(
  chunks: AsyncIterable<string>,
  schema: S,
  /** The field without which a row makes no sense. */
  needed: string,
  longest = LONGEST,
): AsyncGenerator<RowLine<z.output<S>>> {
  let open = ''
  let line = 0
  let skipping = false
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const whole = open + chunk.slice(start, end)
      open = ''
      start = end + 1
      line++
      if (skipping) skipping = false
      else yield* readLine(whole, line, schema, needed)
    }
    if (skipping) continue
    open += chunk.slice(start)
    if (open.length <= longest) continue
    yield { line: line + 1, reason: `Line ${line + 1} is longer than ${longest} characters.` }
    open = ''
    skipping = true
  }
  if (!skipping) yield* readLine(open, line + 1, schema, needed)
}

function* readLine<S extends z.ZodType>(text: string, line: number, schema: S, needed: string): Generator<RowLine<z.output<S>>> {
  const trimmed = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (trimmed.trim() === '') return
  let value: unknown
  try {
    value = JSON.parse(trimmed)
  } catch {
    yield { line, reason: `Line ${line} is not JSON.` }
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) yield { line, reason: `Line ${line} is not a JSON object.` }
  else if (!(needed in value)) yield { line, reason: `Line ${line} has no ${needed}.` }
  else {
    const { data, error } = schema.safeParse(value)
    if (error === undefined) yield { line, row: data }
    else yield { line, reason: `Line ${line} is no row: ${z.prettifyError(error).replaceAll('\n', ' ')}` }
  }
}
